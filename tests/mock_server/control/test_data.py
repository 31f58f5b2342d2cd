"""Billing postures and registry images."""

from typing import Any
from urllib.parse import quote

import pytest

from tests.mock_server.pipeline.gates.test_form import archive
from tests.mock_server.serving import Mock, refusal, wrong_fields

PATCH = ("PATCH", "/v1/packs/pack_01HZ", "acme-owner")
IMAGE = "registry.example.com/team/sample:1.0.0"
GZIP = {"Content-Type": "application/gzip"}


@pytest.mark.parametrize(
    ("posture", "status", "billing_status"),
    [
        ("active", 200, "active"),
        ("trial", 200, "trial"),
        ("trial_expired", 423, "trial"),
        ("past_due", 423, "past_due"),
        ("decommissioning", 423, "decommissioning"),
    ],
)
def test_a_posture_decides_at_once(mock: Mock, posture: str, status: int, billing_status: str) -> None:
    answer = mock.control("PUT", "/orgs/org_acme/billing", json={"posture": posture})
    assert (answer.status_code, answer.json()) == (200, {"posture": posture})
    assert mock.send(*PATCH, json={"visibility": "org"}).status_code == status
    session = mock.send("GET", "/v1/me/session", "acme-owner").json()
    assert session["memberships"] == [{"org_id": "org_acme", "role": "owner", "billing_status": billing_status}]


def test_an_org_or_posture_that_is_not_there_is_refused(mock: Mock) -> None:
    missing = mock.control("PUT", "/orgs/org_nowhere/billing", json={"posture": "active"})
    assert refusal(missing) == (404, "org_not_found")
    near = mock.control("PUT", "/orgs/org_acm/billing", json={"posture": "active"})
    assert refusal(near) == (404, "org_not_found")
    assert near.json()["error"]["message"].endswith("Did you mean org_acme?")
    unknown = mock.control("PUT", "/orgs/org_acme/billing", json={"posture": "rich"})
    assert wrong_fields(unknown).keys() == {"posture"}


@pytest.mark.parametrize("path", [IMAGE, quote(IMAGE, safe=""), quote(IMAGE, safe="/")])
def test_an_image_is_held_under_its_reference(mock: Mock, path: str) -> None:
    create: dict[str, Any] = {"json": {"image_ref": IMAGE}}
    assert wrong_fields(mock.send("POST", "/v1/packs", "acme-owner", **create)).keys() == {"image_ref"}
    put = mock.control("PUT", f"/images/{path}", content=archive(), headers=GZIP)
    assert (put.status_code, put.json()["image_ref"]) == (200, IMAGE)
    made = mock.send("POST", "/v1/packs", "acme-owner", **create)
    assert (made.status_code, made.json()["image_digest"]) == (201, put.json()["image_digest"])


@pytest.mark.parametrize(
    ("path", "content", "field"),
    [
        ("Not%20A%20Reference", None, "image_ref"),
        ("registry.example.com/team/sample@sha256:" + "0" * 64, None, "image_ref"),
        (IMAGE, b"no archive", "body"),
        (IMAGE, b"", "body"),
    ],
)
def test_what_is_no_image_is_a_400(mock: Mock, path: str, content: bytes | None, field: str) -> None:
    sent = archive() if content is None else content
    answer = mock.control("PUT", f"/images/{path}", content=sent, headers=GZIP)
    assert wrong_fields(answer).keys() == {field}


def test_an_image_is_gzip(mock: Mock) -> None:
    answer = mock.control("PUT", f"/images/{IMAGE}", content=archive(), headers={"Content-Type": "application/zip"})
    assert refusal(answer) == (415, "unsupported_media_type")
