"""What stands in the contract alone is done by the mock and judged by the suite as a copy of it says."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conformance.resources.packs import archives
from mock_server import Settings, create_app
from tests import plain
from tests.conformance.targets import judge
from tests.examples.second import judged, profile, serving, sessions
from tests.mock_server.serving import served, tokens_of, written
from tests.openapi import DOCUMENT

OF_GLOBEX = {"Authorization": "Bearer sk_mock_globex_full_access_2001"}
READ_BY_FEW = ("/providers", "/agent-roles", "/credentials")
"""Paths whose objects are read by those alone who may write them, in a copy of the contract."""


def withholding(folder: Path, *names: str) -> Path:
    """A copy of the contract in which these fields of a pack, and no others, are for its own org alone."""
    document = deepcopy(dict(DOCUMENT))
    pack = document["x-resource-types"]["pack"]
    del pack["owner_only"]
    if names:
        pack["owner_only"] = list(names)
    for path, parts in (("/packs", ("packs",)), ("/packs/{id}", ())):
        examples = document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["examples"]
        for each in (example["value"] for example in examples.values()):
            for shown in each["packs"] if parts else [each]:
                if "org_id" not in shown:
                    shown.pop("category", None)
                    shown.pop("image_ref", None)
    return written(folder, document)


def read_by_few(folder: Path) -> Path:
    """A copy of the contract in which a scope is asked of those who read what is configured."""
    document = deepcopy(dict(DOCUMENT))
    for path in READ_BY_FEW:
        for place in (path, f"{path}/{{id}}"):
            reading = document["paths"][place]["get"]
            reading["x-permissions"] = document["paths"][path]["post"]["x-permissions"]
            reading["responses"].setdefault("403", {"$ref": "#/components/responses/PermissionDenied"})
    return written(folder, document)


def found(folder: Path, contract: Path, *rules: str) -> list[tuple[str, str, str]]:
    """What the suite finds on the mock that serves a contract, by these rules of it."""
    report = folder / "report.json"
    options = [f"--rule={each}" for each in rules]
    ended = judge(
        "--target=mock", f"--contract={contract}", "--budget=quick", "--strict", f"--report=json={report}", *options
    )
    assert report.exists(), ended.said + ended.complained
    results = json.loads(report.read_text(encoding="utf-8"))
    assert results["errors"] == []
    assert {each["id"] for each in results["rules"] if each["verdict"] == "PASSED"} == {*rules} or results["findings"]
    return [(each["rule"], each["expected"], each["got"]) for each in results["findings"]]


@pytest.mark.parametrize("names", [(), ("org_id",), ("org_id", "category", "image_ref")])
def test_the_mock_withholds_what_the_contract_says(tmp_path: Path, names: tuple[str, ...]) -> None:
    with served(create_app(replace(Settings(), contract=withholding(tmp_path, *names)))) as url:
        packs: list[dict[str, Any]] = plain.get(f"{url}/v1/packs", headers=OF_GLOBEX).json()["packs"]
        [theirs] = [each for each in packs if each["id"] == "pack_acme_release_notes"]
        alone = plain.get(f"{url}/v1/packs/pack_acme_release_notes", headers=OF_GLOBEX).json()
    assert theirs == alone
    assert {"org_id", "category", "image_ref"} - theirs.keys() == {*names}


def test_the_suite_asks_for_what_the_contract_withholds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    contract = withholding(tmp_path, "org_id", "category")
    for name, value in sessions().items():
        monkeypatch.setenv(name, value)
    with serving() as origin:
        options = ("--contract", contract, "--budget", "quick", "--rule", "EFFECT-EVERY-CALLER")
        ended, results = judged(tmp_path, profile(tmp_path, origin), *map(str, options))
    assert ended.code == 1
    assert {each["got"] for each in results["findings"]} == {"category"}


@pytest.mark.long
def test_a_mock_that_withholds_it_is_right(tmp_path: Path) -> None:
    assert found(tmp_path, withholding(tmp_path, "org_id", "category"), "EFFECT-EVERY-CALLER") == []


def test_who_may_not_read_is_no_witness(tmp_path: Path) -> None:
    rules = (
        "CONFIG-CREATE-APPLIES",
        "CONFIG-PATCH-APPLIES",
        "CREDENTIAL-APPLIES",
        "CREDENTIAL-ACTIVE",
        "ARCHIVE-ACTIVE-REFUSED",
        "EFFECT-NOTHING-ELSE",
    )
    assert found(tmp_path, read_by_few(tmp_path), *rules) == []


SENTENCE = "Of some length."
MANIFESTS: dict[str, tuple[dict[str, Any], dict[str, str], int]] = {
    "as it stands": ({}, {"description": SENTENCE}, 201),
    "a shorter description": (
        {"properties": {"description": {"maxLength": 3}}},
        {"description": SENTENCE},
        400,
    ),
    "another grammar of versions": ({"properties": {"version": {"pattern": "^[0-9]+$"}}}, {"version": "7"}, 201),
    "a key that is needed": ({"required": ["name", "version", "category"]}, {}, 400),
    "a key of its own": ({"properties": {"licence": {"type": "string", "enum": ["MIT"]}}}, {"licence": "none"}, 400),
}
"""What a copy of the contract says otherwise of pack.yaml, what a pack.yaml says, and the status of its upload."""


@pytest.mark.parametrize("said", MANIFESTS)
def test_the_mock_reads_pack_yaml_by_the_schema_of_the_contract(tmp_path: Path, said: str) -> None:
    """In an archive and as a file that replaces it alike."""
    changes, keys, status = MANIFESTS[said]
    document = deepcopy(dict(DOCUMENT))
    schema = document["components"]["schemas"]["PackManifest"]
    for name, keywords in changes.get("properties", {}).items():
        schema["properties"].setdefault(name, {}).update(keywords)
    document["components"]["schemas"]["Pack"]["properties"]["version"] = {"type": "string"}
    schema["required"] = changes.get("required", schema["required"])
    manifest = {"name": "as-said", "version": "1.0.0", **keys}
    text = "".join(f"{key}: '{value}'\n" for key, value in manifest.items()).encode()
    with served(create_app(replace(Settings(), contract=written(tmp_path, document)))) as url:
        owner = {"Authorization": f"Bearer {tokens_of(url)['acme-owner']}"}
        files = {"archive": ("pack.tar.gz", archives.write_files({"pack.yaml": text}), "application/gzip")}
        made = plain.post(f"{url}/v1/packs/upload", headers=owner, files=files)
        assert made.status_code == status, made.text
        if status == 400:
            assert made.json()["error"]["details"]["fields"]["archive"].startswith("pack.yaml: ")
            fits = text.replace(b"as-said", b"pager").replace(b"1.0.0", b"2.0.0")
            put = f"{url}/v1/packs/pack_acme_pager/files/pack.yaml"
            replaced = plain.put(put, headers={**owner, "Content-Type": "application/octet-stream"}, content=fits)
            assert replaced.json()["error"]["details"]["fields"]["body"].startswith("pack.yaml: "), replaced.text


def test_the_mock_has_the_roles_and_permission_sets_of_the_contract(tmp_path: Path) -> None:
    """Of people and keys that calls and provider states make, and of a world that is written down and read again."""
    document = deepcopy(dict(DOCUMENT))
    document["x-roles"]["auditor"] = document["x-permission-sets"]["audits"] = ["audit:read"]
    schemas = document["components"]["schemas"]
    schemas["MemberRole"]["enum"].append("auditor")
    for schema in (schemas["PermissionSet"], schemas["Session"]["properties"]["api_key_permission_set"]):
        schema["enum"].append("audits")
    with served(create_app(replace(Settings(), contract=written(tmp_path, document)))) as url:
        owner = {"Authorization": f"Bearer {tokens_of(url)['acme-owner']}"}
        world = f"{url}/_mock/worlds/default"

        def state(name: str, **params: str) -> Any:
            body = {"action": "setup", "state": name, "params": {"org_id": "org_acme", **params}}
            return plain.post(f"{world}/states", json=body).raise_for_status().json()

        def session(token: str) -> Any:
            answer = plain.get(f"{url}/v1/me/session", headers={"Authorization": f"Bearer {token}"})
            return answer.raise_for_status().json()

        invited = {"email": "who-audits@acme.example", "role": "auditor"}
        member = (
            plain.post(f"{url}/v1/orgs/org_acme/memberships", headers=owner, json=invited).raise_for_status().json()
        )
        key = {"label": "audits", "permission_set": "audits"}
        made = plain.post(f"{url}/v1/api-keys", headers=owner, json=key).raise_for_status().json()
        accepted = session(state("invitation is accepted", membership_id=member["id"])["token"])
        by_key = session(made["value"])
        assert state("credential is expired", role="auditor")["token"]
        kept = plain.get(f"{world}/state").raise_for_status().json()
        put = plain.put(f"{world}/state", json=kept)
        assert put.status_code < 300, put.text
        listed = plain.get(f"{url}/v1/orgs/org_acme/memberships", headers=owner).json()["memberships"]
    assert (accepted["role"], accepted["permissions"]) == ("auditor", ["audit:read"])
    assert (by_key["api_key_permission_set"], by_key["permissions"]) == ("audits", ["audit:read"])
    assert "auditor" in {each["role"] for each in listed}
