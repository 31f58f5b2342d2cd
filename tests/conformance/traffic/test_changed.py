"""What of a recording a change of the contract breaks: `diff OLD NEW --traffic`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema_rs
import pytest
from click.testing import CliRunner

from conformance.changes.report import MOST_LINES
from conformance.changes.report import read_schema as report_schema
from conformance.cli import main
from tests.conformance.changes.edits import Edit, add, contract, drop, edited, operation, put, remove, schema
from tests.conformance.traffic.har import TOKEN, entry, written
from tests.conformance.traffic.judging import introduced, pack, refused

REPORTS = {"json": "diff.json", "markdown": "diff.md", "junit": "diff.xml"}
PAGE = {"name": "page", "in": "query", "required": True, "schema": {"type": "integer"}}
SECRET = "the-value-of-a-secret"
TEXT = "what nobody else is to read"

LISTED = entry(answer={"packs": [pack()]}, at=1)
READ = entry(path="/packs/pack_1", answer=pack(), at=2)
DELETED = entry("DELETE", "/packs/pack_1", 204, at=3)
CREATED = entry("POST", status=201, answer=pack(), body={"image_ref": f"registry.example/{TEXT}:1.0.0"}, at=4)
PAGED = entry(path="/audit?limit=500", answer={"events": [], "next_cursor": None}, at=5)
SET = entry("PUT", "/secrets/NAME", 204, body={"value": SECRET}, at=6)
LACKING = refused("GET", "/packs/pack_2", 404, "pack_not_found", at=7)
EVERY = (LISTED, READ, DELETED, CREATED, PAGED, SET, LACKING)


@dataclass(frozen=True)
class Compared:
    """What is said of a change and a recording."""

    code: int
    output: str
    report: Mapping[str, Any]

    @property
    def met(self) -> dict[str, tuple[Mapping[str, int], Mapping[str, int]]]:
        """By kind of change: the requests that are refused, and the answers that are ruled out, by operation."""
        found = [(each["kind"], each["recorded"]) for each in self.report["changes"] if each["recorded"]]
        return {kind: (recorded["refused"], recorded["forbidden"]) for kind, recorded in found}


def compared(
    folder: Path, edit: Edit | None, *entries: Mapping[str, Any], options: tuple[str, ...] = (), before: Any = ()
) -> Compared:
    """What `diff --traffic` says of an edit of the contract, with all of its reports in the folder."""
    for name, source in (
        ("old", edited(*before) if before else contract()),
        ("new", edited(*before, edit) if edit else edited(*before)),
    ):
        (folder / f"{name}.json").write_text(json.dumps(source.document), encoding="utf-8")
    har = written(folder, *entries)
    reports = [f"--report={kind}={folder / name}" for kind, name in REPORTS.items()]
    given = ["diff", str(folder / "old.json"), str(folder / "new.json"), "--traffic", str(har), *reports, *options]
    result = CliRunner().invoke(main, given)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    report = folder / "diff.json"
    return Compared(result.exit_code, result.output, json.loads(report.read_text()) if report.exists() else {})


BREAKS = {
    "an operation is gone": (
        lambda d: [
            d["paths"]["/packs/{id}"].pop("delete"),
            d["x-resource-types"]["pack"]["code"].remove("packs.delete"),
        ],
        "operation-removed",
        ({"packs.delete": 1}, {}),
        DELETED,
    ),
    "a path is gone": (
        lambda d: [d["paths"].pop("/secrets/{name}"), d["x-resource-types"].pop("secret")],
        "operation-removed",
        ({"secrets.set": 1}, {}),
        SET,
    ),
    "a limit is lower": (
        put("components", "parameters", "EventLimit", "schema", "maximum", 100),
        "request-narrowed",
        ({"audit.list": 1}, {}),
        PAGED,
    ),
    "a parameter is gone": (
        lambda d: [
            parameters.remove(each)
            for parameters in [d["paths"]["/audit"]["get"]["parameters"]]
            for each in [*parameters]
            if each.get("$ref", "").endswith("/EventLimit")
        ],
        "parameter-removed",
        ({"audit.list": 1}, {}),
        PAGED,
    ),
    "a parameter has to be there": (
        put(*operation("get", "/packs"), "parameters", [PAGE]),
        "required-parameter-added",
        ({"packs.list": 1}, {}),
        LISTED,
    ),
    "a field is refused": (
        lambda d: (
            d["components"]["schemas"]["CreatePack"]["properties"].pop("image_ref"),
            d["components"]["schemas"]["CreatePack"]["required"].remove("image_ref"),
        ),
        "request-field-removed",
        ({"packs.create": 1}, {}),
        CREATED,
    ),
    "a field has to be there": (
        lambda d: (
            d["components"]["schemas"]["CreatePack"]["properties"].update(icon={"type": "string"}),
            d["components"]["schemas"]["CreatePack"]["required"].append("icon"),
        ),
        "required-request-field-added",
        ({"packs.create": 1}, {}),
        CREATED,
    ),
    "a body may not be so long": (
        put(*operation("post", "/packs"), "x-max-body", 10),
        "max-body-lowered",
        ({"packs.create": 1}, {}),
        CREATED,
    ),
    "a media type is gone": (
        lambda d: d["paths"]["/packs"]["post"]["requestBody"].update(
            content={"application/xml": {"schema": {"type": "object"}}}
        ),
        "request-type-removed",
        ({"packs.create": 1}, {}),
        CREATED,
    ),
    "a scope is asked for": (
        put(*operation("get", "/packs"), "x-permissions", {"any": ["audit:read"]}),
        "scope-tightened",
        ({"packs.list": 1}, {}),
        LISTED,
    ),
    "a role is asked for": (
        put(*operation("delete", "/packs/{id}"), "x-role", "owner"),
        "role-tightened",
        ({"packs.delete": 1}, {}),
        DELETED,
    ),
    "a field of an answer has to be there": (
        lambda d: (
            d["components"]["schemas"]["Pack"]["properties"].update(icon={"type": "string"}),
            d["components"]["schemas"]["Pack"]["required"].append("icon"),
        ),
        "required-answer-field-added",
        ({}, {"packs.get": 1}),
        READ,
    ),
    "a value of an answer is gone": (
        remove(*schema("Pack", "properties", "tier", "enum"), "community"),
        "answer-narrowed",
        ({}, {"packs.get": 1}),
        READ,
    ),
    "another success": (
        lambda d: d["paths"]["/packs/{id}"]["get"]["responses"].update(
            {"203": d["paths"]["/packs/{id}"]["get"]["responses"].pop("200")}
        ),
        "success-replaced",
        ({}, {"packs.get": 1}),
        READ,
    ),
    "another code": (
        lambda d: d.update(json.loads(json.dumps(d).replace("pack_not_found", "pack_missing"))),
        "code-replaced",
        ({}, {"packs.get": 1}),
        LACKING,
    ),
}
"""By what is changed: the edit, its row, what is met of either side by operation, and the exchange that meets it."""


@pytest.mark.parametrize("name", BREAKS)
def test_what_was_served_and_is_refused_and_what_was_answered_and_is_ruled_out_is_told(
    tmp_path: Path, name: str
) -> None:
    edit, kind, met, exchange = BREAKS[name]
    said = compared(tmp_path, edit, introduced(), exchange, options=("--fail-on", "recorded"))
    assert (said.met, said.code) == ({kind: met}, 1), said.output
    jsonschema_rs.validator_for(report_schema()).validate(said.report)
    others = [each for each in EVERY if each is not exchange and each["request"]["url"] != exchange["request"]["url"]]
    silent = compared(tmp_path, edit, introduced(), *others, options=("--fail-on", "recorded"))
    told = {operation_id for sides in silent.met.values() for side in sides for operation_id in side}
    assert told.isdisjoint({*met[0], *met[1]})


def test_a_contract_and_itself_are_silent(tmp_path: Path) -> None:
    strange = entry("POST", body={"colour": "red"}, status=201, answer={"strange": True}, at=9)
    said = compared(tmp_path, None, introduced(), *EVERY, strange)
    assert (said.code, said.output) == (0, said.output)
    assert said.report["changes"] == []
    assert said.output.endswith("no change\n")


def test_what_the_old_contract_refuses_too_is_no_matter_of_the_change(tmp_path: Path) -> None:
    edit = drop(*schema("CreateRole", "properties", "model"))
    role = {"name": "a-role", "provider_id": "prov_1", "model": 5}
    served = entry("POST", "/agent-roles", body=role, status=201, answer={"strange": True}, at=1)
    assert compared(tmp_path, edit, introduced(), served).met == {
        "request-field-removed": ({"agent_roles.create": 1}, {})
    }
    lacking = entry("POST", "/agent-roles", body={"provider_id": "prov_1"}, status=201, answer={"strange": 1}, at=1)
    assert compared(tmp_path, add(*schema("CreateRole", "required"), "display_name"), introduced(), lacking).met == {
        "request-field-required": ({"agent_roles.create": 1}, {})
    }
    assert compared(tmp_path, edit, introduced(), lacking).met == {}


def test_what_was_refused_already_breaks_nobody(tmp_path: Path) -> None:
    edit = put(*operation("post", "/packs"), "x-max-body", 10)
    said = compared(tmp_path, edit, introduced(), refused("POST", "/packs", 409, "pack_exists", body={"a": 1}, at=1))
    assert said.met == {}


def test_what_is_not_recorded_is_unknown(tmp_path: Path) -> None:
    unsaid = entry("POST", status=201, answer=pack(), body={"image_ref": TEXT}, at=1)
    unsaid["request"]["postData"] = {"mimeType": "application/json", "text": ""}
    unsaid["response"]["content"] = {"size": 400}
    masked = entry(path="/audit?limit=[Filtered]", answer={"events": [], "next_cursor": None}, at=2)
    for edit in (
        put(*schema("CreatePack", "properties", "image_ref", "maxLength"), 1),
        add(*schema("Pack", "required"), "icon"),
        put("components", "parameters", "EventLimit", "schema", "maximum", 100),
    ):
        assert compared(tmp_path, edit, introduced(), unsaid, masked).met == {}


def test_of_whom_nothing_is_known_no_scope_is_missed_and_a_note_says_so(tmp_path: Path) -> None:
    edit = put(*operation("get", "/packs"), "x-permissions", {"any": ["audit:read"]})
    said = compared(tmp_path, edit, LISTED)
    assert said.met == {}
    assert any("who sent 1 requests is not known" in note for note in said.report["notes"])
    assert compared(tmp_path, edit, introduced(permissions=("audit:read",)), LISTED).report["notes"] == []


def test_a_profile_says_who_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONE", TOKEN)
    (tmp_path / "profile.toml").write_text(
        '[target]\nurl = "https://acme.example/v1"\n\n[callers.publisher]\n'
        'org = "org_acme"\ntoken = "env:ONE"\nscopes = ["caps:write"]\n'
    )
    edit = put(*operation("get", "/packs"), "x-permissions", {"any": ["audit:read"]})
    said = compared(tmp_path, edit, LISTED, options=("--profile", str(tmp_path / "profile.toml")))
    assert said.met == {"scope-tightened": ({"packs.list": 1}, {})}
    assert "of publisher (traffic.har #1)" in said.output


def test_what_is_met_breaks_for_sure(tmp_path: Path) -> None:
    """Nobody can say whether one pattern takes all that another does: a recorded value that it does not take can."""
    pattern = ("components", "parameters", "SecretName", "schema", "pattern")
    edit = put(*pattern, "^[A-Za-z][A-Za-z0-9_-]{0,2}$")
    unmet = compared(tmp_path, edit, introduced(), LISTED)
    (before,) = unmet.report["changes"]
    gone = entry("DELETE", "/secrets/RECORDED", 204, at=1)
    (after,) = compared(tmp_path, edit, introduced(), gone).report["changes"]
    assert before["fingerprint"] == after["fingerprint"]
    assert (before["clients"], after["clients"]) == ("may", "breaks")


@pytest.mark.parametrize(
    ("fail_on", "exchange", "code"),
    [("recorded", CREATED, 1), ("recorded", LISTED, 0), ("clients", LISTED, 1), ("never", CREATED, 0)],
)
def test_fail_on_recorded_counts_what_is_met_alone(
    tmp_path: Path, fail_on: str, exchange: dict[str, Any], code: int
) -> None:
    edit = put(*operation("post", "/packs"), "x-max-body", 10)
    assert compared(tmp_path, edit, introduced(), exchange, options=("--fail-on", fail_on)).code == code


def test_a_waiver_covers_what_is_met(tmp_path: Path) -> None:
    edit = put(*operation("post", "/packs"), "x-max-body", 10)
    (change,) = compared(tmp_path, edit, introduced(), CREATED).report["changes"]
    text = f'[[waiver]]\nfingerprint = "{change["fingerprint"]}"\nreason = "It is so"\nuntil = 2999-01-01\n'
    (tmp_path / "waivers.toml").write_text(text, encoding="utf-8")
    for fail_on in ("clients", "recorded"):
        options = ("--fail-on", fail_on, "--waivers", str(tmp_path / "waivers.toml"))
        assert compared(tmp_path, edit, introduced(), CREATED, options=options).code == 0


def test_counts_and_one_example_are_in_every_report_and_no_secret_or_text_in_any(tmp_path: Path) -> None:
    def edit(document: Any) -> None:
        document["paths"]["/packs"]["post"]["x-max-body"] = 10
        document["paths"]["/secrets/{name}"]["put"]["x-max-body"] = 12

    said = compared(tmp_path, edit, introduced(), CREATED, {**CREATED}, SET)
    reports = {kind: (tmp_path / name).read_text(encoding="utf-8") for kind, name in REPORTS.items()}
    counted = {tuple(each["recorded"]["refused"].items()) for each in said.report["changes"]}
    assert counted == {(("packs.create", 2),), (("secrets.set", 1),)}
    told = {"POST /packs", "PUT /secrets/4-characters"}
    assert {each["recorded"]["example"]["request"] for each in said.report["changes"]} == told
    assert said.report["traffic"]["refused"] == 3
    for text in (said.output, *reports.values()):
        assert "2 requests refused" in text or '"packs.create": 2' in text
        assert "POST /packs" in text
        assert not any(kept in text for kept in (SECRET, TEXT, TOKEN))
    assert "(secret)" in reports["json"]
    assert "recorded: 3 requests refused and 0 answers ruled out, of 4 exchanges" in said.output
    failures = ET.fromstring(reports["junit"]).findall(".//failure")  # noqa: S314  # our own report
    assert sum("recorded: " in (each.text or "") for each in failures) == 2


def test_the_markdown_is_no_longer_with_recordings(tmp_path: Path) -> None:
    def edit(document: Any) -> None:
        document["x-roles"]["nobody"] = ["nobody:has"]
        for item in document["paths"].values():
            for method in item.keys() & {"get", "post", "patch", "put", "delete"}:
                item[method]["x-max-body"] = 1
                item[method]["x-permissions"] = {"any": ["nobody:has"]}

    compared(tmp_path, edit, introduced(), *EVERY)
    markdown = (tmp_path / "diff.md").read_text(encoding="utf-8").splitlines()
    assert len(markdown) <= MOST_LINES
    assert "recorded: " in markdown[6]  # what is met comes first


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--profile", "none.toml"), "name one with --traffic"),
        (("--fail-on", "recorded"), "name one with --traffic"),
        (("--traffic", "none.har"), "none.har: cannot be read"),
    ],
)
def test_what_cannot_be_compared_is_a_2(tmp_path: Path, options: tuple[str, ...], said: str) -> None:
    (tmp_path / "old.json").write_text(json.dumps(contract().document), encoding="utf-8")
    result = CliRunner().invoke(main, ["diff", str(tmp_path / "old.json"), str(tmp_path / "old.json"), *options])
    assert (result.exit_code, said in result.output) == (2, True), result.output


def test_a_recording_of_something_else_is_a_2(tmp_path: Path) -> None:
    said = compared(tmp_path, None, entry(url="https://elsewhere.example/"))
    assert (said.code, "no exchange of the API's is in it" in said.output) == (2, True)
