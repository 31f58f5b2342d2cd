"""What earlier exchanges make certain of later ones, whoever else is at work, and where nobody is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.conformance.traffic.har import entry
from tests.conformance.traffic.judging import introduced, judged, pack, refused

ALONE = ("--alone",)


def read(at: float, answer: Any = None, **changed: Any) -> dict[str, Any]:
    return entry(path="/packs/pack_1", answer=answer or pack(**changed), at=at)


def listed(at: float, *packs: Any, **more: Any) -> dict[str, Any]:
    return entry(answer={"packs": list(packs)}, at=at, **more)


def patched(at: float, **changed: Any) -> dict[str, Any]:
    body = {"visibility": "community"}
    return entry("PATCH", "/packs/pack_1", body=body, answer=pack(**{**body, **changed}), at=at)


def deleted(at: float, **more: Any) -> dict[str, Any]:
    return entry("DELETE", "/packs/pack_1", answer={"status": "deleted"}, at=at, **more)


def test_whoever_is_at_work_what_is_fixed_stays(tmp_path: Path) -> None:
    moved = read(2, created_at="2025-12-12T00:00:00Z")
    assert judged(tmp_path, introduced(), read(1), moved).found == [("EFFECT-NOTHING-ELSE", "packs.get")]
    assert judged(tmp_path, introduced(), listed(1, pack()), moved).found == [("OWNERSHIP-LIST-ITEM", "packs.get")]
    assert judged(tmp_path, introduced(), read(1), read(2, description="Another.")).found == []


def test_what_was_deleted_does_not_come_back(tmp_path: Path) -> None:
    assert judged(tmp_path, introduced(), read(1), deleted(2), read(3)).found == [("DELETE-GONE", "packs.get")]
    assert judged(tmp_path, introduced(), deleted(2), listed(3, pack())).found == [("DELETE-GONE", "packs.list")]
    assert (
        judged(tmp_path, introduced(), deleted(2), refused("GET", "/packs/pack_1", 404, "pack_not_found", at=3)).found
        == []
    )


def test_what_was_under_way_during_a_write_may_have_been_answered_before_it(tmp_path: Path) -> None:
    during = deleted(2, took=5.0)
    assert judged(tmp_path, introduced(), read(1), during, read(3)).found == []
    assert judged(tmp_path, introduced(), read(1), during, listed(3, pack())).found == []


def test_of_two_writes_at_the_same_time_either_may_have_been_the_last(tmp_path: Path) -> None:
    first = entry("PATCH", "/packs/pack_1", body={"visibility": "org"}, answer=pack(), at=1, took=3.0)
    second = {**patched(2), "time": 3000}
    for seen in ("org", "community"):
        found = judged(tmp_path, introduced(), first, second, read(9, visibility=seen), options=ALONE).found
        assert found == []
    again = read(10, visibility="community")
    assert judged(tmp_path, introduced(), first, second, read(9), again, options=ALONE).found != []


@pytest.mark.parametrize(
    "write",
    [
        entry("PATCH", "/packs/pack_1", 0, body={"visibility": "community"}, at=2),
        entry("PATCH", "/packs/pack_1", 504, b"gateway", body={"visibility": "community"}, at=2),
    ],
    ids=["no answer", "a gateway"],
)
def test_a_write_of_which_nobody_heard_may_have_been_done(tmp_path: Path, write: dict[str, Any]) -> None:
    shared = read(3, visibility="community")
    assert judged(tmp_path, introduced(), read(1), shared, options=ALONE).found != []
    assert judged(tmp_path, introduced(), read(1), write, shared, options=ALONE).found == []


def test_what_somebody_unknown_wrote_is_not_as_before(tmp_path: Path) -> None:
    """A caller of whom no session is recorded may do what it does; what follows from it nobody can tell."""
    shared = {"visibility": "community"}
    unknown = entry("PATCH", "/packs/pack_1", body=shared, answer=pack(**shared), token="a-token-of-a-stranger", at=2)
    assert judged(tmp_path, introduced(), read(1), read(3, **shared), options=ALONE).found != []
    for later in (read(3, **shared), listed(3, pack(**shared))):
        assert judged(tmp_path, introduced(), listed(0.5, pack()), read(1), unknown, later, options=ALONE).found == []


def test_what_was_under_way_beside_a_write_without_an_answer_is_not_sure(tmp_path: Path) -> None:
    lost = entry("DELETE", "/packs/pack_1", 0, at=2, took=5.0)
    beside = refused("GET", "/packs/pack_1", 404, "pack_not_found", at=4)
    assert judged(tmp_path, introduced(), read(1), lost, read(3), beside, read(8), options=ALONE).found == []


def test_to_change_what_another_org_owns_is_never_right(tmp_path: Path) -> None:
    theirs = pack(owned=False, visibility="community")
    for name in ("org_id", "image_ref"):
        del theirs[name]
    changing = entry("PATCH", "/packs/pack_1", body={"visibility": "org"}, answer=pack(visibility="org"), at=2)
    said = judged(tmp_path, introduced(), read(1, theirs), changing)
    assert ("OWNERSHIP-SHARED-READ-ONLY", "packs.update_visibility") in said.found


@pytest.mark.parametrize(
    ("later", "rule"),
    [
        ([read(2, description="Another.")], "EFFECT-NOTHING-ELSE"),
        ([listed(2, pack(description="Another."))], "OWNERSHIP-LIST-ITEM"),
        ([listed(2)], "OWNERSHIP-LISTED"),
        ([patched(2, description="Another.")], "PACK-PATCH-ONLY-VISIBILITY"),
        ([patched(2), read(3)], "PACK-PATCH-APPLIES"),
        (
            [refused("PATCH", "/packs/pack_1", 400, "validation_error", at=2), read(3, version="2.0.0")],
            "REFUSED-CHANGES-NOTHING",
        ),
        ([refused("GET", "/packs/pack_1", 404, "pack_not_found", at=2)], "OWNERSHIP-OWN-SERVED"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_where_nobody_else_is_at_work_everything_stays(tmp_path: Path, later: list[Any], rule: str) -> None:
    assert rule in [found for found, _ in judged(tmp_path, introduced(), read(1), *later, options=ALONE).found]
    assert judged(tmp_path, introduced(), read(1), *later).found == []


def test_a_file_has_the_bytes_that_were_put_in(tmp_path: Path) -> None:
    octets = {"Content-Type": "application/octet-stream"}
    path = "/packs/pack_1/files/data/a.bin"
    put = entry("PUT", path, body=b"\0\1\2", answer=pack(), at=1, sent={**octets, "Content-Length": "3"})
    put["request"]["postData"] = {"mimeType": "application/octet-stream", "text": "AAEC"}
    right = entry(path=path, answer=b"\0\1\2", at=2, got=octets)
    wrong = entry(path=path, answer=b"\0\1\3", at=3, got=octets)
    said = judged(tmp_path, introduced(), put, right, wrong, options=ALONE)
    assert [rule for rule, _ in said.found if "FILE" in rule]
    assert [rule for rule, _ in judged(tmp_path, introduced(), put, right, options=ALONE).found if "FILE" in rule] == []


@pytest.mark.parametrize(
    ("shown", "rule"),
    [
        (pack(owned=False), "OWNERSHIP-OWNED"),
        (pack(org_id="org_globex"), "OWNERSHIP-OWNED"),
        (pack(tier="verified"), "OWNERSHIP-TIER"),
        ({name: value for name, value in pack().items() if name != "org_id"}, "OWNERSHIP-ORG-ID"),
        (
            {**{n: v for n, v in pack().items() if n not in ("org_id", "image_ref")}, "owned": False},
            "OWNERSHIP-NOT-LISTED",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_one_answer_says_whose_an_object_is(tmp_path: Path, shown: Any, rule: str) -> None:
    assert (rule, "packs.list") in judged(tmp_path, introduced(), listed(1, shown)).found


def test_an_object_is_in_a_list_once(tmp_path: Path) -> None:
    assert ("OWNERSHIP-LISTED", "packs.list") in judged(tmp_path, introduced(), listed(1, pack(), pack())).found


def test_a_write_shows_what_was_sent(tmp_path: Path) -> None:
    said = judged(tmp_path, introduced(), patched(1, visibility="org"))
    assert said.found == [("PACK-PATCH-APPLIES", "packs.update_visibility")]
    assert judged(tmp_path, introduced(), patched(1)).verdict("PACK-PATCH-APPLIES") == "PASSED"
