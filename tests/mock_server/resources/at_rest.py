"""A world in which no workspace of an org runs, as one is after every stop."""

from mock_server import MockWorld


def stopped(world: MockWorld, org_id: str = "org_acme") -> None:
    """Have every workspace of the org that runs stopped."""
    for workspace_id, record in world.state()["workspaces"].items():
        if record["org_id"] == org_id and record["status"] not in ("stopped", "failed"):
            params = {"org_id": org_id, "workspace_id": workspace_id, "status": "stopped"}
            world.ask("POST", "/states", json={"action": "setup", "state": "workspace is", "params": params})
