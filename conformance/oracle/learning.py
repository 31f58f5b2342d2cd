"""What an exchange teaches: what its answer showed, and what a success did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from conformance.http.exchange import Exchange
from conformance.oracle.call import Call
from conformance.oracle.facts import State
from conformance.oracle.resource import resource_of


def learn(call: Call, exchange: Exchange) -> State:
    """The state after an answer that was given: what it showed, and what a success did."""
    state, org, shown = call.state, call.caller.org, exchange.json
    if not exchange.succeeded:
        return state
    creates = call.operation.method == "POST" and not call.operation.resources
    if isinstance(shown, Mapping) and isinstance(shown.get("packs"), list):
        for item in shown["packs"]:
            state = state.seen(org, item)
        return replace(state, listed=state.listed | {org})
    state = state.seen(org, shown, made=creates)
    if creates and shown_id(shown) not in state.packs:
        # Something was made that the answer does not show: not every name of the org is known now.
        state = replace(state, listed=state.listed - {org})
    resource = resource_of(call.operation)
    effect = resource.effects.get(call.operation.operation_id) if resource else None
    return effect(replace(call, state=state), exchange) if effect else state


def shown_id(shown: Any) -> str:
    """The id of what an answer shows; empty where it shows none."""
    return str(shown.get("id")) if isinstance(shown, Mapping) else ""
