"""The stateless peers answer with the mock's own packs, at the versions that are written down."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.measures.beside import read_served
from benchmarks.peers import stateless
from benchmarks.peers.data import Data
from benchmarks.servers import run_mock
from tests import plain

PACKS = {"pack_1": {"id": "pack_1"}, "pack_2": {"id": "pack_2"}}
DOCUMENT = stateless.build_document(Data("sk_mock_benchmark", PACKS))


def example(method: str, path: str) -> object:
    return DOCUMENT["paths"][path][method]["responses"]["200"]["content"]["application/json"]["example"]


def test_the_examples_are_what_the_mock_serves() -> None:
    assert example("get", "/v1/packs") == {"packs": [{"id": "pack_1"}, {"id": "pack_2"}]}
    assert example("get", "/v1/packs/{id}") == {"id": "pack_1"}
    assert example("patch", "/v1/packs/{id}") == {"id": "pack_1"}


def test_the_base_path_is_part_of_every_path() -> None:
    assert {path.split("/")[1] for path in DOCUMENT["paths"]} == {"v1"}
    assert DOCUMENT["servers"] == [{"url": "/"}]


def test_the_lock_has_the_versions_that_are_written_down() -> None:
    wanted = json.loads((stateless.FOLDER / "package.json").read_bytes())
    locked = json.loads((stateless.FOLDER / "package-lock.json").read_bytes())["packages"]
    for name, version in {**wanted["dependencies"], **wanted["optionalDependencies"]}.items():
        assert locked[f"node_modules/{name}"]["version"] == version


def test_without_npm_they_are_left_out_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stateless.shutil, "which", lambda _name: None)
    assert stateless.explain_missing() == "npm, which brings them, is not installed"


@pytest.mark.long
@pytest.mark.skipif(stateless.explain_missing() is not None, reason=f"Scalar and Prism: {stateless.explain_missing()}")
def test_both_answer_with_the_packs_of_the_mock(tmp_path: Path) -> None:
    with run_mock() as url:
        what = read_served(url)
    document = tmp_path / "openapi.json"
    document.write_text(json.dumps(stateless.build_document(what.data)), encoding="utf-8")
    headers = {"Authorization": f"Bearer {what.data.token}"}
    for peer in (stateless.serve_scalar, stateless.serve_prism):
        with peer(document) as url:
            listed = plain.get(f"{url}/v1/packs", headers=headers)
            assert listed.json() == {"packs": list(what.data.packs.values())}
            path = f"{url}/v1/packs/{what.pack_id}"
            assert plain.get(path, headers=headers).is_success
            assert plain.patch(path, headers=headers, json={"visibility": "org"}).is_success
            assert plain.patch(path, headers=headers, json={"visibility": "nobody"}).is_client_error
