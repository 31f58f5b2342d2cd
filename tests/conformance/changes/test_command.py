"""The command `diff`: exit codes, sources, reports and waivers."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema_rs
import pytest
from click.testing import CliRunner, Result

from conformance.changes.report import MOST_LINES
from conformance.changes.report import read_schema as report_schema
from conformance.cli import main
from tests import repositories
from tests.conformance.changes.edits import Edit, add, contract, drop, edited, operation, put, remove, schema
from tests.repo.sources import ROOT
from tests.repositories import ALL_BRANCHES, checkout, git, pull_request, repository

BREAKS_CLIENTS = remove(*schema("Pack", "required"), "version")
BREAKS_SERVERS = add(*schema("Pack", "required"), "created_at")
MAY_BREAK = drop(*schema("Pack", "properties", "category"))
BREAKS_BOTH = put(*operation("post", "/packs"), "x-max-body", 10)
REMOVES_A_STATUS = drop(*operation("get", "/packs/{id}"), "responses", "404")
HARMLESS = put(*schema("Pack", "properties"), "icon", {"type": "string"})


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "old.json").write_text(json.dumps(contract().document), encoding="utf-8")
    return tmp_path


def diffed(*options: str) -> Result:
    return CliRunner().invoke(main, ["diff", *options])


def written(*edits: Edit, name: str = "new.json") -> str:
    Path(name).write_text(json.dumps(edited(*edits).document), encoding="utf-8")
    return name


@pytest.mark.parametrize(
    ("edit", "failing"),
    [
        (BREAKS_CLIENTS, {"clients", "any", None}),
        (BREAKS_SERVERS, {"servers", "any", None}),
        (REMOVES_A_STATUS, {"servers", "any", None}),
        (BREAKS_BOTH, {"clients", "servers", "any", None}),
        (MAY_BREAK, set()),
        (HARMLESS, set()),
    ],
)
@pytest.mark.usefixtures("folder")
def test_it_fails_on_the_side_that_is_asked_for_or_without_one_on_either(edit: Edit, failing: set[str | None]) -> None:
    new = written(edit)
    codes = {
        side: diffed("old.json", new, *(("--fail-on", side) if side else ()), "-q").exit_code
        for side in ("clients", "servers", "any", "never", None)
    }
    assert codes == {side: int(side in failing) for side in codes}


@pytest.mark.usefixtures("folder")
def test_strict_counts_what_may_break() -> None:
    new = written(MAY_BREAK)
    assert diffed("old.json", new).exit_code == 0
    assert diffed("old.json", new, "--strict").exit_code == 1
    assert diffed("old.json", new, "--strict", "--fail-on", "servers").exit_code == 0


@pytest.mark.usefixtures("folder")
def test_it_prints_each_change_with_its_operations_the_worst_first() -> None:
    done = diffed("old.json", written(HARMLESS, BREAKS_CLIENTS, BREAKS_BOTH))
    lines = done.output.splitlines()
    assert [line.split("  ")[1] for line in lines if re.match("[0-9a-f]{12} ", line)] == [
        "max-body-lowered",
        "answer-field-optional",
        "answer-field-added",
    ]
    assert "    Pack.version: is optional now" in lines
    assert any(re.fullmatch(r"    in packs\.list, packs\.create, .* and \d more", line) for line in lines)
    assert lines[-1].startswith("3 changes; clients: 2 break; servers: 1 break; semantic versioning asks for a ")


@pytest.mark.usefixtures("folder")
def test_quiet_is_one_line_and_the_same_is_no_change() -> None:
    assert diffed("old.json", written(BREAKS_BOTH), "--quiet").output.count("\n") == 1
    assert diffed("old.json", "old.json", "-q").output == "no change\n"


def test_a_revision_of_git_is_compared(folder: Path) -> None:
    repository(folder)
    written(BREAKS_CLIENTS, name="old.json")
    assert diffed("HEAD:old.json", "old.json", "-q").exit_code == 1
    missing = diffed("HEAD~7:old.json", "old.json")
    assert missing.exit_code == 2
    assert "HEAD~7:old.json: cannot be read from git" in missing.output


OWN_COMMIT = "own commit"


def test_a_document_and_its_own_commit_are_not_compared(folder: Path) -> None:
    """Every report says so, and it is no success."""
    repository(folder)
    kinds = ("markdown", "json", "junit", "sarif", "codequality")
    done = diffed("HEAD:old.json", "old.json", *(f"--report={kind}={kind}" for kind in kinds), "--report=github")
    assert done.exit_code == 4
    assert done.output.count(OWN_COMMIT) == 2  # as an annotation too
    assert "origin/main...:old.json" in done.output
    for kind in kinds:
        text = (folder / kind).read_text(encoding="utf-8")
        assert OWN_COMMIT in text, kind
        assert "nothing was compared" in text, kind
    report = json.loads((folder / "json").read_text(encoding="utf-8"))
    jsonschema_rs.validator_for(report_schema()).validate(report)
    assert report["exit_code"] == 4
    suite = ET.fromstring((folder / "junit").read_text(encoding="utf-8"))  # noqa: S314  # our own report
    assert (suite.get("tests"), suite.get("errors")) == ("1", "1")
    assert diffed("HEAD:old.json", "HEAD:./old.json", "-q").exit_code == 4
    assert diffed("old.json", "main:old.json", "-q").exit_code == 4
    assert diffed("HEAD:old.json", "old.json", "--fail-on", "never", "-q").exit_code == 0


def test_what_is_not_committed_is_compared_with_the_last_commit(folder: Path) -> None:
    repository(folder)
    text = (folder / "old.json").read_text(encoding="utf-8")
    (folder / "old.json").write_text(text + "\n", encoding="utf-8")
    assert diffed("HEAD:old.json", "old.json", "-q").output == "no change\n"
    git(folder, "add", "old.json")
    assert diffed("HEAD:old.json", "old.json", "-q").exit_code == 0
    (folder / "old.json").write_text(text, encoding="utf-8")  # the index alone has another
    assert diffed("HEAD:old.json", "old.json", "-q").exit_code == 0
    repositories.commit(folder)
    assert diffed("HEAD~1:old.json", "old.json", "-q").output == "no change\n"  # another commit with the same


@pytest.fixture
def upstream(folder: Path) -> Path:
    """A pull request that breaks clients, into a branch that has broken servers since."""
    before = (folder / "old.json").read_text(encoding="utf-8")
    written(BREAKS_CLIENTS)
    after = (folder / "new.json").read_text(encoding="utf-8")
    made = pull_request(folder / "upstream", {"old.json": before}, {"old.json": after})
    written(BREAKS_SERVERS, name="upstream/old.json")
    repositories.commit(made)
    return made


def compared_with_main(clone: Path, monkeypatch: pytest.MonkeyPatch) -> Result:
    monkeypatch.chdir(clone)
    return diffed("origin/main...:old.json", "old.json")


@pytest.mark.parametrize("ref", ["refs/pull/1/merge", "refs/heads/change"])
def test_a_pull_request_is_compared_with_its_merge_base(
    folder: Path, upstream: Path, monkeypatch: pytest.MonkeyPatch, ref: str
) -> None:
    """What the target branch has changed since then is none of its changes."""
    done = compared_with_main(checkout(upstream, folder / "clone", ref, ALL_BRANCHES), monkeypatch)
    assert (done.exit_code, "1 change; clients: 1 break; servers: none break" in done.output) == (1, True), done.output


@pytest.mark.parametrize("ref", ["refs/pull/1/merge", "refs/heads/change"])
@pytest.mark.parametrize("branches", [(), (ALL_BRANCHES,)], ids=["alone", "with-branches"])
def test_a_shallow_clone_is_told_what_fetches_the_merge_base(
    folder: Path, upstream: Path, monkeypatch: pytest.MonkeyPatch, ref: str, branches: tuple[str, ...]
) -> None:
    """What it names is executed, and helps."""
    clone = checkout(upstream, folder / "clone", ref, *branches, depth=1)
    done = compared_with_main(clone, monkeypatch)
    assert done.exit_code == 2
    (command,) = re.findall("`(git fetch .*?)`", done.output)
    subprocess.run(shlex.split(command), cwd=clone, check=True, capture_output=True)
    done = compared_with_main(clone, monkeypatch)
    assert (done.exit_code, "1 change; clients: 1 break; servers: none break" in done.output) == (1, True), done.output


def test_a_whole_clone_without_the_branch_is_told_what_fetches_it(
    folder: Path, upstream: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clone = checkout(upstream, folder / "clone", "refs/heads/change")
    done = compared_with_main(clone, monkeypatch)
    (command,) = re.findall("`(git fetch .*?)`", done.output)
    assert (done.exit_code, "--unshallow" in command) == (2, False)
    subprocess.run(shlex.split(command), cwd=clone, check=True, capture_output=True)
    assert compared_with_main(clone, monkeypatch).exit_code == 1


def test_a_branch_that_has_every_commit_already_is_no_base(
    folder: Path, upstream: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clone = checkout(upstream, folder / "clone", "refs/heads/change", ALL_BRANCHES)
    monkeypatch.chdir(clone)
    done = diffed("origin/change...:old.json", "old.json", "-q")
    assert (done.exit_code, "origin/change has every commit that there is here" in done.output) == (4, True)


@pytest.mark.parametrize(
    "given", ["origin/main...:old.json", "nowhere...:old.json", "--all...:old.json", "...:old.json"]
)
def test_a_merge_base_that_nobody_knows_is_a_2(folder: Path, given: str) -> None:
    """Outside of a repository, and in one without such a branch."""
    outside = diffed("--", given, "old.json")
    repository(folder)
    inside = diffed("--", given, "old.json")
    for done in (outside, inside):
        assert (done.exit_code, f"evershell-conformance: {given}: " in done.output) == (2, True), done.output


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "bad.yaml: cannot be read (No such file or directory); name a file, or REV:PATH of git"),
        ("a: [", "bad.yaml: not valid YAML at line 2; mend it or name another file or REV:PATH"),
        ("openapi: 3.2.0\npaths: {}\n", "bad.yaml: openapi: '3.2.0' is neither 3.0.x nor 3.1.x"),
        ("openapi: 3.0.3\n", "bad.yaml: not an OpenAPI document: it has no 'paths'"),
    ],
)
@pytest.mark.parametrize("first", [True, False])
def test_what_cannot_be_read_is_a_2_with_place_and_remedy(
    folder: Path, content: str | None, said: str, *, first: bool
) -> None:
    if content is not None:
        (folder / "bad.yaml").write_text(content, encoding="utf-8")
    done = diffed(*(("bad.yaml", "old.json") if first else ("old.json", "bad.yaml")))
    assert (done.exit_code, said in done.output) == (2, True), done.output


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (
            put(*schema("Pack", "properties", "name"), "pattern", "("),
            'new.json: PackList: is not a valid schema: pattern: "("',
        ),
        (
            put(*schema("Pack", "properties", "name"), "type", "text"),
            'new.json: PackList: is not a valid schema: type: "text"',
        ),
        (
            put(*schema("PackList", "properties", "packs"), "items", {"$ref": "#/components/schemas/Lost"}),
            "new.json: reference #/components/schemas/Lost leads nowhere, at /components/schemas/PackList/properties",
        ),
    ],
)
@pytest.mark.usefixtures("folder")
def test_a_schema_that_is_none_is_a_2(edit: Edit, said: str) -> None:
    done = diffed("old.json", written(edit))
    assert (done.exit_code, said in done.output) == (2, True), done.output


@pytest.mark.usefixtures("folder")
def test_an_error_of_ours_is_a_5(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr("conformance.commands.comparing.diff", fails)
    done = diffed("old.json", "old.json")
    assert (done.exit_code, "an error of the suite" in done.output) == (5, True)


def test_reports_are_written(folder: Path) -> None:
    new = written(HARMLESS, BREAKS_CLIENTS, BREAKS_SERVERS)
    kinds = {"markdown": "made/diff.md", "json": "diff.json", "junit": "diff.xml"}
    done = diffed("old.json", new, "-q", *(f"--report={kind}={path}" for kind, path in kinds.items()))
    assert done.exit_code == 1
    report = json.loads((folder / "diff.json").read_text(encoding="utf-8"))
    jsonschema_rs.validator_for(report_schema()).validate(report)
    assert [(each["kind"], each["fails"]) for each in report["changes"]] == [
        ("answer-field-optional", True),
        ("answer-field-required", True),
        ("answer-field-added", False),
    ]
    assert report["summary"] == {
        "clients": {"breaks": 1, "may": 0, "no": 2},
        "servers": {"breaks": 1, "may": 0, "no": 2},
    }
    suite = ET.fromstring((folder / "diff.xml").read_text(encoding="utf-8"))  # noqa: S314  # our own report
    assert (suite.get("tests"), suite.get("failures")) == ("3", "2")
    assert len(suite.findall(".//failure")) == 2
    markdown = (folder / "made" / "diff.md").read_text(encoding="utf-8").splitlines()
    rows = [line for line in markdown if line.startswith("| ") and "---" not in line][1:]
    assert [row.split(" | ")[0] for row in rows] == ["| **breaks**", "| no", "| no"]


def test_the_markdown_has_at_most_60_lines_and_the_worst_first(folder: Path) -> None:
    edits = [put(*schema("Role", "properties", name), {"type": "boolean"}) for name in ("model", "capabilities")]
    edits += [drop("x-rules", name) for name in list(contract().rules)[:200]]
    edits += [
        put("x-rules", f"NEW-{n}", {"clause": "new", "level": "must", "provenance": "seed", "text": f"{n}."})
        for n in range(99)
    ]
    diffed("old.json", written(*edits), "--report", "markdown=diff.md", "-q")
    lines = (folder / "diff.md").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= MOST_LINES == 60
    assert "| **breaks** | **breaks** | `Role.capabilities` |" in lines[6]
    assert any(re.match(r"- 99 `rule-added`: clients no, servers breaks", line) for line in lines)


def test_a_report_of_no_change_has_a_test_that_passes(folder: Path) -> None:
    diffed("old.json", "old.json", "--report", "junit=diff.xml", "--report", "markdown=diff.md", "-q")
    suite = ET.fromstring((folder / "diff.xml").read_text(encoding="utf-8"))  # noqa: S314  # our own report
    assert (suite.get("tests"), suite.get("failures")) == ("1", "0")
    assert (folder / "diff.md").read_text(encoding="utf-8").startswith("## Contract: no change\n")


@pytest.mark.usefixtures("folder")
def test_another_kind_of_report_is_a_2() -> None:
    done = diffed("old.json", "old.json", "--report", "html=diff.html")
    assert (done.exit_code, "with a kind of markdown, json, junit" in done.output) == (2, True)


def test_a_waiver_covers_the_change_that_it_names_until_its_last_day(folder: Path) -> None:
    new = written(BREAKS_CLIENTS)
    fingerprint = re.findall("^[0-9a-f]{12}", diffed("old.json", new).output, re.MULTILINE)[0]

    def waived(name: str, until: str, key: str = "fingerprint") -> Result:
        text = f'[[waiver]]\n{key} = "{name}"\nreason = "Nobody reads it"\nuntil = {until}\n'
        (folder / "waivers.toml").write_text(text, encoding="utf-8")
        return diffed("old.json", new, "--waivers", "waivers.toml")

    covered = waived(fingerprint, "2999-01-01")
    assert (covered.exit_code, "Nobody reads it" in covered.output, "1 waived" in covered.output) == (0, True, True)
    assert waived(fingerprint, "2020-01-01").exit_code == 1
    assert "is outdated since 2020-01-01" in waived(fingerprint, "2020-01-01").output
    assert "is not used" in waived("0" * 12, "2999-01-01").output
    assert waived("*", "2999-01-01", "rule").exit_code == 0, "the kind of the change is its rule"
    assert "waiver of * at me.* is not used" in waived("me.*", "2999-01-01", "operation").output


def test_a_waiver_of_an_earlier_version_is_told_what_to_write(folder: Path) -> None:
    """Its digits were of both fields; it covers none of them any longer."""
    fields = schema("CreateProvider", "properties")
    with_second = put(*fields, "alias", {"$ref": "#/components/schemas/Slug"})
    old = written(with_second, name="with_second.json")
    new = written(drop(*fields, "credential_name"))
    waiver = '[[waiver]]\nfingerprint = "7739b7545a0a"\nreason = "Nobody sends it"\nuntil = 2999-01-01\n'
    (folder / "waivers.toml").write_text(waiver, encoding="utf-8")
    done = diffed(old, new, "--waivers", "waivers.toml", "--report", "json=diff.json")
    assert done.exit_code == 1
    found = json.loads((folder / "diff.json").read_text(encoding="utf-8"))["changes"]
    assert [each["where"] for each in found] == ["CreateProvider.alias", "CreateProvider.credential_name"]
    (note,) = [line for line in done.output.splitlines() if line.startswith("waiver 7739b7545a0a")]
    assert all(f"{each['fingerprint']} ({each['where']}: is removed)" in note for each in found), note


LINES = """\
openapi: 3.0.3
info: {title: Things, version: 1.0.0}
paths:
  /things:
    get:
      operationId: things.list
      parameters:
        - {name: page, in: query, schema: {type: integer}}
      responses:
        200:
          description: All.
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Thing'}
components:
  schemas:
    Thing:
      type: object
      required: [name]
      properties:
        name: {type: string}
        note: {type: string}
"""


@pytest.mark.usefixtures("folder")
def test_a_change_is_told_with_its_lines_in_both_files() -> None:
    Path("old.yaml").write_text(LINES, encoding="utf-8")
    after = LINES.replace("        note: {type: string}\n", "").replace("openapi:", "# One line more.\nopenapi:")
    Path("new.yaml").write_text(after.replace("type: integer", "type: boolean"), encoding="utf-8")
    done = diffed("old.yaml", "new.yaml", "--report", "json=diff.json", "--report", "github", "--fail-on", "clients")
    assert [line for line in done.output.splitlines() if line.startswith("    at ")] == [
        "    at old.yaml:8, new.yaml:9",
        "    at old.yaml:22",
    ]
    found = json.loads(Path("diff.json").read_text(encoding="utf-8"))["changes"]
    assert [each["lines"] for each in found] == [{"old": 8, "new": 9}, {"old": 22, "new": None}]
    assert "::error file=new.yaml,line=9" in done.output


OVERLAY = "overlay: 1.0.0\ninfo: {title: More, version: 1.0.0}\nactions:\n  - target: $.components.schemas.Thing\n"


@pytest.mark.usefixtures("folder")
def test_an_overlay_is_laid_over_both_or_one_over_each() -> None:
    Path("old.yaml").write_text(LINES, encoding="utf-8")
    Path("one.yaml").write_text(OVERLAY + "    update: {required: [note]}\n", encoding="utf-8")
    Path("other.yaml").write_text(OVERLAY + "    update: {properties: {more: {type: string}}}\n", encoding="utf-8")
    assert diffed("old.yaml", "old.yaml", "--overlay", "one.yaml", "-q").output == "no change\n"
    apart = diffed("old.yaml", "old.yaml", "--overlay", "one.yaml", "--overlay", "other.yaml")
    told = [line for line in apart.output.splitlines() if line.startswith("    Thing")]
    assert (apart.exit_code, told) == (1, ["    Thing.note: is optional now", "    Thing.more: is added"])
    thrice = diffed("old.yaml", "old.yaml", *["--overlay", "one.yaml"] * 3)
    assert (thrice.exit_code, "--overlay: is taken twice at most" in thrice.output) == (2, True)
    none = diffed("old.yaml", "old.yaml", "--overlay", "old.yaml")
    assert (none.exit_code, "old.yaml: is no OpenAPI Overlay 1.0" in none.output) == (2, True)
    Path("nothing.yaml").write_text(OVERLAY.replace("Thing", "Nothing") + "    update: {}\n", encoding="utf-8")
    assert "finds nothing in the document" in diffed("old.yaml", "old.yaml", "--overlay", "nothing.yaml").output


@pytest.mark.usefixtures("folder")
def test_types_that_an_overlay_declares_for_a_plain_contract_are_compared() -> None:
    folder = ROOT / "examples/contracts"
    overlay = (folder / "todo.overlay.yaml").read_text(encoding="utf-8")
    Path("other.yaml").write_text(overlay.replace("unique: name", "unique: color"), encoding="utf-8")
    overlays = ("--overlay", f"{folder / 'todo.overlay.yaml'}", "--overlay", "other.yaml")
    done = diffed(*[str(folder / "todo.yaml")] * 2, *overlays)
    assert (done.exit_code, "x-resource-types.list.unique: has changed" in done.output) == (1, True), done.output


@pytest.mark.usefixtures("folder")
def test_of_a_long_sentence_that_differs_late_both_versions_are_seen() -> None:
    sentence = contract().rules["AUTH-REQUIRED"].text
    new = written(put("x-rules", "AUTH-REQUIRED", "text", sentence.replace("401", "499") + " It says so."))
    diffed("old.json", new, "--report", "markdown=diff.md")
    (row,) = [line for line in Path("diff.md").read_text(encoding="utf-8").splitlines() if "AUTH-REQUIRED" in line]
    assert "lost: ...401 unauthenticated.; new: ...499 unauthenticated. It says so." in row


@pytest.mark.usefixtures("folder")
def test_text_of_a_contract_cannot_make_markup() -> None:
    new = written(
        put("x-rules", "AUTH-FORGED", "text", "Look at <script>x</script> | [here](http://x.example) \x1b[31m.")
    )
    done = diffed("old.json", new, "--report", "markdown=diff.md")
    assert "\x1b" not in done.output
    markdown = Path("diff.md").read_text(encoding="utf-8")
    assert "<script>" not in markdown
    assert "[here](http" not in markdown
