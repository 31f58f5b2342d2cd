"""Clause roles: the environment of an agent role, its provider, and the packs that it attaches."""

from __future__ import annotations

from typing import Any

from conformance.contract.contract import JsonObject
from conformance.http.exchange import Exchange
from conformance.oracle.breach import DataEffect
from conformance.oracle.declaration.ownership import Ownership
from conformance.oracle.declaration.registry import require_resource
from conformance.oracle.facts import Fact
from conformance.profile import Caller
from conformance.recipes import reading
from conformance.recipes.about import choose_path_values
from conformance.recipes.making import archive_object, create_owned, obtain, require_shown
from conformance.recipes.requests import with_json
from conformance.resources.agent_roles import CREATE, UPDATE, choose_provider
from conformance.rules.checks import check_equal
from conformance.running.binding import over, rule
from conformance.session.harness import Harness

WRITES = over("operation_id", lambda _: [CREATE, UPDATE])
OWNERSHIPS = over("ownership", lambda _: list(require_resource("pack").access.ownerships))


def _find_able(harness: Harness) -> Caller:
    """Return a caller who may make and change roles."""
    return harness.able(harness.contract.operations[CREATE])


def _create_role(harness: Harness, caller: Caller, **more: Any) -> Exchange:
    """Return the answer to the creation of a role, which is demanded to be a right one."""
    body = {"name": harness.make_fresh_name(), "provider_id": choose_provider(harness, caller.org).id, **more}
    return harness.judge(caller, with_json(harness.contract.operations[CREATE], {}, body))


def _update_role(harness: Harness, caller: Caller, fact: Fact, body: JsonObject) -> Exchange:
    """Return the answer to a PATCH, which is demanded to be a right one."""
    operation = harness.contract.operations[UPDATE]
    return harness.judge(caller, with_json(operation, choose_path_values(operation, fact), body))


def _check_field(harness: Harness, caller: Caller, answer: Exchange, name: str, value: object) -> None:
    """Check that the answer and what is read afterwards, alone and in the list, have the value."""
    role, role_id = require_resource("role"), str(reading.get_field(answer.json, "id"))
    read = reading.read_back(harness, role, caller, role_id)
    for exchange, shown in (
        (answer, answer.json),
        (read, read.json),
        *reading.read_views(harness, role, caller, role_id),
    ):
        got = reading.get_field(shown, name)
        check_equal(harness, exchange, got, value, f"{name} {value}", name=name, effect=DataEffect.LOST)


@rule("ROLE-ENVIRONMENT")
def test_without_an_environment_it_is_for_development(harness: Harness) -> None:
    """A role is made without environment."""
    caller = _find_able(harness)
    _check_field(harness, caller, _create_role(harness, caller), "environment", "development")


@rule("ROLE-PROVIDER-ARCHIVED")
@WRITES
def test_an_archived_provider_takes_no_role(harness: Harness, operation_id: str) -> None:
    """A role is made on a provider that is archived, or moved to it; then the same with one in use."""
    caller = _find_able(harness)
    away = archive_object(harness, create_owned(harness, require_resource("provider"), caller.org))
    if operation_id == CREATE:
        _create_role(harness, caller, provider_id=away.id)
        _create_role(harness, caller)
        return
    fact = create_owned(harness, require_resource("role"), caller.org)
    _update_role(harness, caller, fact, {"provider_id": away.id})
    other = choose_provider(harness, caller.org, other_than=fact.shown.get("provider_id"))
    _check_field(
        harness, caller, _update_role(harness, caller, fact, {"provider_id": other.id}), "provider_id", other.id
    )


@rule("ROLE-PACKS-VISIBLE")
@WRITES
@OWNERSHIPS
def test_it_takes_the_packs_that_its_org_sees(harness: Harness, operation_id: str, ownership: Ownership) -> None:
    """A pack that stands so to the org is attached by a creation or a PATCH, beside one of its own."""
    caller = _find_able(harness)
    pack_ids = [obtain(harness, require_resource("pack"), ownership, caller).id]
    if not ownership.is_own:
        pack_ids.insert(0, create_owned(harness, require_resource("pack"), caller.org).id)
    if operation_id == CREATE:
        answer = _create_role(harness, caller, pack_ids=pack_ids)
    else:
        answer = _update_role(
            harness, caller, create_owned(harness, require_resource("role"), caller.org), {"pack_ids": pack_ids}
        )
    if answer.has_succeeded:
        _check_field(harness, caller, answer, "pack_ids", pack_ids)


@rule("ROLE-PACKS-VISIBLE")
@WRITES
def test_a_pack_that_there_is_not_is_refused(harness: Harness, operation_id: str) -> None:
    """A pack id that nothing has is sent beside that of an own pack."""
    caller = _find_able(harness)
    pack_ids = [create_owned(harness, require_resource("pack"), caller.org).id, harness.make_absent_id("pack")]
    if operation_id == CREATE:
        _create_role(harness, caller, pack_ids=pack_ids)
    else:
        _update_role(
            harness, caller, create_owned(harness, require_resource("role"), caller.org), {"pack_ids": pack_ids}
        )


@rule("ROLE-PACKS-REPLACED")
def test_the_whole_list_is_replaced(harness: Harness) -> None:
    """Two packs are attached, then one of them with another, in another order, then six, five and none."""
    caller = _find_able(harness)
    first, second, third, *more = (create_owned(harness, require_resource("pack"), caller.org).id for _ in range(6))
    made = _create_role(harness, caller, pack_ids=[first, second])
    _check_field(harness, caller, made, "pack_ids", [first, second])
    fact = require_shown(harness, require_resource("role"), made.json)
    six = [*more, third, first, second]
    for pack_ids in ([third, second], [second, third], six, six[::-1], six[1:], []):
        answer = _update_role(harness, caller, fact, {"pack_ids": pack_ids})
        _check_field(harness, caller, answer, "pack_ids", pack_ids)
    answer = _update_role(harness, caller, fact, {"model": "another"})
    _check_field(harness, caller, answer, "pack_ids", [])
