"""Clause credentials: what each kind brings and shows, whose personal ones are, and how a consent is started."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from itertools import chain
from typing import Any
from urllib.parse import parse_qs, urlsplit

from conformance.budget import ValuePart
from conformance.contract.contract import Operation, Provenance
from conformance.http.exchange import Exchange
from conformance.oracle.breach import DataEffect
from conformance.oracle.declaration.fields import read_id
from conformance.oracle.declaration.registry import require_resource
from conformance.oracle.facts import Fact
from conformance.oracle.judging import NotProvoked
from conformance.recipes import reading
from conformance.recipes.making import choose_maker, choose_other_org, create_owned, introduce_caller, require_shown
from conformance.recipes.reading import find_item, get_field
from conformance.resources.credentials.oracle import (
    CODE,
    CREATE,
    DELETE,
    JSON_SECRET,
    START,
    get_kinds,
    list_secret_fields,
    list_shown,
)
from conformance.resources.credentials.recipes import (
    build_body,
    choose_owner,
    create_of_org,
    create_personal,
    find_first_status,
    find_longest_secret,
    give_status,
    in_place_of,
    make_fresh_secret,
    make_overridable,
    make_secret,
)
from conformance.resources.events.log import read_newest
from conformance.results.difference import from_field, from_list
from conformance.rules.checks import check_equal, check_hides, check_shows
from conformance.rules.credentials.requests import (
    build_about,
    build_creation,
    check_nobodys,
    check_refused,
    create_of_kind,
    find_maker,
    list_needed_keys,
    operation,
)
from conformance.rules.kept_values import parametrize_kept, write_and_read
from conformance.running.binding import over, rule
from conformance.session.harness import Harness

KINDS = over("kind", lambda scope: list(get_kinds(scope.contract)))
OTHER_KINDS = over("kind", lambda scope: [kind for kind in get_kinds(scope.contract) if kind != CODE])


def _find_secret_field(harness: Harness, kind: str) -> str:
    """Return the field of the secret of a kind; not provoked where the contract gives it none."""
    secret = get_kinds(harness.contract)[kind].secret
    if secret is None:
        raise NotProvoked(f"x-kinds of the contract gives the kind {kind} no secret")
    return secret


@rule("CREDENTIAL-APPLIES")
@KINDS
@over("provider", lambda _: ["google", "microsoft"])
def test_a_new_credential_shows_what_was_sent(harness: Harness, kind: str, provider: str) -> None:
    """One of each kind is made with further settings; answer and reads of every caller of the org show them."""
    maker = find_maker(harness)
    body = build_body(harness, kind, provider, allow_user_override=True)
    body["provider_config"] = {**body.get("provider_config", {}), "further": "setting"}
    answer = harness.judge(maker, build_creation(harness, body))
    readers, made = reading.list_readers(harness, require_resource("credential"), maker.org), read_id(answer.json)
    reads = (reading.read_back(harness, require_resource("credential"), each, made) for each in readers)
    for exchange in chain([answer], reads):
        for name, value in list_shown(harness.contract, body).items():
            got, said = get_field(exchange.json, name), f"{name} as it was sent"
            check_equal(harness, exchange, got, value, said, name=name, effect=DataEffect.LOST)


@rule("CREDENTIAL-APPLIES")
@parametrize_kept("CREDENTIAL-APPLIES")
def test_values_of_every_kind_are_shown(harness: Harness, operation: Operation, part: ValuePart) -> None:
    """Each field has a value of one kind after the other; all who may read it, alone and in the list."""
    write_and_read(harness, operation, part)


@rule("CREDENTIAL-SECRET-HIDDEN")
@KINDS
def test_no_answer_shows_a_secret(harness: Harness, kind: str) -> None:
    """One of each kind is refused, made, refused as taken, read, listed, started and deleted; then the log is read."""
    maker, secret_of_kind = find_maker(harness), _find_secret_field(harness, kind)
    body = build_body(harness, kind)
    secret = body[secret_of_kind]
    wrong = {**body, "more": True}, {**body, secret_of_kind: [secret]}, {**body, "provider_config": {"key": 1}}
    answers = [harness.send(maker, build_creation(harness, each)) for each in (*wrong, body, body)]
    made = next((each for each in answers if each.has_succeeded), answers[-1])
    if made.has_succeeded:
        fact = require_shown(harness, require_resource("credential"), made.json)
        for caller in reading.list_readers(harness, require_resource("credential"), maker.org):
            if require_resource("credential").listed_by in harness.contract.operations:
                answers += [reading.read_list(harness, require_resource("credential"), caller)]
            if require_resource("credential").shown_by in harness.contract.operations:
                answers += [harness.send(caller, reading.show(harness, require_resource("credential"), fact.id))]
        served = [each for each in (START, DELETE, DELETE) if each in harness.contract.operations]
        answers += [harness.send(maker, build_about(harness, each, fact)) for each in served]
    told = json.loads(secret)["private_key"] if secret_of_kind == JSON_SECRET else secret
    for answer in (*answers, *read_newest(harness, maker.org)):
        check_hides(harness, answer, told, "the secret")


@rule("CREDENTIAL-SECRET-NEEDED")
@KINDS
def test_the_secret_of_the_kind_is_needed(harness: Harness, kind: str) -> None:
    """One is made with its secret; others are asked for without it, with another kind's in its place, and with both.

    Each kind has its turn with another one of the others' secrets.
    """
    maker, secret_of_kind = find_maker(harness), _find_secret_field(harness, kind)
    harness.judge(maker, build_creation(harness, build_body(harness, kind)))
    others = sorted(list_secret_fields(harness.contract) - {secret_of_kind})
    other = others[list(get_kinds(harness.contract)).index(kind) % len(others)]
    for more in ({}, {other: make_fresh_secret(harness, other)}):
        body = {name: value for name, value in build_body(harness, kind).items() if name != secret_of_kind}
        check_refused(harness, maker, {**body, **more}, secret_of_kind, *more)
    check_refused(harness, maker, build_body(harness, kind, **{other: make_fresh_secret(harness, other)}), other)
    for text in ("[]", "no JSON") if secret_of_kind == JSON_SECRET else ():
        check_refused(harness, maker, build_body(harness, kind, service_account_json=text), secret_of_kind)


@rule("CREDENTIAL-SECRET-NEEDED")
@over("kind", lambda scope: {each.secret: kind for kind, each in get_kinds(scope.contract).items()}.values())
def test_a_secret_may_be_as_long_as_its_field(harness: Harness, kind: str) -> None:
    """One is made with the longest secret that its field takes; another is refused, of one character more."""
    maker, secret = find_maker(harness), _find_secret_field(harness, kind)
    longest = find_longest_secret(harness.contract, secret)
    for length, otherwise in ((longest, "CONTRACT-VALID-ACCEPTED"), (longest + 1, "CONTRACT-INVALID-REFUSED")):
        body = build_body(harness, kind, **{secret: make_secret(harness, secret, length)})
        tried = f"{secret} of {length} characters"
        harness.judge(maker, replace(build_creation(harness, body), tried=tried), otherwise=otherwise)


@rule("CREDENTIAL-CONFIG-NEEDED")
@over("kind, provider, key", list_needed_keys)
def test_what_the_kind_needs_in_its_config_is_needed(harness: Harness, kind: str, provider: str, key: str) -> None:
    """One is made with all that it needs; others are asked for without one key, and without config if that is all."""
    maker = find_maker(harness)
    harness.judge(maker, build_creation(harness, build_body(harness, kind, provider)))
    body = build_body(harness, kind, provider)
    rest = {name: value for name, value in body["provider_config"].items() if name != key}
    check_refused(harness, maker, {**body, "provider_config": rest}, "provider_config")
    if not rest:
        body = {name: value for name, value in body.items() if name != "provider_config"}
        check_refused(harness, maker, body, "provider_config")


@rule("CREDENTIAL-STATUS")
@KINDS
def test_the_status_at_first(harness: Harness, kind: str) -> None:
    """One of each kind is made and read."""
    maker, made = create_of_org(harness, find_maker(harness).org, build_body(harness, kind))
    check_shows(harness, made, "status", find_first_status(kind))
    read = reading.read_back(harness, require_resource("credential"), maker, read_id(made.json))
    check_shows(harness, read, "status", find_first_status(kind))


@rule("CREDENTIAL-STATUS")
def test_the_status_of_a_personal_one_at_first(harness: Harness) -> None:
    """A personal one is made in place of one of the org that its provider has answered, where a state can have that."""
    org = find_maker(harness).org
    caller, of_org = introduce_caller(harness, choose_owner(harness, org)), make_overridable(harness, org)
    if harness.provider_states is not None:
        give_status(harness, of_org, "active")
    check_shows(
        harness, harness.judge(caller, build_creation(harness, in_place_of(of_org))), "status", find_first_status(CODE)
    )


@rule("CREDENTIAL-NEXT")
@over("whose", lambda _: ["org", "person"])
def test_an_authorization_code_leads_to_its_start(harness: Harness, whose: str) -> None:
    """An authorization code is made, and the path in `next` begins with a slash and ends with that of its start."""
    org = find_maker(harness).org
    if whose == "org":
        _, made = create_of_org(harness, org, build_body(harness, CODE))
    else:
        maker = introduce_caller(harness, choose_owner(harness, org))
        made = harness.hold(maker, build_creation(harness, in_place_of(make_overridable(harness, org))))
    expected = f"/credentials/{read_id(made.json)}/oauth/start"
    got = get_field(made.json, "next")
    path = urlsplit(str(got)).path
    said = f"next with a path that begins with a slash and ends in {expected}", str(got)
    harness.check(path.startswith("/") and path.endswith(expected), made, *said, evidence=from_field("next", *said))


@rule("CREDENTIAL-NAME-TAKEN")
def test_a_name_is_there_once_among_those_of_the_org(harness: Harness) -> None:
    """A second one of the name is refused, of another kind too, and of one that was there before."""
    maker = find_maker(harness)
    body = build_body(harness, "api_key")
    harness.judge(maker, build_creation(harness, body))
    harness.judge(maker, build_creation(harness, body))
    harness.judge(maker, build_creation(harness, {**build_body(harness, CODE), "name": body["name"]}))
    for there in reading.list_names_there_before(harness, require_resource("credential"), maker, hidden="user_id"):
        harness.judge(maker, build_creation(harness, {**body, "name": there}))


@rule("CREDENTIAL-NAME-TAKEN")
def test_a_name_of_another_org_is_free(harness: Harness) -> None:
    """Another org makes one of the same name."""
    maker = find_maker(harness)
    body = build_body(harness, "api_key")
    harness.hold(maker, build_creation(harness, body))
    other = choose_maker(
        harness, require_resource("credential"), operation(harness, CREATE), choose_other_org(harness, maker)
    )
    reading.list_whole(harness, require_resource("credential"), other)
    harness.judge(other, build_creation(harness, body))


@rule("CREDENTIAL-NAME-TAKEN")
def test_a_name_is_there_once_for_each_person(harness: Harness) -> None:
    """Several people of an org have one of the same name in place of the org's, and nobody a second."""
    org = find_maker(harness).org
    body = in_place_of(make_overridable(harness, org))
    people = [each for each in harness.callers(org) if harness.is_permitted(each, operation(harness, CREATE))]
    for person in people:
        caller = introduce_caller(harness, person)
        harness.judge(caller, build_creation(harness, body))
        harness.judge(caller, build_creation(harness, body))


@rule("CREDENTIAL-PERSONAL")
def test_a_personal_credential_is_the_callers(harness: Harness) -> None:
    """Everybody who may makes one of their own; its user_id is that of their session, and the org's has none."""
    maker = find_maker(harness)
    check_nobodys(harness, maker, make_overridable(harness, maker.org))
    for person in harness.callers(maker.org):
        if not harness.is_permitted(person, operation(harness, CREATE)):
            continue
        fact = create_personal(harness, introduce_caller(harness, person))
        expected = harness.knowledge.find_person(person)
        if expected is None:
            raise NotProvoked("GET /me/session does not say who the caller is")
        read = reading.read_back(harness, require_resource("credential"), person, fact.id)
        check_shows(harness, read, "user_id", expected)


@rule("CREDENTIAL-PERSONAL")
@OTHER_KINDS
def test_a_personal_credential_is_an_authorization_code(harness: Harness, kind: str) -> None:
    """The org has one of another kind that people may override, and somebody asks for an own one of it."""
    org = find_maker(harness).org
    _, made = create_of_org(harness, org, build_body(harness, kind, allow_user_override=True))
    caller = introduce_caller(harness, choose_owner(harness, org))
    of_org = require_shown(harness, require_resource("credential"), made.json)
    harness.judge(caller, build_creation(harness, in_place_of(of_org)))


@rule("CREDENTIAL-OVERRIDE")
def test_a_personal_credential_has_the_config_of_the_one_that_it_overrides(harness: Harness) -> None:
    """The config of both is compared, in the answer and in a read, and the scopes are the own ones: none were sent."""
    org = find_maker(harness).org
    _, made = create_of_org(harness, org, build_body(harness, CODE, allow_user_override=True, scopes=["calendar.read"]))
    fact = require_shown(harness, require_resource("credential"), made.json)
    caller = introduce_caller(harness, choose_owner(harness, org))
    answer = harness.judge(caller, build_creation(harness, in_place_of(fact)))
    for exchange in (answer, reading.read_back(harness, require_resource("credential"), caller, read_id(answer.json))):
        check_shows(harness, exchange, "provider_config", fact.shown.get("provider_config"))
        got, said = get_field(exchange.json, "scopes"), "no scopes of its own"
        check_equal(harness, exchange, got or [], [], said, name="scopes")


@rule("CREDENTIAL-OVERRIDE")
@over("wrong", lambda _: ["another name", "another provider", "another kind", "another org", "not allowed", "not said"])
def test_there_has_to_be_one_to_override(harness: Harness, wrong: str) -> None:
    """A personal one is asked for unlike any of the org, and in place of one that does not allow it.

    One that says nothing of that does not allow it.
    """
    maker = find_maker(harness)
    org = choose_other_org(harness, maker) if wrong == "another org" else maker.org
    said: dict[str, Any] = {} if wrong == "not said" else {"allow_user_override": wrong != "not allowed"}
    kind = "api_key" if wrong == "another kind" else CODE
    _, made = create_of_org(harness, org, build_body(harness, kind, **said))
    allows = get_field(made.json, "allow_user_override")
    evidence = from_field("allow_user_override", said, allows)
    harness.check(
        bool(allows) is any(said.values()), made, "allow_user_override as sent", repr(allows), evidence=evidence
    )
    body = in_place_of(require_shown(harness, require_resource("credential"), made.json))
    changed = {
        "another name": {"name": harness.make_fresh_name()},
        "another provider": {"provider": "other"},
        "another kind": {"kind": CODE},
    }
    caller = introduce_caller(harness, choose_owner(harness, maker.org))
    check_refused(harness, caller, {**body, **changed.get(wrong, {})}, "name")


@rule("CREDENTIAL-OVERRIDE")
@over("name", lambda scope: [*sorted(list_secret_fields(scope.contract)), "provider_config", "allow_user_override"])
def test_a_personal_credential_brings_nothing_of_its_own(harness: Harness, name: str) -> None:
    """A personal credential is asked for with each secret, with a config, and as one that may be overridden."""
    org = find_maker(harness).org
    others: dict[str, Any] = {"provider_config": {"client_id": "own"}, "allow_user_override": True}
    value = others[name] if name in others else make_fresh_secret(harness, name)
    body = {**in_place_of(make_overridable(harness, org)), name: value}
    check_refused(harness, introduce_caller(harness, choose_owner(harness, org)), body, name)


@rule("CREDENTIAL-START")
@over("whose", lambda _: ["org", "person"])
def test_a_start_leads_to_another_address_each_time(harness: Harness, whose: str) -> None:
    """An authorization code is started twice by whoever may; both addresses are absolute, and differ in their state.

    By OAuth 2.0 (RFC 6749) both name the client and the scopes.
    """
    maker = find_maker(harness)
    caller = maker if whose == "org" else choose_owner(harness, maker.org)
    fact = (
        create_owned(harness, require_resource("credential"), maker.org)
        if whose == "org"
        else create_personal(harness, caller)
    )
    answers = [harness.judge(caller, build_about(harness, START, fact)) for _ in range(2)]
    urls = [get_field(answer.json, "auth_url") for answer in answers]
    for answer, url in zip(answers, urls, strict=True):
        absolute = isinstance(url, str) and url.startswith(("https://", "http://"))
        harness.check(absolute, answer, "an absolute auth_url", str(url), evidence=from_field("auth_url", "https", url))
    said = "another auth_url than that of the first start", "the same"
    harness.check(urls[0] != urls[1], answers[1], *said, evidence=from_field("auth_url", "another", urls[1]))
    queries = [parse_qs(urlsplit(str(url)).query) for url in urls]
    states = [query.get("state", [""])[0] for query in queries]
    said = "another state in the query of each auth_url", "the same one, or none"
    evidence = from_field("auth_url", "another state", urls[1])
    founded = harness.contract.bound(Provenance.ASSUMED)
    harness.check("" not in states and states[0] != states[1], answers[1], *said, founded, evidence=evidence)
    for answer, query in zip(answers, queries, strict=True):
        _check_asked(harness, answer, query, fact)


def _check_asked(harness: Harness, answer: Exchange, query: Mapping[str, list[str]], fact: Fact) -> None:
    """Check that the query of an auth_url names the client and the scopes of the credential, maybe beside others."""
    client, scopes = get_field(fact.shown.get("provider_config"), "client_id"), fact.shown.get("scopes") or ()
    asked = {name: query.get(name, [""])[0] for name in ("client_id", "scope")}
    right = client in (None, asked["client_id"]) and {*scopes} <= {*asked["scope"].split(" ")}
    said, evidence = f"client_id {client} and scope {' '.join(scopes)}", from_field("auth_url", client, str(asked))
    founded = harness.contract.bound(Provenance.ASSUMED)
    harness.check(right, answer, said, str(asked), founded, evidence=evidence)


@rule("CREDENTIAL-START")
@OTHER_KINDS
def test_another_kind_is_not_started(harness: Harness, kind: str) -> None:
    """A credential of each other kind is started."""
    fact = create_of_kind(harness, kind)
    harness.judge(find_maker(harness), build_about(harness, START, fact))


@rule("CREDENTIAL-ACTIVE")
def test_a_start_leaves_the_status(harness: Harness) -> None:
    """An authorization code is started and read."""
    maker, fact = find_maker(harness), create_of_kind(harness, CODE)
    before = reading.read_object(harness, require_resource("credential"), maker, fact.id)
    harness.judge(maker, build_about(harness, START, fact))
    read = reading.read_back(harness, require_resource("credential"), maker, fact.id)
    check_shows(harness, read, "status", get_field(before.json, "status"))


@rule("CREDENTIAL-ACTIVE")
@over("status", lambda _: ["active", "failed", "revoked", "needs_reauth"])
def test_what_the_provider_answers_is_shown(harness: Harness, status: str) -> None:
    """A state gives an authorization code a status; every caller of the org reads it, alone and in the list."""
    maker, fact = find_maker(harness), create_of_kind(harness, CODE)
    harness.hold(maker, build_about(harness, START, fact))
    give_status(harness, fact, status)
    for caller in reading.list_readers(harness, require_resource("credential"), maker.org):
        for exchange, shown in reading.read_views(harness, require_resource("credential"), caller, fact.id):
            got = shown.get("status")
            check_equal(harness, exchange, got, status, f"status {status}", name="status", effect=DataEffect.LOST)


@rule("CREDENTIAL-DELETED")
@over("whose", lambda _: ["org", "person"])
def test_a_deleted_credential_is_gone_and_its_name_is_free(harness: Harness, whose: str) -> None:
    """One is deleted beside another that is as like it as may be; both are looked for, and its name is taken again."""
    maker = find_maker(harness)
    of_org = make_overridable(harness, maker.org)
    caller = maker if whose == "org" else choose_owner(harness, maker.org)
    credential = require_resource("credential")
    fact, other = (of_org, create_owned(harness, credential, maker.org)) if whose == "org" else (None, of_org)
    fact = fact or create_personal(harness, caller, of_org)
    harness.judge(caller, build_about(harness, DELETE, fact))
    harness.judge(caller, reading.show(harness, require_resource("credential"), fact.id))
    answer = reading.read_list(harness, require_resource("credential"), caller)
    said = "no deleted credential in the list", "one"
    harness.check(find_item(answer, fact.id) is None, answer, *said, evidence=from_list(said[0], fact.id))
    said = "every other credential in the list", "one is not in it"
    harness.check(find_item(answer, other.id) is not None, answer, *said, effect=DataEffect.LOST)
    again = in_place_of(of_org) if whose == "person" else {**build_body(harness, CODE), "name": fact.name}
    made = harness.judge(caller, build_creation(harness, again))
    got, evidence = get_field(made.json, "id"), from_field("id", "another id", fact.id)
    harness.check(got != fact.id, made, "another id than that of the deleted one", "the same", evidence=evidence)
