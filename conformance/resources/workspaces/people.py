"""Requests about workspaces that somebody else created, and lists by a role that there is not."""

from __future__ import annotations

from urllib.parse import urlencode

from conformance.contract.contract import Operation
from conformance.recipes.causes import Provoking
from conformance.recipes.people import narrowed, of_another_person
from conformance.recipes.requests import build
from conformance.recipes.valid import valid
from conformance.resources.workspaces.making import resource
from conformance.resources.workspaces.semantics import BY_ROLE
from conformance.session.harness import Harness


def of_somebody_else(harness: Harness, operation: Operation) -> Provoking:
    """A right request of somebody who sees the own workspaces alone, about another one."""
    caller = narrowed(harness, operation)
    return caller, valid(harness, operation, caller, fact=of_another_person(harness, resource(), caller))


def of_unknown_role(harness: Harness, operation: Operation) -> Provoking:
    """A list that asks for a role by a name that none has."""
    return harness.able(operation), build(operation, query=urlencode({BY_ROLE: harness.fresh_name()}))
