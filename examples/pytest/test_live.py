"""`mock_server`: a mock on a port, and a world of it for each test, on every worker of pytest-xdist."""

import publishing
import pytest

from mock_server import MockWorld


def test_a_pack_is_published(mock_server: MockWorld) -> None:
    assert publishing.publish(mock_server.url, mock_server.token("acme-owner"), "pack_acme_pager") == "pager"
    seen = mock_server.client("globex-owner").get("/packs/pack_acme_pager").json()
    assert seen["visibility"] == "community"


def test_no_other_test_sees_that(mock_server: MockWorld) -> None:
    seen = mock_server.client("acme-owner").get("/packs/pack_acme_pager").json()
    assert seen["visibility"] == "org"


def test_an_unpaid_bill_is_told_apart(mock_server: MockWorld) -> None:
    mock_server.billing("org_acme", "past_due")
    with pytest.raises(publishing.Unpaid):
        publishing.publish(mock_server.url, mock_server.token("acme-owner"), "pack_acme_pager")
    mock_server.verify(operation_id="packs.update_visibility", status=423, times={"max": 1})
