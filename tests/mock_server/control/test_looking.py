"""What the console looks at: the contract, the orgs, and the packs as a viewer sees them."""

import pytest

from tests.mock_server.serving import DOCUMENT, Mock, refusal


def test_the_contract_is_the_one_that_is_served(mock: Mock) -> None:
    served = mock.send("GET", "/_mock/contract").json()
    assert served == DOCUMENT


def test_the_orgs_have_the_posture_of_now(mock: Mock) -> None:
    def posture() -> str:
        orgs = mock.control("GET", "/orgs").json()["orgs"]
        return {org["id"]: org["posture"] for org in orgs}["org_hooli"]

    assert posture() == "trial"
    mock.control("PUT", "/clock", json={"mode": "frozen", "now": "2099-01-02T00:00:00Z"})
    assert posture() == "trial_expired"


@pytest.mark.parametrize(("viewer", "persona"), [("org_acme", "acme-owner"), ("org_globex", "globex-read-only")])
def test_what_a_viewer_sees_is_what_the_api_shows(mock: Mock, viewer: str, persona: str) -> None:
    packs = mock.control("GET", f"/packs?viewer={viewer}").json()["packs"]
    listed = {pack["id"]: pack for pack in mock.send("GET", "/v1/packs", persona).json()["packs"]}
    assert {pack["id"] for pack in packs if pack["visible"]} == listed.keys()
    assert len(packs) > len(listed)
    for pack in packs:
        shown = {name for name in pack["pack"] if name not in pack["hidden"]}
        assert shown == listed.get(pack["id"], {}).keys()


def test_each_pack_says_who_references_it_and_what_is_in_it(mock: Mock) -> None:
    packs = {pack["id"]: pack for pack in mock.control("GET", "/packs?viewer=org_acme").json()["packs"]}
    notes = packs["pack_acme_release_notes"]
    assert {role["org_id"] for role in notes["roles"]} - {"org_acme"}
    assert "pack.yaml" in {file["path"] for file in notes["files"]}
    assert sum(file["bytes"] for file in notes["files"]) == notes["pack"]["size_bytes"]


def test_an_unknown_viewer_is_told_of_a_near_one(mock: Mock) -> None:
    answer = mock.control("GET", "/packs?viewer=org_acne")
    assert refusal(answer) == (404, "org_not_found")
    assert "org_acme" in answer.json()["error"]["message"]
