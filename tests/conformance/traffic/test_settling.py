"""With `settle_seconds` of the profile, what lies so soon after a write is undecided; later it is judged as ever."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.traffic.har import BASE, entry
from tests.conformance.traffic.judging import introduced, judged, pack, refused
from tests.conformance.traffic.test_memory import ALONE, deleted, listed, patched, read

PROFILE = f'[target]\nurl = "{BASE}"\n[limits]\nsettle_seconds = 2\n'
SHOWN, LATER = "2026-02-02T00:00:00Z", "2026-02-02T00:00:01Z"
CREATED = entry(
    "POST", status=201, body={"image_ref": "registry.example/a-pack:1.0.0"}, answer=pack(image_origin="image_ref"), at=1
)


def absent(at: float) -> dict[str, Any]:
    return refused("GET", "/packs/pack_1", 404, "pack_not_found", at=at)


LAGGING: Mapping[str, tuple[tuple[str, ...], list[Any], list[Any]]] = {
    "a change": (ALONE, [patched(1), read(2)], [patched(1), read(5)]),
    "a removal": ((), [read(0), deleted(1), read(2)], [read(0), deleted(1), read(5)]),
    "a removal, in a list": ((), [deleted(1), listed(2, pack())], [deleted(1), listed(5, pack())]),
    "a creation": (ALONE, [CREATED, listed(2)], [CREATED, listed(5)]),
    "a change of somebody else": (
        (),
        [read(1, updated_at=LATER), read(2, updated_at="2026-02-01T00:00:00Z")],
        [read(1, updated_at=LATER), read(5, updated_at="2026-02-01T00:00:00Z")],
    ),
    "a creation of somebody else": ((), [read(1), absent(2), read(9)], [read(1), absent(5), read(9)]),
    "a creation of somebody else, in a list": (
        (),
        [read(1), listed(2), read(9)],
        [read(1), listed(5), read(9)],
    ),
    "the clock of another node": (
        (),
        [read(1, updated_at=LATER), read(9, updated_at=SHOWN)],
        [read(1, updated_at="2026-02-02T00:00:05Z"), read(9, updated_at=SHOWN)],
    ),
    "a write that lacks the one before": (
        ALONE,
        [read(0), patched(1), patched(2, description="Another."), read(6, visibility="community")],
        [read(0), patched(1), patched(5, description="Another."), read(9, visibility="community")],
    ),
}
"""By what does not show yet: options, a recording in which it may lag, and one in which it lags too long."""


@pytest.mark.parametrize(("options", "soon", "late"), LAGGING.values(), ids=LAGGING)
def test_what_may_not_show_yet_is_no_finding(
    tmp_path: Path, options: tuple[str, ...], soon: list[Any], late: list[Any]
) -> None:
    profile = tmp_path / "profile.toml"
    profile.write_text(PROFILE)
    settling = (*options, "--profile", str(profile))
    assert judged(tmp_path, introduced(), *soon, options=options).found != []
    assert judged(tmp_path, introduced(), *soon, options=settling).found == []
    assert judged(tmp_path, introduced(), *late, options=settling).found != []


def test_what_a_write_made_is_still_known_when_it_has_to_show(tmp_path: Path) -> None:
    """A read that lags teaches nothing, and takes nothing of what is known."""
    profile = tmp_path / "profile.toml"
    profile.write_text(PROFILE)
    said = judged(
        tmp_path,
        introduced(),
        patched(1),
        read(2),
        read(2.5, visibility="community"),
        read(8),
        options=(*ALONE, "--profile", str(profile)),
    )
    assert said.found == [("PACK-PATCH-APPLIES", "packs.get")]
