"""What a run made is removed whatever happens to the run, and what could not be removed is listed."""

from __future__ import annotations

import contextlib
import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance.custody.ledger import Ledger, MadeObject
from conformance.custody.run_files import RunFiles, find_left_runs
from conformance.resources.packs import archives, pack_files
from tests import plain
from tests.conformance.targets import error, judge
from tests.conformance.worldless import personas, profile, stored
from tests.proxy.messages import Answer
from tests.proxy.proxy import proxying

OF_ACME = MadeObject("pack", "org_acme")
JSON = {"Content-Type": "application/json"}
IN_USE = json.dumps(error("pack_in_use")).encode()


@contextlib.contextmanager
def running(target: Path, log: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    """A run that has made something."""
    script = Path(sys.executable).with_name("evershell-conformance")
    command = [script, "run", "--target", target, "--clause", "scopes", "--request-log", log, *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        while not (log.exists() and log.read_bytes().count(b"packs.upload") >= 5):
            assert process.poll() is None
        yield process
        if process.poll() is None:
            process.kill()


def upload(origin: str, name: str, caller: str = "acme-owner") -> str:
    """A pack that somebody made; its id."""
    answer = plain.post(
        f"{origin}/v1/packs/upload",
        headers={"Authorization": f"Bearer {personas(origin)[caller]['token']}"},
        files={"archive": ("pack.tar.gz", archives.write_files(pack_files(name)), "application/gzip")},
        data={"visibility": "org"},
    )
    return str(answer.raise_for_status().json()["id"])


def ids(origin: str) -> set[str]:
    return {pack["id"] for listing in stored(origin) for pack in listing["packs"]}  # type: ignore[attr-defined]


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "workers"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_removes_what_it_made(
    tmp_path: Path, origin: str, number: signal.Signals, workers: tuple[str, ...]
) -> None:
    before = stored(origin)
    target = profile(tmp_path / "target.toml", origin, states=True)
    with running(target, tmp_path / "requests.log", *workers) as process:
        process.send_signal(number)
        process.communicate(timeout=60)
    assert process.returncode == 130
    assert stored(origin) == before
    assert list(find_left_runs()) == []


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "workers"])
def test_cleanup_finishes_what_a_killed_run_left(tmp_path: Path, origin: str, workers: tuple[str, ...]) -> None:
    before = stored(origin)
    target = profile(tmp_path / "target.toml", origin, states=True)
    with running(target, tmp_path / "requests.log", *workers) as process:
        process.kill()
        process.communicate(timeout=60)
    assert len(list(find_left_runs())) == 1
    cleaned = judge(command="cleanup", cwd=tmp_path)
    assert (cleaned.code, cleaned.last_line) == (0, "nothing is left to remove"), cleaned.complained
    assert stored(origin) == before
    assert list(find_left_runs()) == []
    assert judge(command="cleanup").said == "nothing is left to remove\n"


def test_a_run_that_goes_on_is_left_alone(tmp_path: Path, origin: str) -> None:
    target = profile(tmp_path / "target.toml", origin, states=True)
    with running(target, tmp_path / "requests.log") as process:
        process.send_signal(signal.SIGSTOP)
        cleaned = judge(command="cleanup")
        process.send_signal(signal.SIGCONT)
    assert "still going on" in cleaned.said
    assert len(list(find_left_runs())) == 1


@contextlib.contextmanager
def killed(target: Path, url: str) -> Iterator[Ledger]:
    """The ledger of a run that was killed right after its beginning."""
    ledger = Ledger(RunFiles.create().ledger)
    ledger.begin(str(target), url, "conformance-abc123-")
    yield ledger
    ledger.close()


@pytest.fixture
def left(tmp_path: Path, origin: str) -> Iterator[Ledger]:
    target = profile(tmp_path / "target.toml", origin, states=True)
    with killed(target, f"{origin}/v1") as ledger:
        yield ledger


def test_what_was_made_without_an_answer_is_found_by_its_name(left: Ledger, origin: str) -> None:
    """Only what was not there before, is of this run, and of the org that it was made for."""
    before = upload(origin, "conformance-abc123-there-before")
    left.enter_before("org_acme", "pack", ids(origin))
    left.announce("org_acme", "pack", {})
    made = upload(origin, "conformance-abc123-made")
    others = {upload(origin, "conformance-fff000-of-another-run"), upload(origin, "somebodys-own")}
    assert judge(command="cleanup").code == 0
    assert made not in ids(origin)
    assert others | {before} <= ids(origin)


def test_cleanup_says_first_what_it_will_do(left: Ledger, tmp_path: Path, origin: str) -> None:
    """Of a dry run that is all; it never waits for an answer of its user."""
    pack_id = upload(origin, "conformance-abc123-made")
    left.enter_before("org_acme", "pack", ids(origin))
    left.enter_made(pack_id, OF_ACME)
    left.announce("org_acme", "pack", {})
    left.enter_setup("org has billing posture", {"org_id": "org_acme", "posture": "active"})
    planned = judge("--dry-run", command="cleanup")
    head, *steps, last = planned.said.splitlines()
    assert head.startswith(f"{origin}/v1, with the credentials of {tmp_path / 'target.toml'}: what the run of ")
    assert steps == [
        "  take back the state 'org has billing posture'",
        "  look among those of org_acme for 1 pack whose creation got no answer",
        "  delete 1 pack of org_acme",
    ]
    assert (planned.code, last) == (3, "nothing was sent")
    assert pack_id in ids(origin)
    done = judge(command="cleanup")
    assert done.said.splitlines()[: len(steps) + 1] == [head, *steps]
    assert (done.code, pack_id in ids(origin)) == (0, False)
    assert judge("--dry-run", command="cleanup").said == "nothing is left to remove\n"


def test_what_is_gone_already_is_told_by_whoever_sees_all_of_the_org(left: Ledger) -> None:
    """Of a caller who sees only its own a 404 says less, and a key may not delete credentials."""
    left.enter_made("cred_gone", MadeObject("credential", "org_acme"))
    cleaned = judge(command="cleanup")
    assert (cleaned.code, cleaned.last_line) == (0, "nothing is left to remove"), cleaned.said


def test_what_cannot_be_removed_is_listed_and_tried_again(left: Ledger, origin: str) -> None:
    pack_id = upload(origin, "conformance-abc123-in-use")
    left.enter_made(pack_id, OF_ACME)
    states = f"{origin}/_mock/worlds/default/states"
    state = {"state": "role references pack", "params": {"org_id": "org_acme", "pack_id": pack_id, "archived": False}}
    values = plain.post(states, json={"action": "setup", **state}).raise_for_status().json()
    cleaned = judge(command="cleanup")
    assert cleaned.code == 3
    assert f"left behind: pack {pack_id} of org_acme: 409 pack_in_use" in cleaned.said
    plain.post(states, json={"action": "teardown", **state, "values": values}).raise_for_status()
    assert judge(command="cleanup").code == 0
    assert pack_id not in ids(origin)


def test_a_state_that_stands_is_torn_down_first(left: Ledger, origin: str) -> None:
    """With the values of its setup, which nobody else has."""
    pack_id = upload(origin, "conformance-abc123-in-use")
    left.enter_made(pack_id, OF_ACME)
    params = {"org_id": "org_globex", "pack_id": pack_id, "archived": False}
    message = {"action": "setup", "state": "role references pack", "params": params}
    key = left.enter_setup("role references pack", params)
    left.enter_values(key, plain.post(f"{origin}/_mock/worlds/default/states", json=message).json())
    assert judge(command="cleanup").code == 0
    assert pack_id not in ids(origin)


def test_a_target_that_is_gone_leaves_everything_listed(tmp_path: Path) -> None:
    target = tmp_path / "target.toml"
    target.write_text(
        '[target]\nurl = "http://127.0.0.1:9/v1"\n[callers.a]\norg = "org_acme"\ntoken = "sk_fake_acme"\n'
    )
    with killed(target, "http://127.0.0.1:9/v1") as ledger:
        for number in range(30):
            ledger.enter_made(f"pack_{number}", OF_ACME)
    cleaned = judge(command="cleanup")
    assert (cleaned.code, cleaned.last_line) == (3, "30 left behind")
    assert "no connection" in cleaned.said


@pytest.mark.parametrize(
    ("target", "reason"), [("absent.toml", "absent.toml: cannot be read"), ("https://", "is not a base URL")]
)
def test_a_target_that_cannot_be_read(target: str, reason: str) -> None:
    cleaned = judge("--target", target, command="cleanup")
    assert cleaned.code == 2
    assert reason in cleaned.complained


def test_another_targets_run_is_not_looked_at(left: Ledger, origin: str) -> None:
    left.enter_made(upload(origin, "conformance-abc123-made"), OF_ACME)
    before = ids(origin)
    assert judge("--target", "http://127.0.0.1:9/v1", command="cleanup").code == 0
    assert ids(origin) == before
    assert len(list(find_left_runs())) == 1


def test_a_run_that_ends_leaves_no_ledger(tmp_path: Path, origin: str) -> None:
    target = profile(tmp_path / "target.toml", origin, states=True)
    report = tmp_path / "report.json"
    assert judge("--target", target, "--clause", "visibility", "--report", f"json={report}").code == 0
    assert json.loads(report.read_text())["left_behind"] == []
    assert list(find_left_runs()) == []


def test_what_a_run_cannot_remove_it_lists(tmp_path: Path, origin: str) -> None:
    """A target that refuses every deletion for a while, and a word on how to try again."""
    before, report = stored(origin), tmp_path / "report.json"
    with proxying(origin) as target:
        target.answers = lambda passed: Answer(409, JSON, IN_USE) if passed.method == "DELETE" else None
        written = profile(tmp_path / "target.toml", origin, states=False, base_url=target.origin)
        judge("--target", written, "--rule", "PACK-PATCH-APPLIES", "--report", f"json={report}")
        left = json.loads(report.read_text())["left_behind"]
        assert left
        assert all("409 pack_in_use; `evershell-conformance cleanup` tries again" in line for line in left)
        assert stored(origin) != before
        target.answers = lambda _: None
        assert judge(command="cleanup").code == 0
    assert stored(origin) == before


def test_what_stays_archived_for_good_is_told_at_the_end(tmp_path: Path, origin: str) -> None:
    """In words of its own: it is not left behind, since cleanup could do no more about it."""
    report = tmp_path / "report.json"
    target = profile(tmp_path / "target.toml", origin, states=False)
    ended = judge("--target", target, "--rule", "ARCHIVE-STAMPS", "--budget", "quick", "--report", f"json={report}")
    document = json.loads(report.read_text())
    owner = {"Authorization": f"Bearer {personas(origin)['acme-owner']['token']}"}
    listed = plain.get(f"{origin}/v1/providers?include_archived=true", headers=owner).raise_for_status().json()
    staying = [each for each in listed["providers"] if each["name"].startswith("conformance-")]
    assert staying
    (told,) = [note for note in document["notes"] if "stay for good" in note]
    assert re.search(rf"\b{len(staying)} providers?\b.*of org_acme stay for good, archived", told), told
    assert told in ended.said
    assert (ended.code, document["left_behind"]) == (0, [])
    assert judge(command="cleanup").said == "nothing is left to remove\n"


def test_cleanup_says_what_it_can_only_archive(left: Ledger, origin: str) -> None:
    owner = {"Authorization": f"Bearer {personas(origin)['acme-owner']['token']}"}
    sent = {"name": "conformance-abc123-made", "kind": "anthropic", "domain": "api.first.example"}
    made = plain.post(f"{origin}/v1/providers", headers=owner, json=sent)
    assert made.status_code == 201, made.text
    left.enter_made(made.json()["id"], MadeObject("provider", "org_acme"))
    cleaned = judge(command="cleanup")
    assert "1 provider of org_acme stays for good, archived: the contract has no way to remove it" in cleaned.said
    assert (cleaned.code, cleaned.last_line) == (0, "nothing is left to remove")
    assert plain.get(f"{origin}/v1/providers/{made.json()['id']}", headers=owner).json()["archived_at"]
