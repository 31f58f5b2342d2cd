"""Coverage of a client: which answers of the contract it has met, and which remain."""

from typing import Any

from tests.mock_server.serving import DOCUMENT, Mock
from tests.openapi import WITHOUT_A_BODY

PACK = "pack_acme_pager"
Cell = tuple[str, int, str | None]


def cells(mock: Mock) -> dict[Cell, int]:
    shown: list[dict[str, Any]] = mock.control("GET", "/coverage").json()["cells"]
    found = {(cell["operation_id"], cell["status"], cell["code"]): cell["count"] for cell in shown}
    assert len(found) == len(shown), "no cell is there twice"
    return found


def met(mock: Mock) -> dict[Cell, int]:
    return {cell: count for cell, count in cells(mock).items() if count}


def test_every_declared_operation_and_status_is_a_cell_and_none_is_met_at_first(mock: Mock) -> None:
    declared = {
        (operation["operationId"], int(status))
        for item in DOCUMENT["paths"].values()
        for method, operation in item.items()
        if method in {"get", "put", "post", "patch", "delete"}
        for status in operation["responses"]
    }
    found = cells(mock)
    assert {(operation_id, status) for operation_id, status, _ in found} == declared
    assert set(found.values()) == {0}


def test_an_error_s_cell_has_its_code_and_what_has_no_envelope_none(mock: Mock) -> None:
    for operation_id, status, code in cells(mock):
        none = status < 400 or (operation_id, status) in WITHOUT_A_BODY
        assert (code is None) == none, (operation_id, status, code)
    assert {code for name, status, code in cells(mock) if (name, status) == ("packs.delete", 409)} == {"pack_in_use"}


def test_what_a_client_meets_is_counted(mock: Mock) -> None:
    for _ in range(2):
        mock.send("GET", f"/v1/packs/{PACK}", "acme-owner")
    mock.send("GET", "/v1/packs/none", "acme-owner")
    mock.send("GET", "/v1/packs")
    mock.send("GET", "/v1/nothing")
    assert met(mock) == {
        ("packs.get", 200, None): 2,
        ("packs.get", 404, "pack_not_found"): 1,
        ("packs.list", 401, "unauthenticated"): 1,
    }


def test_it_is_counted_in_one_world_and_past_what_takes_the_state_back(mock: Mock) -> None:
    mock.send("GET", "/v1/packs", "acme-owner")
    mock.send("GET", "/v1/packs", "acme-owner", headers={"X-Mock-World": f"{mock.world}-other"})
    mock.control("POST", "/rewind", json={"to": 1})
    mock.control("POST", "/reset")
    mock.control("DELETE", "/journal")
    assert met(mock) == {("packs.list", 200, None): 1}


def test_it_is_cleared(mock: Mock) -> None:
    mock.send("GET", "/v1/packs", "acme-owner")
    assert mock.control("DELETE", "/coverage").json() == {"status": "deleted"}
    assert met(mock) == {}


def test_what_the_console_asks_is_counted_apart_and_said_in_the_journal(mock: Mock) -> None:
    own = {"X-Mock-Console": "1"}
    mock.send("GET", f"/v1/packs/{PACK}", "acme-owner", headers=own)
    mock.send("GET", "/v1/packs", headers=own)
    assert met(mock) == {}
    mock.send("GET", f"/v1/packs/{PACK}", "acme-owner")
    cells_now = mock.control("GET", "/coverage").json()["cells"]
    counted = {
        (cell["operation_id"], cell["status"]): (cell["count"], cell["console_count"])
        for cell in cells_now
        if cell["count"] or cell["console_count"]
    }
    assert counted == {("packs.get", 200): (1, 1), ("packs.list", 401): (0, 1)}
    entries = mock.control("GET", "/journal?with_console=true").json()["entries"]
    assert [entry["from_console"] for entry in entries] == [True, True, False]
    mock.control("DELETE", "/coverage")
    assert all(cell["console_count"] == 0 for cell in mock.control("GET", "/coverage").json()["cells"])
