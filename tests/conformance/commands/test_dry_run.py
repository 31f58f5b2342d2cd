"""What a run would send, said in so few lines that they are read, without sending anything."""

from __future__ import annotations

import copy
import re
from pathlib import Path

import yaml

from tests.conformance.targets import judge, profile
from tests.openapi import DOCUMENT
from tests.proxy.proxy import proxying


def planned(*options: str | Path) -> tuple[list[str], int]:
    """The lines, and how many requests they foresee."""
    said = judge(*options, "--dry-run")
    assert said.code == 0, said.complained
    found = re.search(r"A run would send about (\d+) requests", said.said)
    assert found is not None
    return said.said.splitlines(), int(found[1])


def seventy_operations(folder: Path) -> Path:
    """A copy of the contract with as many operations as are to come."""
    document = copy.deepcopy(dict(DOCUMENT))
    for number in range(60):
        read = copy.deepcopy(document["paths"]["/packs/{id}"]["get"])
        read["operationId"] = f"packs.get_{number}"
        item = {"parameters": document["paths"]["/packs/{id}"]["parameters"], "get": read}
        document["paths"][f"/packs/{{id}}/made-up-{number}"] = item
    path = folder / "openapi.yaml"
    path.write_text(yaml.dump(document, Dumper=yaml.CSafeDumper, sort_keys=False), encoding="utf-8")
    return path


def test_a_plan_has_sixty_lines_and_all_of_it_with_v(tmp_path: Path) -> None:
    """However many operations the contract has; nothing is sent for it."""
    contract = seventy_operations(tmp_path)
    with proxying() as target:
        path = profile(tmp_path / "target.toml", f"{target.origin}/v1", "[limits]\nmax_creations = 17")
        asked = ("--target", path, "--contract", contract, "--seed", "1")
        lines, total = planned(*asked)
        every, same = planned(*asked, "-v")
        assert target.passed == []
    assert len(lines) <= 60
    assert any(line.endswith("operations more, which -v lists") for line in lines)
    assert any("17 at the most" in line for line in lines)
    assert len(every) > 1000
    assert total == same > 6000
    assert sum(line.startswith("  GET /packs/{id}/made-up-") for line in every) == 60


def test_what_is_asked_for_is_what_is_counted(tmp_path: Path) -> None:
    path = profile(tmp_path / "target.toml", "http://127.0.0.1:9/v1")
    _, whole = planned("--target", path, "--seed", "1")
    _, part = planned("--target", path, "--seed", "1", "--clause", "visibility")
    _, quick = planned("--target", path, "--seed", "1", "--budget", "quick")
    assert 100 < part < quick < whole


def test_what_stays_is_announced_in_numbers(tmp_path: Path) -> None:
    path = profile(tmp_path / "target.toml", "http://127.0.0.1:9/v1", "[limits]\nmax_lasting = 7")
    lines, _ = planned("--target", path)
    [said] = [line for line in lines if line.startswith("it would make")]
    assert "but for 7 workspaces, roles and providers at the most, which are archived and stay" in said


def test_unsafe_probes_are_announced(tmp_path: Path) -> None:
    path = profile(tmp_path / "target.toml", "http://127.0.0.1:9/v1", '[known]\nplatform_pack = "pack_platform"')
    lines, _ = planned("--target", path)
    probing, _ = planned("--target", path, "--probe-unsafe")
    assert any("changes nothing of pack_platform" in line for line in lines)
    assert [line for line in probing if "/me" in line and "unsafe" in line]
    assert not [line for line in lines if "/me" in line and "unsafe" in line]
