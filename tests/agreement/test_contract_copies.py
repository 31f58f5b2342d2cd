"""What decides right from wrong stands in the contract: where a copy says otherwise, the verdict is another one.

Each constant that was in Python is changed in a copy here, and the oracle, the judge of recordings or a whole run is
asked about the same request or the same server by both.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from conformance.contract.contract import Contract
from conformance.contract.reader import read
from conformance.declared.compiler import use_contract
from conformance.http import multipart
from conformance.http.exchange import Exchange, Request
from conformance.judging.laws import ResponseInvariants
from conformance.oracle.expect import expect
from conformance.oracle.facts import State
from conformance.profile import Caller
from conformance.resources.packs import archives, pack_files
from conformance.resources.packs.oracle import PackFact
from tests.conformance.targets import judge
from tests.conformance.traffic.har import entry
from tests.conformance.traffic.judging import judged, session
from tests.conformance.worldless import profile
from tests.live import served_mock
from tests.mock_server.serving import written
from tests.openapi import DOCUMENT

SCOPES = frozenset({"caps:write", "auth:write", "workspace:write", "tasks:write"})
OWNER = Caller("acme-owner", "org_acme", "t1", role="owner", scopes=SCOPES)
BYTES = (("Content-Type", "application/octet-stream"),)
Edit = Callable[[dict[str, Any]], object]


def copied(edit: Edit) -> dict[str, Any]:
    """The contract's document after an edit."""
    document = deepcopy(dict(DOCUMENT))
    edit(document)
    return document


def contract_of(document: Mapping[str, Any]) -> Contract:
    return use_contract(read(Path("copy.yaml"), document))


def schema(document: Mapping[str, Any], name: str) -> Any:
    return document["components"]["schemas"][name]


def limits(document: Mapping[str, Any]) -> Any:
    return schema(document, "UploadPack")["properties"]["archive"]["x-archive"]


def kind(document: Mapping[str, Any], schema_name: str, name: str) -> Any:
    return schema(document, schema_name)["x-kinds"][name]


def field_of_manifest(name: str, **keywords: Any) -> Edit:
    return lambda document: schema(document, "PackManifest")["properties"][name].update(keywords)


def form(path: str, *parts: multipart.Part) -> Request:
    headers = (("Content-Type", multipart.build_content_type()),)
    return Request(None, "POST", path, {}, headers=headers, content=multipart.encode(list(parts)))


def upload(**files: bytes) -> Request:
    """An upload of a small pack, with more files."""
    packed = archives.write_files(
        {**pack_files("small-pack"), **{f"data/{name}": data for name, data in files.items()}}
    )
    return form("/packs/upload", multipart.Part("archive", packed, "pack.tar.gz", "application/gzip"))


def sent(path: str, **body: Any) -> Request:
    headers = (("Content-Type", "application/json"),)
    return Request(None, "POST", path, {}, headers=headers, content=json.dumps(body).encode())


TASK = form(
    "/workspaces/ws_1/tasks", multipart.Part("description", b"x"), multipart.Part("file", b"x", "a b.txt", "text/plain")
)
BASIC = sent(
    "/credentials", name="one", provider="google", kind="basic_auth", password="p", provider_config={"username": "u"}
)
MICROSOFT = sent(
    "/credentials",
    name="one",
    provider="microsoft",
    kind="oauth2_client_credentials",
    client_secret="s",
    provider_config={"client_id": "c"},
)
VERTEX = sent("/providers", name="one", kind="vertex", domain="api.one.example", config={"project": "p"})
DECIDED: dict[str, tuple[Request, Edit]] = {
    "max_unpacked": (upload(), lambda it: limits(it).update(max_unpacked=8)),
    "max_entries": (upload(), lambda it: limits(it).update(max_entries=2)),
    "max_file": (upload(large=bytes(4096)), lambda it: limits(it).update(max_file=4095)),
    "max_path": (upload(**{"x" * 90: b""}), lambda it: limits(it).update(max_path=90)),
    "files": (upload(), lambda it: limits(it).update(files=["pack.yaml"])),
    "folders": (upload(), lambda it: limits(it)["folders"].remove("data")),
    "length of a description": (upload(), field_of_manifest("description", maxLength=3)),
    "pattern of a version": (upload(), field_of_manifest("version", pattern="^9$")),
    "a key of pack.yaml": (upload(), lambda it: schema(it, "PackManifest")["required"].append("category")),
    "secret of a kind": (BASIC, lambda it: kind(it, "CredentialKind", "basic_auth").update(secret="api_key")),
    "key of a kind": (BASIC, lambda it: kind(it, "CredentialKind", "basic_auth")["needs"].append("realm")),
    "setting of a kind": (VERTEX, lambda it: kind(it, "ProviderKind", "vertex")["settings"].remove("project")),
    "names of files": (
        TASK,
        lambda it: schema(it, "SubmitToWorkspaceForm")["properties"]["file"]["items"].update(
            {"x-file-name": "^[a-z.]+$"}
        ),
    ),
}


def statuses(document: Mapping[str, Any], request: Request) -> set[int]:
    """The right statuses of an answer in a world of the test's own, in which the org has nothing."""
    listed = frozenset((each, "org_acme") for each in ("pack", "credential", "provider", "role", "workspace"))
    state = State(contract=contract_of(document), is_own_world=True, listed=listed, postures={"org_acme": "active"})
    return {each.status for each in expect(state, OWNER, request)}


@pytest.mark.parametrize("decided", DECIDED)
def test_the_oracle_goes_by_the_contract_that_it_is_given(decided: str) -> None:
    request, edit = DECIDED[decided]
    assert 400 not in statuses(DOCUMENT, request)
    assert 400 in statuses(copied(edit), request)


def test_a_file_that_brings_a_pack_over_the_limit_of_an_archive_may_be_refused() -> None:
    request = Request(None, "PUT", "/packs/one/files/data/a", {}, headers=BYTES, content=b"four")

    def right(document: Mapping[str, Any]) -> set[int]:
        fact = PackFact(id="one", owner="org_acme", origin="upload", made=True, files={"data/a": b"a", "data/b": b"b"})
        state = State(
            contract=contract_of(document),
            is_own_world=True,
            objects={"pack": {"one": fact}},
            listed=frozenset({("pack", "org_acme")}),
            postures={"org_acme": "active"},
        )
        return {each.status for each in expect(state, OWNER, request)}

    assert right(DOCUMENT) == right(copied(lambda it: limits(it).update(max_unpacked=5))) == {200}
    assert right(copied(lambda it: limits(it).update(max_unpacked=4))) == {200, 400}


def test_what_a_kind_needs_of_a_provider_is_needed_no_longer_where_the_contract_says_so() -> None:
    assert statuses(DOCUMENT, MICROSOFT) == {400}
    assert 400 not in statuses(
        copied(lambda it: kind(it, "CredentialKind", "oauth2_client_credentials").pop("needs_of")), MICROSOFT
    )


def test_the_keys_of_the_envelope_are_those_of_its_schema() -> None:
    body = {"error": {"code": "pack_not_found", "message": "No.", "request_id": "7f", "hint": "Look."}}
    headers = (("Content-Type", "application/json"),)
    request = Request("packs.get", "GET", "/packs/x", {})
    answer = Exchange("acme-owner", request, "http://t/v1/packs/x", 404, headers, json.dumps(body).encode(), 1.0)

    def broken(document: Mapping[str, Any]) -> set[str]:
        return {each.rule for each in ResponseInvariants(contract_of(document)).find_breaches(answer)}

    assert "ENVELOPE-KEYS" in broken(DOCUMENT)
    hinting = copied(lambda it: schema(it, "ErrorBody")["properties"].update(hint={"type": "string"}))
    assert "ENVELOPE-KEYS" not in broken(hinting)


OF_A_KEY = {"user_id": "system", "email": "", "role": "", "memberships": [], "api_key_label": "CI"}


@pytest.mark.parametrize(
    ("keyword", "name", "shown"),
    [
        ("x-roles", "member", session(role="member", permissions=tuple(DOCUMENT["x-roles"]["member"]))),
        (
            "x-permission-sets",
            "read_only",
            {
                **session(permissions=tuple(DOCUMENT["x-permission-sets"]["read_only"])),
                **OF_A_KEY,
                "api_key_permission_set": "read_only",
            },
        ),
    ],
)
def test_a_session_is_judged_by_the_scopes_of_the_contract(
    tmp_path: Path, keyword: str, name: str, shown: dict[str, Any]
) -> None:
    answer = entry(path="/me/session", answer=shown)
    assert judged(tmp_path, answer).found == []
    copy = written(tmp_path, copied(lambda it: it[keyword][name].pop()))
    found = judged(tmp_path, answer, options=("--contract", str(copy))).found
    assert found == [("SESSION-SCOPES", "session.get")]


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    with served_mock() as url:
        yield url


def of_a_run(folder: Path, origin: str, *options: str) -> dict[str, Any]:
    report = folder / "report.json"
    target = profile(folder / "target.toml", origin, states=False)
    ended = judge("--target", target, "--budget", "quick", "--report", f"json={report}", *options)
    results: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
    return results | {"code": ended.code, "found": {each["rule"] for each in results["findings"]}}


def test_a_run_finds_a_mock_that_serves_another_contract(tmp_path: Path, origin: str) -> None:
    """The mock goes by the contract as it is; a copy gives an owner one scope less, a role that it has not."""
    rules = ("--rule=SESSION-SCOPES", "--rule=CREDENTIAL-CONFIG-NEEDED", "--rule=UPLOAD-CLOSED-SET")
    assert of_a_run(tmp_path, origin, *rules)["found"] == set()

    def edit(document: dict[str, Any]) -> None:
        document["x-roles"]["owner"].remove("billing:write")
        kind(document, "CredentialKind", "basic_auth")["needs"].append("realm")
        limits(document)["folders"].append("docs")

    copy = written(tmp_path, copied(edit))
    results = of_a_run(tmp_path, origin, *rules, "--contract", str(copy))
    assert results["found"] == {"SESSION-SCOPES", "CREDENTIAL-CONFIG-NEEDED", "UPLOAD-CLOSED-SET"}
    assert results["code"] == 1


def test_a_mock_of_another_contract_is_found_by_the_suite(tmp_path: Path) -> None:
    """The mock goes by a copy, the suite by the contract as it is."""

    def edit(document: dict[str, Any]) -> None:
        document["x-permission-sets"]["read_only"].append("caps:write")
        limits(document).update(max_entries=3)
        schema(document, "ProviderKind")["x-kinds"]["anthropic"] = {"settings": ["api_type"]}

    copy = written(tmp_path, copied(edit))
    rules = ("--rule=KEY-VALUE", "--rule=UPLOAD-WRAPPING-FOLDER", "--rule=CONFIG-CONTENT")
    with served_mock("--contract", str(copy)) as other:
        assert of_a_run(tmp_path, other, *rules)["found"] == {
            "KEY-VALUE",
            "SESSION-SCOPES",  # the session of such a key
            "UPLOAD-WRAPPING-FOLDER",
            "CONFIG-CONTENT",
        }
