"""The server of nine operations on a port of its own, and the profile that its team would write."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from tests.nine.app import BASE, create_app
from tests.nine.store import FIRST_KEY, Store

OPERATIONS = (
    "session.get",
    "packs.list",
    "packs.upload",
    "packs.get",
    "packs.update_visibility",
    "packs.delete",
    "api_keys.*",
)


@contextmanager
def serving(*bugs: str, store: Store | None = None) -> Iterator[str]:
    """Serve with these mistakes; the base URL."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(create_app(store or Store(), bugs), log_level="warning"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}{BASE}"
        finally:
            server.should_exit = True
            thread.join()


def made_pack(store: Store, org: str, name: str) -> str:
    """Put a pack into a store; its id."""
    shown = {"name": name, "display_name": name, "version": "1.0.0", "tier": "community", "image_origin": "upload"}
    row = store.add_pack(org, name, "org", shown)
    assert row is not None
    return str(row["id"])


def profile(folder: Path, url: str, target: str | None = None) -> Path:
    """Write the profile; `target`: what `[target]` says beside the URL, by default the nine operations."""
    names = ", ".join(f'"{each}"' for each in OPERATIONS)
    lines = [f'[target]\nname = "nine"\nurl = "{url}"', f"operations = [{names}]" if target is None else target]
    for name, org, who, token in (
        ("red-owner", "org_red", 'role = "owner"', "session-red-owner"),
        ("red-member", "org_red", 'role = "member"', "session-red-member"),
        ("red-dashboards", "org_red", 'permission_set = "read_only"', FIRST_KEY[-1]),
        ("blue-owner", "org_blue", 'role = "owner"', "session-blue-owner"),
    ):
        lines.append(f'[callers.{name}]\norg = "{org}"\n{who}\ntoken = "{token}"')
    path = folder / "nine.toml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
