"""Who the caller is said to be."""

from typing import Any

import pytest


def test_a_person(api: Any) -> None:
    assert api.send("GET", "/v1/me/session", "acme-member").json() == {
        "user_id": "usr_acme_member",
        "org_id": "org_acme",
        "email": "member@acme.example",
        "role": "member",
        "permissions": [
            "workspace:read:own",
            "workspace:write:own",
            "tasks:write:own",
            "audit:read:own",
            "auth:write:own",
            "members:read",
        ],
        "memberships": [{"org_id": "org_acme", "role": "member", "billing_status": "active"}],
    }


def test_an_api_key(api: Any) -> None:
    assert api.send("GET", "/v1/me/session", "globex-submit-observe").json() == {
        "user_id": "system",
        "org_id": "org_globex",
        "email": "",
        "role": "",
        "permissions": ["workspace:read", "workspace:write", "tasks:write", "audit:read"],
        "memberships": [],
        "api_key_label": "Task runner",
        "api_key_permission_set": "submit_observe",
    }


@pytest.mark.parametrize(
    ("persona", "status"),
    [
        ("hooli-owner", "trial"),
        ("umbrella-owner", "trial"),
        ("initech-owner", "past_due"),
        ("cyberdyne-owner", "decommissioning"),
    ],
)
def test_an_expired_trial_still_says_trial(api: Any, persona: str, status: str) -> None:
    memberships = api.send("GET", "/v1/me/session", persona).json()["memberships"]
    assert [membership["billing_status"] for membership in memberships] == [status]
