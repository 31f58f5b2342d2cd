"""The run's mark: where it stands, what depends on it and what does not, and other runs of which the ledgers know."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from conformance.contract.contract import Contract
from conformance.custody.made_objects import LostCreation
from conformance.custody.run_files import RunFiles, find_left_runs
from conformance.http.exchange import Exchange, Request
from conformance.http.gateways import is_throttled, may_have_been_done
from conformance.http.multipart import build_content_type, encode
from conformance.mark import FORM, carries, draw_id, mark_of, mark_reference, name_of
from conformance.oracle.declaration.fields import RequestedValues
from conformance.oracle.declaration.registry import require_resource
from conformance.oracle.facts import State
from conformance.oracle.learning import learn_shown
from conformance.resources.packs import archive_parts, archives, pack_files, pack_yaml
from conformance.results.finding import compute_fingerprint
from conformance.session.turns import PlaceOccupied, Turns
from tests.conformance.targets import judge
from tests.conformance.worldless import profile, stored
from tests.live import served_mock
from tests.openapi import DOCUMENT

MARK = "conformance-4f2a9c81-"
SLUG = re.compile(DOCUMENT["components"]["schemas"]["Slug"]["pattern"])
QUICK = ["--rule", "PACK-PATCH-APPLIES", "--rule", "CREATE-DISPLAY-NAME"]


@pytest.fixture
def target(tmp_path: Path, origin: str) -> Path:
    return profile(tmp_path / "target.toml", origin, states=True)


def results(folder: Path, target: Path | str, *options: str, anew: bool = False) -> dict[str, Any]:
    report = folder / "report.json"
    report.unlink(missing_ok=True)
    judged = judge("--target", target, "--report", f"json={report}", *options, anew=anew)
    assert report.exists(), judged.complained
    found: dict[str, Any] = json.loads(report.read_text())
    return found | {"code": judged.code, "said": judged.said, "complained": judged.complained}


def test_a_name_of_any_length_is_mark_and_filling() -> None:
    assert name_of(MARK, "0123456789ab", 63) == MARK + ("0123456789ab" * 4)[:42]
    assert name_of(MARK, "0123456789ab", len(MARK) + 1) == f"{MARK}0"
    assert name_of(MARK, "0123456789ab", len(MARK)) is None
    assert all(SLUG.fullmatch(name_of(MARK, "0123456789ab", n) or "") for n in range(len(MARK) + 1, 64))


def test_a_drawn_mark_is_another_one_each_time() -> None:
    marks = {mark_of(draw_id()) for _ in range(100)}
    assert len(marks) == 100
    assert all(FORM.fullmatch(mark) for mark in marks)


@pytest.mark.parametrize(
    ("image_ref", "marked"),
    [
        ("registry.example:5000/team/slack:1.2", "registry.example:5000/team/slack-conformance-4f2a9c81:1.2"),
        ("slack", "slack-conformance-4f2a9c81"),
        ("a/b:" + "v" * 128, "a/b-conformance-4f2a9c81:" + "v" * 128),
    ],
)
def test_a_reference_has_it_at_the_end_of_its_repository(image_ref: str, marked: str) -> None:
    assert mark_reference(image_ref, MARK) == marked


def test_what_is_said_of_a_pack_tells_the_mark_that_its_name_may_not() -> None:
    assert carries(MARK, "", json.dumps(str(pack_yaml(f"{MARK}x"))).partition("description")[2])
    assert not carries(MARK, "conformance-0a1b2c3d-x", None, 7)
    assert not carries("", "anything")


@pytest.mark.parametrize(
    "said", ["display_name 'Conformance {} 0123456789Ab Made Of 2'", "name conformance-{}-0123456789ab"]
)
def test_a_fingerprint_does_not_depend_on_it(said: str) -> None:
    prints = {
        compute_fingerprint("RULE", "", said.format(run_id)) for run_id in ("4f2a9c81", "abcdef", "nightly7", "0")
    }
    assert len(prints) == 1


def upload(name: str) -> Request:
    content = encode(archive_parts(archives.write_files(pack_files(name))))
    return Request(
        "packs.upload", "POST", "/packs/upload", {}, headers=(("Content-Type", build_content_type()),), content=content
    )


def pack(pack_id: str, name: str, **more: object) -> dict[str, object]:
    return {"id": pack_id, "name": name, "owned": True, **more}


def test_what_a_lost_creation_made_is_found_by_its_name_alone(contract: Contract) -> None:
    requested = require_resource("pack").read_request(State(contract=contract), upload(f"{MARK}a"))
    lost = LostCreation(require_resource("pack"), "org_acme", requested)
    shown = {"packs": [pack("1", f"{MARK}a"), pack("2", f"{MARK}b"), pack("3", "conformance-0a1b2c3d-a"), {}, 7]}
    assert list(lost.find_in(shown, MARK, ())) == ["1"]
    assert list(lost.find_in({"packs": [pack("1", f"{MARK}a", owned=False)]}, MARK, ())) == []
    assert list(lost.find_in(None, MARK, ())) == []


def test_what_has_no_place_for_the_mark_is_found_by_its_image() -> None:
    fields = {"image_ref": "registry.example/weather:1.0.0"}
    lost = LostCreation(require_resource("pack"), "org_acme", RequestedValues(None, fields))
    shown = {"packs": [pack(n, "weather", **fields) for n in ("1", "2")] + [pack("3", "x")]}
    assert list(lost.find_in(shown, MARK, {"2"})) == ["1"]


def test_every_report_names_the_run_id(tmp_path: Path, target: Path) -> None:
    kinds = ("html", "junit", "markdown")
    options = [option for kind in kinds for option in ("--report", f"{kind}={tmp_path / kind}")]
    found = results(tmp_path, target, *QUICK, "--run-id", "nightly42", *options)
    assert found["run_id"] == "nightly42"
    assert "run id nightly42" in found["said"]
    for kind in kinds:
        assert "nightly42" in (tmp_path / kind).read_text()
    drawn = [results(tmp_path, target, *QUICK, "--seed", "3")["run_id"] for _ in range(2)]
    assert drawn[0] != drawn[1]


def logged(path: Path) -> list[dict[str, Any]]:
    """What was sent, without what the server made up: ids, tokens and the digests of what holds them."""
    text = re.sub(
        r"pack_[0-9A-Za-z]+|role_[0-9A-Za-z]+|eyJ[\w.-]+|sk_mock_\w+|sha256:[0-9a-f]{64}", "*", path.read_text()
    )
    return [json.loads(line) for line in text.splitlines()]


def test_a_run_id_given_again_makes_the_same_requests(tmp_path: Path, target: Path) -> None:
    """Without it they differ in the mark alone, and cases are called the same."""
    logs, cases = [], []
    for number, run_id in enumerate(("again", "again", "other")):
        log = tmp_path / f"{number}.log"
        options = ["--rule", "CREATE-DISPLAY-NAME", "--only", "directed"]
        given = (*options, "--seed", "3", "--run-id", run_id, "--request-log", str(log))
        found = results(tmp_path, target, *given, anew=number == 1)
        assert found["code"] == 0, found["said"]
        logs.append(logged(log))
        cases.append([case["id"] for case in found["cases"]])
    assert logs[0] == logs[1]
    assert logs[0] != logs[2]
    assert cases[0] == cases[1] == cases[2]
    shape = [[(sent["method"], sent["operation_id"], sent["caller"]) for sent in log] for log in logs]
    assert shape[0] == shape[2]


def test_on_the_mock_the_seed_alone_decides(tmp_path: Path) -> None:
    ids = {results(tmp_path, "mock", "--rule", "CREATE-DISPLAY-NAME", "--seed", "3")["run_id"] for _ in range(2)}
    assert len(ids) == 1


@pytest.mark.parametrize("given", ["", "Nightly", "a-b", "x" * 17, "é"])
def test_what_is_no_run_id(given: str) -> None:
    judged = judge("--target", "http://127.0.0.1:9/v1", "--run-id", given)
    assert judged.code == 2
    assert "--run-id" in judged.complained
    assert "1 to 16" in judged.complained


def going_on(target: Path, log: Path, run_id: str) -> subprocess.Popen[str]:
    """A run that has begun, and does not end."""
    script = Path(sys.executable).with_name("evershell-conformance")
    command = [script, "run", "--target", target, "--clause", "visibility", "--run-id", run_id, "--request-log", log]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True)
    while not (log.exists() and log.read_bytes().count(b"packs.upload") >= 3):
        assert process.poll() is None
    process.send_signal(signal.SIGSTOP)
    return process


def test_a_run_warns_of_another_that_goes_on(tmp_path: Path, target: Path) -> None:
    """In every report and while it begins; not of one that has ended, nor of one elsewhere."""
    with going_on(target, tmp_path / "log", "first") as process:
        found = results(tmp_path, target, *QUICK)
        again = judge("--target", target, *QUICK, "--run-id", "first")
        with served_mock() as elsewhere:
            other = results(tmp_path, profile(tmp_path / "other.toml", elsewhere, states=True), *QUICK)
        process.kill()
        process.wait()
    warning = [note for note in found["notes"] if "another run on this target is still going on" in note]
    assert len(warning) == 1
    assert "conformance-first-" in warning[0]
    assert warning[0] in found["said"]
    assert warning[0] in found["complained"]
    assert other["notes"] == []
    assert again.code == 2
    assert "a run of this id" in again.complained
    assert results(tmp_path, target, *QUICK)["notes"] == []
    assert judge(command="cleanup").code == 0


def test_without_a_place_for_a_ledger_a_run_says_so_and_leaves_nothing(
    tmp_path: Path, target: Path, origin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "state").write_text("a file, where the folder would be")
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    (temporary / f"evershell-conformance-{os.getuid()}").write_text("as well")
    monkeypatch.setenv("TMPDIR", str(temporary))
    before = stored(origin)
    found = results(tmp_path, target, *QUICK)
    assert found["code"] == 0, found["said"]
    assert any("no ledger" in note for note in found["notes"])
    assert found["left_behind"] == []
    assert stored(origin) == before


def test_a_turn_that_is_not_given_up_is_not_waited_for_without_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And whoever could not be alone goes on beside the others."""
    monkeypatch.setattr("conformance.session.turns.PATIENCE_S", 0.05)
    monkeypatch.setattr("conformance.session.turns.SHORT_PATIENCE_S", 0.05)
    file = tmp_path / "turns"
    file.touch()
    with closing(Turns(file)) as first, closing(Turns(file)) as second:
        first.share()
        second.share()
        with pytest.raises(PlaceOccupied):
            second.wait_until_alone()
        with pytest.raises(PlaceOccupied):
            first.wait_until_alone()
        second.leave()
        first.wait_until_alone()
        with pytest.raises(PlaceOccupied):
            second.share()
        first.share()
        first.leave()
        with pytest.raises(PlaceOccupied):
            second.share()
        first.leave()
        second.share()
        second.leave()


def test_a_run_that_has_ended_is_not_alive() -> None:
    files = RunFiles.create()
    alive = files.hold()
    assert files.is_alive
    assert alive is not None
    alive.close()
    assert not files.is_alive
    files.remove()
    assert not files.is_alive
    assert list(find_left_runs()) == []


def test_nothing_of_another_run_is_known_but_that_it_is_there(contract: Contract) -> None:
    state = State(contract=contract, prefix=MARK)
    shown = {"id": "p", "name": "conformance-0a1b2c3d-x", "version": "1.0.0", "visibility": "org", "tier": "community"}
    state = learn_shown(state, require_resource("pack"), "org_acme", {**shown, "owned": True})
    assert not state.get_facts("pack")
    assert state.of_other_runs == {("pack", "p")}
    of_ours = {**shown, "name": f"{MARK}x", "owned": True}
    assert "p" in learn_shown(state, require_resource("pack"), "org_acme", of_ours).get_facts("pack")


def test_an_answer_after_a_gateway_is_no_refusal() -> None:

    answer = Exchange("a", upload(f"{MARK}x"), "http://t", 409, (), b"", 1.0)
    again = Exchange("a", upload(f"{MARK}x"), "http://t", 409, (), b"", 1.0, is_repeated=True)
    assert [is_throttled(it) for it in (answer, again)] == [False, True]
    assert [may_have_been_done(it) for it in (answer, again)] == [False, True]
