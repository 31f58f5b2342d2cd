"""A world with something of every kind in it, and what is pressed so that all of a view is seen."""

from playwright.sync_api import Page, expect

from tests.mock_server.serving import Mock

PACK = "pack_acme_pager"


def liven(mock: Mock) -> None:
    """Let something of every kind happen in the world, whose clock stands."""
    mock.control("PUT", "/clock", json={"mode": "frozen", "now": "2026-07-01T09:00:00Z"})
    mock.control("POST", "/snapshots", json={"name": "clean"})
    for persona, visibility in (("acme-owner", "community"), ("acme-read-only", "org"), ("acme-owner", "private")):
        mock.send("PATCH", f"/v1/packs/{PACK}", persona, json={"visibility": visibility})
    mock.send("PATCH", "/v1/packs/pack_initech_reports", "initech-owner", json={"visibility": "community"})
    mock.send("GET", "/v1/packs")
    busy = {"org_id": "org_acme", "workspace_id": "ws_acme_busy"}
    mock.control("POST", "/states", json={"action": "teardown", "state": "workspace is", "params": busy})
    mock.control("POST", "/faults", json={"operation_id": "packs.get", "status": 404, "delay_ms": 5, "times": 3})


# What is pressed so that all of a view can be seen: it is judged as it begins and so.
UNFOLDED = {
    "start": ["text=TypeScript", "text=Send it from here"],
    "worlds": ["button[aria-label='Compare with now: clean']"],
    "callers": [
        "article summary >> nth=0",
        "article summary >> nth=1",
        "button[aria-label='Expired one: acme-owner']",
    ],
    "packs": [
        f"[data-key='Files {PACK}']",
        ".segments button >> visible=true",
        f"[data-key='Delete {PACK}']",
        "text=Delete it",
    ],
    "workspaces": [
        "text=To the next step",
        "text=+1 min",
        "[aria-label=Feed] summary >> nth=0",
        "[aria-label='Create: the org']",
        "text=More fields",
        "article summary >> nth=0",
    ],
    "collections": ["text=Edit >> nth=0"],
    "settings": ["[aria-label=Shown] summary >> nth=0", "[aria-label='Not shown'] summary >> nth=0"],
    "audit": ["text=Add a filter", "text=Count", "[aria-label=Events] summary >> nth=0"],
    "simulate": ["text=Freeze now", "text=Another fault", "text=To another time"],
    "states": ["text=Set up >> visible=true"],
    "journal": ["ol.journal > li:nth-child(5) > button", "ol.journal > li:nth-child(4) > button"],
    "coverage": ["[data-key='packs.update_visibility 423 billing_inactive']"],
    "contract": [
        "[aria-label='Try it'] button >> nth=-1",
        "[aria-label='Try it'] summary >> nth=-1",
        "[aria-label=Responses] details:nth-of-type(2) > summary",
        "[aria-label='Rules of every operation'] summary",
    ],
}


def unfold(page: Page, view: str) -> None:
    for selector in UNFOLDED[view]:
        page.locator(selector).first.click()
    expect(page.locator("[aria-busy=true]")).to_have_count(0)
