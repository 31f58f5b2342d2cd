"""What was not provoked names the line of the profile that would change it, and the line does change it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conformance import needs
from conformance.contract.contract import Cell, Contract
from conformance.profile import Caller, KnownObjects, Limits, Profile
from conformance.running.run_info import list_missing_lines
from tests.conformance.targets import judge
from tests.examples.second import profile, serving, sessions

IMAGE = 'image_ref = "registry.second.example/shared/weather:1.0.0"'
IMAGES = f'{IMAGE}\nnext_image_ref = "registry.second.example/shared/weather:1.1.0"'
CHOICE = ("--only", "directed", "--clause", "images", "--clause", "billing")
Results = dict[str, Any]


@pytest.fixture(autouse=True)
def _signed_in(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, token in sessions().items():
        monkeypatch.setenv(name, token)


def results(folder: Path, target: Path, *options: str) -> Results:
    report = folder / "report.json"
    judge("--target", target, "--seed", "7", "--report", f"json={report}", *(options or CHOICE))
    return json.loads(report.read_text())  # type: ignore[no-any-return]


def poor(folder: Path, origin: str, known: str = "", only: str = "") -> Path:
    """The second server's profile without states; `only`: with the callers whose name begins so."""
    path = profile(folder, origin, states=False)
    text = re.sub(r"\[known\].*", f"[known]\n{known}\n", path.read_text(), flags=re.DOTALL)
    head, *callers = re.split(r"(?=^\[callers\.)", text, flags=re.MULTILINE)
    callers[-1], _, rest = callers[-1].partition("[known]")
    kept = [each for each in callers if each.startswith(f"[callers.{only}")]
    path.write_text(f"{head}{''.join(kept)}[known]{rest}")
    return path


def unknown(found: Results) -> set[str]:
    return {rule["id"] for rule in found["rules"] if rule["verdict"] == "NOT_PROVOKED"}


def unreached(found: Results) -> set[str]:
    return {_named(cell) for cell in found["cells"] if cell["declared"] and not cell["count"]}


def _named(cell: Results) -> str:
    return str(Cell(cell["operation_id"], cell["status"], cell["code"]))


def test_each_line_is_ranked_by_what_it_gains(tmp_path: Path) -> None:
    """And names nothing that was judged or reached."""
    with serving() as origin:
        found = results(tmp_path, poor(tmp_path, origin))
    gains = {gain["line"]: gain for gain in found["gains"]}
    assert {"known.image_ref", "target.states_url, with the state 'org has billing posture'"} <= gains.keys()
    counts = [len(gain["rules"]) + len(gain["cells"]) for gain in found["gains"]]
    assert counts == sorted(counts, reverse=True)
    assert all(counts)
    for gain in gains.values():
        assert set(gain["rules"]) <= unknown(found)
        assert {_named(cell) for cell in gain["cells"]} <= unreached(found)
    assert unknown(found) == {rule for gain in gains.values() for rule in gain["rules"]}


def test_a_line_that_is_added_has_more_judged(tmp_path: Path) -> None:
    """Of the rules and cells that it named, and it is advised no longer."""
    with serving() as origin:
        before = results(tmp_path, poor(tmp_path, origin))
        after = results(tmp_path, poor(tmp_path, origin, IMAGES))
        of_a_rule = results(tmp_path, poor(tmp_path, origin), "--rule", "IMAGE-ORIGIN-STAYS")
    gain = next(gain for gain in before["gains"] if gain["line"] == "known.image_ref")
    assert (gained := unknown(before) - unknown(after))
    assert gained <= set(gain["rules"])
    assert set(map(_named, gain["cells"])) & (unreached(before) - unreached(after))
    assert [each["cells"] for each in of_a_rule["gains"]] == [[]] * len(of_a_rule["gains"]), "it is not after cells"
    assert {rule for each in of_a_rule["gains"] for rule in each["rules"]} == {"IMAGE-ORIGIN-STAYS"}
    assert "known.image_ref" not in {each["line"] for each in after["gains"] if each["cells"]}


def test_a_second_org_is_asked_for(tmp_path: Path) -> None:
    with serving() as origin:
        target = poor(tmp_path, origin, IMAGE, only="alder")
        found = results(tmp_path, target, "--only", "directed", "--clause", "ownership")
    gain = next(gain for gain in found["gains"] if gain["line"] == "[callers.NAME] of a second org")
    assert {"OWNERSHIP-NOT-LISTED", "OWNERSHIP-PRIVATE-HIDDEN"} <= set(gain["rules"])
    assert "known.foreign_private_pack" in {each["line"] for each in found["gains"]}


def test_a_read_only_run_names_its_own_limit(tmp_path: Path) -> None:
    """And nothing that the profile has, or that such a run could not use."""
    with serving() as origin:
        choice = (*CHOICE, "--clause", "snapshots", "--clause", "ownership", "--read-only", "--budget", "quick")
        lacks, whole = results(tmp_path, poor(tmp_path, origin), *choice), profile(tmp_path, origin)
        has = results(tmp_path, whole, *choice)
    for found in (lacks, has):
        assert found["gains"][0]["line"] == "limits.read_only = false"
        assert not [gain["line"] for gain in found["gains"] if re.match(r"target\.|known\.exp|the state", gain["line"])]
    assert {gain["line"] for gain in has["gains"]} == {"limits.read_only = false", "known.foreign_private_membership"}


def test_what_is_asked_for_is_what_is_missing() -> None:
    """A state that the endpoint does not offer is asked for as such: the endpoint is there."""
    scopes = frozenset({"caps:write"})
    caller = Caller("acme-member", "org_acme", "sk_fake", role="member", scopes=scopes)
    bare = Profile("p", "http://x/v1", (caller,))
    rich = replace(bare, states_url="http://x/states", known=KnownObjects({"image_ref": "r/x:1"}))
    asked = (
        needs.state("image is available"),
        needs.make_unoffered("pack exists"),
        needs.need_known("image_ref"),
        needs.WORLDS,
    )
    of_endpoint, of_server, of_image, of_worlds = (need.line for need in asked)
    assert needs.list_lacking(bare, asked) == (of_endpoint, of_server, of_image, of_worlds)
    assert needs.list_lacking(rich, (*asked, *asked)) == (of_server, of_worlds)
    read_only = replace(rich, limits=Limits(read_only=True))
    assert needs.list_lacking(read_only, asked) == ("limits.read_only = false",)


def test_a_caller_who_has_the_scope_and_not_the_role_is_not_the_one(contract: Contract) -> None:
    owners = next(it for it in contract.operations.values() if it.role is not None)
    scopes = frozenset(contract.scopes)
    callers = [Caller(role, "org_acme", "sk_fake", role=role, scopes=scopes) for role in ("member", str(owners.role))]
    lacking = [
        needs.list_lacking(Profile("p", "http://x/v1", (it,)), [needs.need_somebody_for(owners)]) for it in callers
    ]
    assert [len(lines) for lines in lacking] == [1, 0]


def test_every_report_tells_it(tmp_path: Path) -> None:
    html, markdown = tmp_path / "report.html", tmp_path / "summary.md"
    with serving() as origin:
        target = poor(tmp_path, origin)
        judged = judge("--target", target, *CHOICE, "--report", f"html={html}", "--report", f"markdown={markdown}")
    for text in (judged.said, html.read_text(), markdown.read_text()):
        assert "Not provoked, and what would change that" in text
        assert re.search(r"target\.states\\?_url, with the state '?(&#39;)?org has billing posture", text)


def test_what_a_cell_lacks_follows_from_its_cause(contract: Contract) -> None:
    """Which is data: whatever would do is named, and nothing that is there."""
    scopes = frozenset(contract.scopes)
    somebody = Caller("acme-owner", "org_acme", "sk_fake", role="owner", scopes=scopes)
    other = Caller("globex-owner", "org_globex", "sk_fake", role="owner", scopes=scopes)
    alone = Profile("p", "http://x/v1", (somebody,))
    both = Profile("p", "http://x/v1", (somebody, other), known=KnownObjects({"image_ref": "r/x:1"}))
    in_use = Cell("packs.delete", 409, "pack_in_use")
    assert list_missing_lines(contract, in_use, alone) == ("[callers.NAME] of a second org",)
    assert list_missing_lines(contract, in_use, both) == ()
    made = Cell("packs.create", 201, None)
    assert list_missing_lines(contract, made, alone) == (
        "target.states_url, with the state 'image is available'",
        "known.image_ref",
    )
    assert list_missing_lines(contract, made, both) == ()
    assert list_missing_lines(contract, made, Profile("p", "http://x/v1")) == ("[callers.NAME]",)
    assert list_missing_lines(contract, Cell("packs.list", 401, "unauthenticated"), Profile("p", "http://x/v1")) == ()
