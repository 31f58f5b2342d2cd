"""`evershell-mock billing`: the billing postures of the orgs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click

from mock_server.client import MockWorld
from mock_server.commands.display.terminal import Terminal
from mock_server.commands.running import completing, on_world

_POSTURES = ("active", "trial", "trial_expired", "past_due", "decommissioning")


@click.command(name="billing")
@click.argument("org_id", metavar="[ORG]", required=False, shell_complete=completing(lambda w: list(w.state()["orgs"])))
@click.argument("posture", metavar="[POSTURE]", required=False, type=click.Choice(_POSTURES))
@on_world
def command(*, world: MockWorld, terminal: Terminal, org_id: str | None, posture: str | None) -> None:
    """Show the billing of the orgs, or change that of one.

    POSTURE is active, trial, trial_expired, past_due or decommissioning.
    """
    if org_id is not None:
        if posture is None:
            raise click.UsageError(f"Say which posture {org_id} is to have: {', '.join(_POSTURES)}.")
        world.billing(org_id, posture)
        terminal.print({"org_id": org_id, "posture": posture}, f"{org_id} is {posture} in {world.name}")
        return
    now = datetime.fromisoformat(world.clock()["now"])
    rows = [(org, *_posture(record, now)) for org, record in world.state()["orgs"].items()]
    data = {"orgs": [{"org_id": org, "posture": had} for org, had, _ in rows]}
    terminal.table(data, ("org", "posture", "trial ends"), rows, empty="there are no orgs")


def _posture(org: dict[str, Any], now: datetime) -> tuple[str, str | None]:
    status, ends = org["billing_status"], org.get("trial_ends_at")
    if status == "trial" and ends and datetime.fromisoformat(ends) <= now:
        status = "trial_expired"
    return status, ends
