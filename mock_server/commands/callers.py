"""`evershell-mock personas`, `token` and `billing`: callers, their tokens, and their orgs' billing postures."""

from __future__ import annotations

from typing import Any

import click

from mock_server.client import Mock, MockWorld
from mock_server.commands.running import Terminal, make_completion, on_mock, on_world

_POSTURES = ("active", "trial", "trial_expired", "past_due", "decommissioning")


@click.command(name="personas")
@on_mock
def personas(*, mock: Mock, terminal: Terminal) -> None:
    """List the personas, with their tokens."""
    known = list(mock.personas.values())
    rows = [
        (
            each["name"],
            each["org_id"],
            each["role"] or each["permission_set"] or "own scopes",
            each["token"] if each["kind"] == "api_key" else f"evershell-mock token {each['name']}",
        )
        for each in known
    ]
    terminal.print_table({"personas": known}, ("persona", "org", "may", "token"), rows, empty="there are none")


@click.command(name="token")
@click.argument("persona", required=False, shell_complete=make_completion(lambda world: list(world.mock.personas)))
@click.option("--org", "org_id", metavar="ORG", help="Instead of a persona: a caller of this org, with --scope.")
@click.option("--scope", "scopes", multiple=True, metavar="SCOPE", help="A scope of the caller. May be repeated.")
@click.option("--state", type=click.Choice(["valid", "expired", "revoked"]), help="Whether it is valid.")
@click.option("--expires-in", metavar="SECONDS", type=click.IntRange(1), help="When it expires, by the world's clock.")
@on_world
def token(
    *,
    world: MockWorld,
    terminal: Terminal,
    persona: str | None,
    org_id: str | None,
    scopes: tuple[str, ...],
    **options: Any,
) -> None:
    """Print the token of a persona, or a new one."""
    if (persona is None) == (org_id is None):
        raise click.UsageError("Name a persona, or an org with --org.")
    wanted = {name: value for name, value in options.items() if value is not None}
    if persona and not wanted:
        terminal.print(world.mock.personas.get(persona), world.token(persona))
        return
    who: dict[str, Any] = {"persona": persona} if persona else {"org_id": org_id, "scopes": list(scopes)}
    issued = world.issue(**who, **wanted)
    terminal.print(issued, issued["token"])


@click.command(name="billing")
@click.argument(
    "org_id", metavar="[ORG]", required=False, shell_complete=make_completion(lambda w: list(w.state()["orgs"]))
)
@click.argument("posture", metavar="[POSTURE]", required=False, type=click.Choice(_POSTURES))
@on_world
def billing(*, world: MockWorld, terminal: Terminal, org_id: str | None, posture: str | None) -> None:
    """Show the billing of the orgs, or change that of one.

    POSTURE is active, trial, trial_expired, past_due or decommissioning.
    """
    if org_id is not None:
        if posture is None:
            raise click.UsageError(f"Say which posture {org_id} is to have: {', '.join(_POSTURES)}.")
        world.billing(org_id, posture)
        terminal.print({"org_id": org_id, "posture": posture}, f"{org_id} is {posture} in {world.name}")
        return
    orgs = world.ask("GET", "/orgs")["orgs"]
    rows = [(each["id"], each["posture"], each["trial_ends_at"]) for each in orgs]
    data = {"orgs": [{"org_id": each["id"], "posture": each["posture"]} for each in orgs]}
    terminal.print_table(data, ("org", "posture", "trial ends"), rows, empty="there are no orgs")
