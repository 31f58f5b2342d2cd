"""How long is waited for what a target does not move on."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.contract.contract import Contract
from conformance.custody.removal import Remover
from conformance.http.client import Client
from conformance.http.connection import Connection
from conformance.http.patience import ENOUGH, SHORT_S, Patience
from conformance.profile import Caller, Profile
from tests.conformance.targets import judge
from tests.conformance.worldless import profile
from tests.live import served_mock
from tests.proxy.messages import Answer, Request
from tests.proxy.proxy import proxying


def test_one_that_moves_restores_the_patience() -> None:
    patience = Patience()
    for _ in range(ENOUGH):
        assert patience.choose_seconds("stopping", 60) == 60
        patience.note_stayed("stopping")
    assert (patience.choose_seconds("stopping", 60), patience.choose_seconds("idle", 60)) == (SHORT_S, 60)
    assert patience.choose_seconds("stopping", SHORT_S / 2) == SHORT_S / 2
    patience.note_moved("stopping", "stopping")
    assert patience.choose_seconds("stopping", 60) == SHORT_S
    patience.note_moved("stopping", "stopped")
    assert patience.choose_seconds("stopping", 60) == 60


def test_a_workspace_that_comes_to_rest_as_it_is_removed_restores_the_patience(contract: Contract) -> None:
    """Else two of a whole run that hang would leave every later one of a slow server behind."""
    statuses = iter(["stopping", "stopped"])

    def answer(request: Request) -> Answer:
        shown = {"id": "ws_1", "status": next(statuses) if request.method == "GET" else "stopped"}
        return Answer(200, {"Content-Type": "application/json"}, json.dumps(shown).encode())

    with proxying() as target:
        target.answers = answer
        url = f"{target.origin}/v1"
        client = Client(connection=Connection(timeout_s=5.0, is_proxied=False))
        for _ in range(ENOUGH):
            client.health.patience.note_stayed("stopping")
        owner = Caller("acme-owner", "org_acme", "sk_fake", role="owner", scopes=frozenset(contract.scopes))
        removed = Remover(contract, Profile("p", url, (owner,)), client, lambda _: url).delete_object(
            "workspace", "ws_1", "org_acme"
        )
        client.close()
    assert removed is not None
    assert removed.has_succeeded
    assert not client.health.patience.is_over("stopping")


@pytest.mark.timeout(120)
def test_where_workspaces_stay_as_they_are_most_are_not_waited_for(tmp_path: Path) -> None:
    """As on a server that answers with examples: whatever was asked before, a workspace is being provisioned."""

    def stay(request: Request, answer: Answer) -> Answer:
        if request.method != "GET" or "/v1/workspaces/" not in request.path or answer.status != 200:
            return answer
        return replace(answer, body=answer.body.replace(b'"idle"', b'"provisioning"'))

    report = tmp_path / "report.json"
    with served_mock() as origin, proxying(origin) as proxy:
        proxy.replaces = stay
        limits = "settle_seconds = 1.5"
        target = profile(tmp_path / "profile.toml", origin, states=False, base_url=proxy.origin, limits=limits)
        judge("--target", target, "--budget=quick", "--rule=WORKSPACE-STATE", f"--report=json={report}")
    cases = json.loads(report.read_bytes())["cases"]
    assert any("stays so" in (each["reason"] or "") for each in cases)
