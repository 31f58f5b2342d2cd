"""Clause configuration: what was sent is shown, what was not sent stays, and names and settings are looked at."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import cycle, product
from typing import Any

from conformance.budget import ValuePart
from conformance.contract.contract import Contract, JsonObject, Operation, Provenance, Rule
from conformance.declared.values import find_body_schema
from conformance.http.exchange import Exchange, Request
from conformance.oracle.bodies import NOT_VALID, list_fields, set_by_server
from conformance.oracle.breach import DataEffect
from conformance.oracle.declaration.ownership import FOREIGN_PRIVATE
from conformance.oracle.declaration.registry import list_resources, require_resource
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.facts import Fact
from conformance.oracle.judging import NotProvoked
from conformance.profile import Caller
from conformance.recipes import reading
from conformance.recipes.about import choose_path_values
from conformance.recipes.making import choose_other_org, create_owned, find_creation, obtain, require_shown
from conformance.recipes.reading import get_field, list_differences, list_views_now
from conformance.recipes.requests import build, with_json
from conformance.recipes.valid import build_valid
from conformance.recipes.values.value_kinds import LONGEST, deal, list_kinds_of_schema
from conformance.resources import agent_roles
from conformance.resources.agent_roles import NO_LIST
from conformance.resources.credentials.oracle import CODE
from conformance.resources.credentials.oracle import DELETE as DELETE_CREDENTIAL
from conformance.resources.credentials.recipes import build_body, choose_owner, create_of_org, create_personal
from conformance.resources.providers import CREATE, KINDS, TEXTS, UPDATE, list_settings
from conformance.results.difference import from_field
from conformance.rules.checks import check_equal, check_unchanged
from conformance.rules.kept_values import parametrize_kept, write_and_read
from conformance.running.binding import Scope, law, over, rule
from conformance.session.harness import Harness

CHANGED, CLEARED = "changed", "cleared"
LONG_AGO = "2001-01-01"
"""A day on which nothing was made."""


def _list_configured(scope: Scope) -> list[Resource]:
    """Return the resources whose objects are changed field by field, by the rule of what a PATCH applies."""
    updates = scope.contract.list_ids_about("CONFIG-PATCH-APPLIES")
    return [each for each in list_resources() if each.updated_by in updates]


def _list_named(scope: Scope) -> list[Resource]:
    """Return the resources of which one name is given once in an org."""
    return [each for each in _list_configured(scope) if each.named_in]


def _set_by_server(contract: Contract, resource: Resource) -> frozenset[str]:
    """Return the fields in the JSON body of a creation that the server sets."""
    body = contract.operations[resource.made_by[0]].body
    return set_by_server(body.schemas.get("application/json", {})) if body else frozenset()


def _list_fields(scope: Scope, rule: Rule) -> Iterator[tuple[Resource, str]]:
    """Yield each resource of whose update the rule speaks, with each field of that which gets a value by a recipe."""
    about = {each.operation_id for each in scope.contract.list_operations_of(rule)}
    for resource in (each for each in list_resources() if each.updated_by in about):
        operation = scope.contract.operations[resource.updated_by or ""]
        yield from ((resource, name) for name in list_fields(operation) if name in resource.fields)


def _list_empty_fields(harness: Harness, resource: Resource, shown: Any) -> set[str]:
    """Return the fields that a PATCH changes, that have a recipe, and of which this object has nothing."""
    named = list_fields(harness.contract.operations[resource.updated_by or ""])
    return {each for each in named if each in resource.fields and not get_field(shown, each)}


def _create(
    harness: Harness, resource: Resource, body: JsonObject | None = None
) -> tuple[Caller, JsonObject, Exchange]:
    """Return a caller who may make and change an object, what was sent for a new one, and the answer."""
    creation = find_creation(harness, resource)
    caller = harness.able(creation)
    request = build_valid(harness, creation, caller) if body is None else with_json(creation, {}, body)
    return caller, json.loads(request.content or b"{}"), harness.hold(caller, request)


def _make_object(harness: Harness, resource: Resource) -> tuple[Caller, Fact]:
    """Return a caller who may change an object, and one that is there, as the change takes it."""
    update = harness.contract.operations[resource.updated_by or ""]
    caller = harness.able(update)
    return caller, create_owned(harness, resource, caller.org, operation=update)


def _list_witnesses(harness: Harness, resource: Resource, org: str) -> list[Caller]:
    """Return the callers of the org who may read its objects, and are kept from nobody's."""
    listing = harness.contract.operations.get(resource.listed_by or "")
    able = reading.list_readers(harness, resource, org)
    return [each for each in able if listing is None or not resource.narrows(each, listing)]


def _make_provider(harness: Harness, kind: str, **more: Any) -> tuple[Caller, Fact]:
    """Return a new provider of the kind."""
    body = {"name": harness.make_fresh_name(), "kind": kind, "domain": "api.first.example", **more}
    caller, _, made = _create(harness, require_resource("provider"), body)
    return caller, require_shown(harness, require_resource("provider"), made.json)


def _update(harness: Harness, resource: Resource, caller: Caller, fact: Fact, body: JsonObject) -> Exchange:
    """Return the answer to a PATCH, which is demanded to be a right one; NotProvoked where that is a refusal."""
    return harness.judge_success(caller, _build_update(harness, resource, fact, body))


def _clear(harness: Harness, resource: Resource, caller: Caller, fact: Fact, body: JsonObject) -> Exchange:
    """Return the answer to a PATCH with a null, which is demanded to be taken: that it clears a field is assumed."""
    answer = harness.judge(caller, _build_update(harness, resource, fact, body))
    refused = answer.status == NOT_VALID.status and answer.code == NOT_VALID.code
    harness.check(
        not refused, answer, "200 to a null that clears a field", str(answer), _find_provenance_of_null(harness)
    )
    if not answer.has_succeeded:
        raise NotProvoked(f"the right answer is a refusal: {answer.asked} answered {answer}")
    return answer


def _build_update(harness: Harness, resource: Resource, fact: Fact, body: JsonObject) -> Request:
    """Return a PATCH of the object with this body."""
    operation = harness.contract.operations[resource.updated_by or ""]
    return with_json(operation, choose_path_values(operation, fact), body)


def _check_all(
    harness: Harness, resource: Resource, exchange: Exchange, shown: Any, expected: Mapping[str, Any]
) -> None:
    """Check that each of these fields has this value in what the answer shows; of a null that is assumed."""
    for name, value in expected.items():
        got, said = get_field(shown, name), f"{name} as it was sent"
        if resource.is_alike(name, got, value):
            continue
        if value is not None:
            check_equal(harness, exchange, got, value, said, name=name, effect=DataEffect.LOST)
        else:
            founded, evidence = _find_provenance_of_null(harness), from_field(name, None, got)
            harness.check(got is None, exchange, said, repr(got), founded, evidence=evidence)


def _find_provenance_of_null(harness: Harness) -> Provenance:
    """Return how well founded it is that a null clears a field."""
    return harness.contract.bound(Provenance.ASSUMED)


def _check_shown(
    harness: Harness, resource: Resource, answer: Exchange, expected: Mapping[str, Any], *, org: str, object_id: str
) -> None:
    """Check that the answer to a write, and all that readers in the org are shown, have these values."""
    _check_all(harness, resource, answer, answer.json, expected)
    for colleague in reading.list_readers(harness, resource, org):
        read = reading.read_back(harness, resource, colleague, object_id)
        _check_all(harness, resource, read, read.json, expected)


@rule("CONFIG-CREATE-APPLIES")
@over("resource", _list_configured)
def test_what_was_sent_is_shown(harness: Harness, resource: Resource) -> None:
    """Answer and reads of every caller of the org show each field that a creation sent."""
    caller, sent, made = _create(harness, resource)
    _check_shown(harness, resource, made, sent, org=caller.org, object_id=str(get_field(made.json, "id")))


@rule("CONFIG-CREATE-APPLIES")
@over("resource", lambda scope: [each for each in _list_configured(scope) if _set_by_server(scope.contract, each)])
def test_what_the_server_sets_is_not_what_was_sent(harness: Harness, resource: Resource) -> None:
    """A creation has every field that the server sets, some with texts and some with numbers; it may be refused."""
    creation = find_creation(harness, resource)
    caller = harness.able(creation)
    sent = dict(zip(sorted(_set_by_server(harness.contract, resource)), cycle((LONG_AGO, 7)), strict=False))
    right = json.loads(build_valid(harness, creation, caller).content or b"{}")
    answer = harness.judge(caller, with_json(creation, {}, {**right, **sent}))
    for name, value in sent.items() if answer.has_succeeded else ():
        got = get_field(answer.json, name)
        evidence = from_field(name, "the server's own", got)
        said = f"a {name} of the server's own", repr(got)
        harness.check(not str(got).startswith(str(value)), answer, *said, evidence=evidence, effect=DataEffect.LOST)


@rule("CONFIG-CREATE-APPLIES")
@parametrize_kept("CONFIG-CREATE-APPLIES")
def test_values_of_every_kind_are_shown(harness: Harness, operation: Operation, part: ValuePart) -> None:
    """Each field has a value of one kind after the other; all who may read it, alone and in the list."""
    write_and_read(harness, operation, part)


@rule("CONFIG-CREATE-APPLIES")
@over("kind", lambda _: list(KINDS))
def test_a_provider_of_each_kind_shows_its_settings(harness: Harness, kind: str) -> None:
    """Providers of each kind are made with every setting that the kind has, of texts of every kind."""
    provider, keys = require_resource("provider"), sorted(list_settings(harness.contract, kind))
    config = find_body_schema(harness.contract, CREATE)["properties"]["config"]
    kinds = list_kinds_of_schema(harness.contract, config["additionalProperties"])
    texts = deal(
        [each for each in kinds if not each.may_be_refused], harness.seed, KINDS.index(kind), in_full=harness.is_in_full
    )
    for of_one in texts if keys and harness.is_alone else texts[:1]:
        config = {key: of_one.make(harness.random, LONGEST) for key in keys}
        body = {
            "name": harness.make_fresh_name(),
            "kind": kind,
            "domain": "api.first.example",
            "display_name": TEXTS[1],
        }
        caller, sent, made = _create(harness, provider, body | ({"config": config} if config else {}))
        _check_shown(harness, provider, made, sent, org=caller.org, object_id=str(get_field(made.json, "id")))


@rule("CONFIG-NAME-TAKEN")
@over("resource", _list_named)
def test_of_one_name_there_is_one_in_an_org(harness: Harness, resource: Resource) -> None:
    """A second one of the name is refused while the first is in use and while it is archived.

    Where each test has its world, one that was there before is the first once more.
    """
    caller, sent, made = _create(harness, resource)
    creation = find_creation(harness, resource)
    name = resource.named_in
    again = {**json.loads(build_valid(harness, creation, caller).content or b"{}"), name: sent[name]}
    harness.judge(caller, with_json(creation, {}, again))
    for there in reading.list_names_there_before(harness, resource, caller):
        harness.judge(caller, with_json(creation, {}, {**again, name: there}))
    if resource.archiving:
        archive = harness.contract.operations[resource.archiving.by]
        fact = require_shown(harness, resource, made.json)
        harness.hold(caller, build(archive, choose_path_values(archive, fact)))
        harness.judge(caller, with_json(creation, {}, again))


@rule("CONFIG-NAME-TAKEN")
@over("resource", _list_named)
def test_a_name_of_another_org_is_free(harness: Harness, resource: Resource) -> None:
    """Another org makes one of the same name."""
    caller, sent, _ = _create(harness, resource)
    creation = find_creation(harness, resource)
    other = harness.able(creation, choose_other_org(harness, caller))
    reading.list_whole(harness, resource, other)
    name = resource.named_in
    body = {**json.loads(build_valid(harness, creation, other).content or b"{}"), name: sent[name]}
    harness.judge(other, with_json(creation, {}, body))


@law("CONFIG-PATCH-APPLIES", "PACK-PATCH-APPLIES", "MEMBER-ROLE", names="resource, name", values=_list_fields)
def test_a_changed_field_is_shown(harness: Harness, resource: Resource, name: str) -> None:
    """One field is changed twice, then taken away by a null where one may; all of the org read it and list it."""
    caller, fact = _make_object(harness, resource)
    second = CLEARED if name in resource.clears else CHANGED
    for turn in (CHANGED,) if name in resource.merged - resource.clears else (CHANGED, second):
        value = None if turn is CLEARED else resource.fields[name].value(harness, caller, fact)
        send = _clear if turn is CLEARED else _update
        answer = send(harness, resource, caller, fact, {name: value})
        _check_all(harness, resource, answer, answer.json, {name: value})
        for colleague in _list_witnesses(harness, resource, caller.org):
            for exchange, shown in list_views_now(harness, resource, colleague, fact):
                _check_all(harness, resource, exchange, shown, {name: value})
        fact = harness.knowledge.get_facts(resource.name).get(fact.id, fact)


@rule("CONFIG-PATCH-APPLIES")
@parametrize_kept("CONFIG-PATCH-APPLIES")
def test_values_of_every_kind_are_shown_after_a_patch(harness: Harness, operation: Operation, part: ValuePart) -> None:
    """Each field has a value of one kind after the other; all who may read it, alone and in the list."""
    write_and_read(harness, operation, part)


@law("CONFIG-PATCH-REST", "MEMBER-ROLE", names="resource, name", values=_list_fields)
def test_fields_that_are_not_sent_stay(harness: Harness, resource: Resource, name: str) -> None:
    """One field is changed, and all others of the object are compared, of which none is empty."""
    caller, fact = _make_object(harness, resource)
    _, before = next(list_views_now(harness, resource, caller, fact))
    if empty := _list_empty_fields(harness, resource, before) - {name}:
        values = {each: resource.fields[each].value(harness, caller, fact) for each in sorted(empty)}
        harness.hold(caller, _build_update(harness, resource, fact, values))
        _, before = next(list_views_now(harness, resource, caller, fact))
        fact = harness.knowledge.get_facts(resource.name).get(fact.id, fact)
    answer = _update(harness, resource, caller, fact, {name: resource.fields[name].value(harness, caller, fact)})
    for exchange, now in ((answer, answer.json), *list_views_now(harness, resource, caller, fact)):
        moved = list_differences(harness.contract, before, now, ignoring={name, "updated_at"})
        check_unchanged(harness, exchange, moved, "every other field as before", (before, now))


@rule("CONFIG-PATCH-NOOP")
@over("resource", _list_configured)
@over("sent", lambda _: ["nothing", "the same"])
def test_a_patch_that_changes_nothing(harness: Harness, resource: Resource, sent: str) -> None:
    """An empty body, and the values that are there, are accepted; updated_at stays too."""
    caller, fact = _make_object(harness, resource)
    before = reading.read_object(harness, resource, caller, fact.id).json
    named = list_fields(harness.contract.operations[resource.updated_by or ""])
    same = {name: before[name] for name in named if isinstance(before, dict) and name in before}
    answer = _update(harness, resource, caller, fact, {} if sent == "nothing" else same)
    for exchange in (answer, reading.read_back(harness, resource, caller, fact.id)):
        moved = list_differences(harness.contract, before, exchange.json)
        check_unchanged(harness, exchange, moved, f"the {resource} as before", (before, exchange.json))


@rule("CONFIG-CONTENT")
@over("kind", lambda _: list(KINDS))
@over("operation_id", lambda _: [CREATE, UPDATE])
def test_a_setting_of_another_kind_is_refused(harness: Harness, kind: str, operation_id: str) -> None:
    """Settings of another kind, and one that no kind has, are sent, and nulls for them; others were taken before."""
    caller, fact = _make_provider(harness, kind)
    operation = harness.contract.operations[operation_id]
    contract = harness.contract
    others = {key for each in KINDS for key in list_settings(contract, each)} - list_settings(contract, kind)
    for key, value in product((*sorted(others)[:2], "conformance"), ("value", None)):
        body: dict[str, Any] = {"config": {key: value}}
        if operation_id == CREATE:
            body |= {"name": harness.make_fresh_name(), "kind": kind, "domain": "api.first.example"}
        harness.judge(caller, with_json(operation, choose_path_values(operation, fact), body))


@rule("CONFIG-CONTENT")
@over("operation_id", lambda _: [CREATE, UPDATE])
@over("kind", lambda _: list(KINDS))
def test_a_credential_of_another_provider_is_refused(harness: Harness, kind: str, operation_id: str) -> None:
    """The credential of another provider, none at all, and at last one of the kind are named."""
    caller, fact = _make_provider(harness, kind)
    operation = harness.contract.operations[operation_id]
    maker, _ = create_of_org(harness, caller.org, build_body(harness, "api_key", "other"))
    reading.list_whole(harness, require_resource("credential"), maker)
    right = create_of_org(harness, caller.org, build_body(harness, "api_key", kind))[1]
    wrong = create_of_org(harness, caller.org, build_body(harness, "api_key", f"{kind}-2"))[1]
    for name in (get_field(wrong.json, "name"), harness.make_fresh_name(), get_field(right.json, "name")):
        harness.judge(caller, _name_credential(harness, operation, fact, kind, name))


def _name_credential(harness: Harness, operation: Operation, fact: Fact | None, kind: str, name: Any) -> Request:
    """Return a creation of a provider of the kind, or an update of this one, that names a credential."""
    body: dict[str, Any] = {"credential_name": name}
    if operation.operation_id == CREATE:
        body |= {"name": harness.make_fresh_name(), "kind": kind, "domain": "api.first.example"}
    return with_json(operation, choose_path_values(operation, fact), body)


@rule("CONFIG-CONTENT")
@over("operation_id", lambda _: [CREATE, UPDATE])
def test_a_credential_of_another_org_is_refused(harness: Harness, operation_id: str) -> None:
    """A credential of the right provider is named that another org has, then one like it of the own org."""
    operation, kind = harness.contract.operations[operation_id], harness.random.choice(list(KINDS))
    caller, fact = (harness.able(operation), None) if operation_id == CREATE else _make_provider(harness, kind)
    body, other = build_body(harness, "api_key", kind), choose_other_org(harness, caller)
    maker, own = create_of_org(harness, caller.org, {**body, "name": harness.make_fresh_name()})
    create_of_org(harness, other, body)
    reading.list_whole(harness, require_resource("credential"), maker)
    for name in (body["name"], get_field(own.json, "name")):
        harness.judge(caller, _name_credential(harness, operation, fact, kind, name))


@rule("CONFIG-CONTENT")
@over("operation_id", lambda _: [CREATE, UPDATE])
def test_a_credential_of_a_person_alone_is_refused(harness: Harness, operation_id: str) -> None:
    """A credential of the right provider is named that a person has, while that of the org is deleted."""
    operation, kind = harness.contract.operations[operation_id], harness.random.choice(list(KINDS))
    caller, fact = (harness.able(operation), None) if operation_id == CREATE else _make_provider(harness, kind)
    credential, delete = require_resource("credential"), harness.contract.operations[DELETE_CREDENTIAL]
    maker, made = create_of_org(harness, caller.org, build_body(harness, CODE, kind, allow_user_override=True))
    of_org = require_shown(harness, credential, made.json)
    create_personal(harness, choose_owner(harness, caller.org), of_org)
    harness.hold(maker, build(delete, choose_path_values(delete, of_org)))
    reading.list_whole(harness, credential, maker)
    harness.judge(caller, _name_credential(harness, operation, fact, kind, of_org.name))


@rule("CONFIG-CONTENT")
@over("text", lambda _: list(NO_LIST))
@over("operation_id", lambda _: [agent_roles.CREATE, agent_roles.UPDATE])
def test_capabilities_of_a_role_are_a_list(harness: Harness, text: str, operation_id: str) -> None:
    """Capabilities that are no YAML list are sent; the same with a list was taken before."""
    _require_role_refusal(harness, operation_id, {"capabilities": "- name: first\n"}, {"capabilities": text})


@rule("CONFIG-CONTENT")
@over("whose", lambda _: ["nobody's", "another org's"])
@over("operation_id", lambda _: [agent_roles.CREATE, agent_roles.UPDATE])
def test_the_provider_of_a_role_is_its_orgs(harness: Harness, whose: str, operation_id: str) -> None:
    """A provider that there is not, or that another org has, is named."""
    caller = harness.able(harness.contract.operations[operation_id])
    if whose == "nobody's":
        wrong = harness.make_absent_id("provider")
    else:
        wrong = obtain(harness, require_resource("provider"), FOREIGN_PRIVATE, caller).id
    _require_role_refusal(harness, operation_id, {}, {"provider_id": wrong})


def _require_role_refusal(harness: Harness, operation_id: str, right: JsonObject, wrong: JsonObject) -> None:
    """Send a request for a role with other fields, after one that was served."""
    operation = harness.contract.operations[operation_id]
    caller = harness.able(operation)
    fact = create_owned(harness, require_resource("role"), caller.org)
    for more in (right, wrong):
        new = {"name": harness.make_fresh_name(), "provider_id": fact.shown.get("provider_id")}
        body = {**(new if operation_id == agent_roles.CREATE else {}), **more}
        harness.judge(caller, with_json(operation, choose_path_values(operation, fact), body))


@rule("PROVIDER-CONFIG-MERGES")
@over("kind", lambda scope: [each for each in sorted(KINDS) if len(list_settings(scope.contract, each)) > 1])
def test_settings_are_merged_key_by_key(harness: Harness, kind: str) -> None:
    """One setting is there; another is set, the first is changed, then cleared, then the other."""
    first, second, *_ = sorted(list_settings(harness.contract, kind))
    caller, fact = _make_provider(harness, kind, config={first: "one"})
    steps: list[tuple[JsonObject, JsonObject]] = [
        ({second: "two"}, {first: "one", second: "two"}),
        ({first: "three"}, {first: "three", second: "two"}),
        ({first: None}, {second: "two"}),
        ({}, {second: "two"}),
        ({second: None}, {}),
    ]
    for sent, right in steps:
        answer = _update(harness, require_resource("provider"), caller, fact, {"config": sent})
        for exchange in (answer, reading.read_back(harness, require_resource("provider"), caller, fact.id)):
            config = get_field(exchange.json, "config") or {}
            got = {key: value for key, value in config.items() if value is not None}
            check_equal(harness, exchange, got, right, f"config {right}", name="config", effect=DataEffect.LOST)
