"""The kinds of providers on which every write is tried."""

from __future__ import annotations

from collections.abc import Callable

from conformance.oracle.declaration.registry import require_resource
from conformance.oracle.facts import Fact
from conformance.oracle.law import Kind
from conformance.recipes.making import own, shown_fact
from conformance.recipes.requests import with_json
from conformance.resources.providers.bodies import TEXTS
from conformance.resources.providers.semantics import CREATE, settings_of
from conformance.session.harness import Harness


def _plain(session: Harness, org: str, _like: Fact | None) -> Fact:
    return own(session, require_resource("provider"), org)


def _rich(kind: str) -> Callable[[Harness, str, Fact | None], Fact]:
    """A provider with every field and setting that its kind has."""

    def make(session: Harness, org: str, _like: Fact | None) -> Fact:
        operation = session.contract.operations[CREATE]
        body = {
            "name": session.fresh_name(),
            "kind": kind,
            "domain": "api.rich.example",
            "display_name": TEXTS[3],
            "default_model": "model-rich",
            "capabilities": "- name: rich\n",
            "config": {key: f"value of {key}" for key in sorted(settings_of(session.contract, kind))},
        }
        answer = session.hold(session.able(operation, org), with_json(operation, {}, body))
        return shown_fact(session, require_resource("provider"), answer.json)

    return make


KINDS = (Kind("plain", _plain), *(Kind(kind, _rich(kind)) for kind in ("azure-openai", "vertex")))
