"""Clause credentials: what each kind brings and shows, whose personal ones are, and how a consent is started."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from conformance.budget import ValuePart
from conformance.contract.contract import Operation
from conformance.oracle.declaration.fields import id_of
from conformance.oracle.declaration.registry import require_resource
from conformance.oracle.effect import DataEffect
from conformance.oracle.judging import NotProvoked
from conformance.recipes import reading
from conformance.recipes.making import introduced, maker_of, other_org, own, shown_fact
from conformance.recipes.reading import field, item
from conformance.resources.credentials.oracle import (
    CODE,
    CREATE,
    DELETE,
    JSON_SECRET,
    START,
    kinds_of,
    secrets_of,
)
from conformance.resources.credentials.recipes import (
    become,
    fresh_secret,
    in_place_of,
    longest_secret,
    made_of,
    of_kind,
    overridable,
    owner_of_own,
    personal,
    secret_of_length,
    status_at_first,
)
from conformance.resources.events.log import newest
from conformance.results.difference import of_field, of_list
from conformance.rules.checks import check_equal, check_hides, check_shows
from conformance.rules.credentials.requests import (
    about,
    check_nobodys,
    check_refused,
    creation,
    made_of_kind,
    maker_of_org,
    needed_keys,
    operation,
)
from conformance.rules.kept_values import each_kept, write_and_read
from conformance.running.binding import over, rule
from conformance.session.harness import Harness

KINDS = over("kind", lambda scope: list(kinds_of(scope.contract)))
OTHER_KINDS = over("kind", lambda scope: [kind for kind in kinds_of(scope.contract) if kind != CODE])


def _secret(harness: Harness, kind: str) -> str:
    """Return the field of the secret of a kind; not provoked where the contract gives it none."""
    secret = kinds_of(harness.contract)[kind].secret
    if secret is None:
        raise NotProvoked(f"x-kinds of the contract gives the kind {kind} no secret")
    return secret


@rule("CREDENTIAL-APPLIES")
@each_kept("CREDENTIAL-APPLIES")
def test_values_of_every_kind_are_shown(harness: Harness, operation: Operation, part: ValuePart) -> None:
    """Each field has a value of one kind after the other; all who may read it, alone and in the list."""
    write_and_read(harness, operation, part)


@rule("CREDENTIAL-SECRET-HIDDEN")
@KINDS
def test_no_answer_shows_a_secret(harness: Harness, kind: str) -> None:
    """One of each kind is refused, made, refused as taken, read, listed, started and deleted; then the log is read."""
    maker, secret_of_kind = maker_of_org(harness), _secret(harness, kind)
    body = of_kind(harness, kind)
    secret = body[secret_of_kind]
    wrong = {**body, "more": True}, {**body, secret_of_kind: [secret]}, {**body, "provider_config": {"key": 1}}
    answers = [harness.send(maker, creation(harness, each)) for each in (*wrong, body, body)]
    made = next((each for each in answers if each.succeeded), answers[-1])
    if made.succeeded:
        fact = shown_fact(harness, require_resource("credential"), made.json)
        for caller in reading.readers(harness, require_resource("credential"), maker.org):
            if require_resource("credential").listed_by in harness.contract.operations:
                answers += [reading.listed(harness, require_resource("credential"), caller)]
            if require_resource("credential").shown_by in harness.contract.operations:
                answers += [harness.send(caller, reading.show(harness, require_resource("credential"), fact.id))]
        served = [each for each in (START, DELETE, DELETE) if each in harness.contract.operations]
        answers += [harness.send(maker, about(harness, each, fact)) for each in served]
    told = json.loads(secret)["private_key"] if secret_of_kind == JSON_SECRET else secret
    for answer in (*answers, *newest(harness, maker.org)):
        check_hides(harness, answer, told, "the secret")


@rule("CREDENTIAL-SECRET-NEEDED")
@KINDS
def test_the_secret_of_the_kind_is_needed(harness: Harness, kind: str) -> None:
    """One is made with its secret; others are asked for without it, with another kind's in its place, and with both."""
    maker, secret_of_kind = maker_of_org(harness), _secret(harness, kind)
    harness.judge(maker, creation(harness, of_kind(harness, kind)))
    other = min(secrets_of(harness.contract) - {secret_of_kind})
    for more in ({}, {other: fresh_secret(harness, other)}):
        body = {name: value for name, value in of_kind(harness, kind).items() if name != secret_of_kind}
        check_refused(harness, maker, {**body, **more}, secret_of_kind, *more)
    check_refused(harness, maker, of_kind(harness, kind, **{other: fresh_secret(harness, other)}), other)
    for text in ("[]", "no JSON") if secret_of_kind == JSON_SECRET else ():
        check_refused(harness, maker, of_kind(harness, kind, service_account_json=text), secret_of_kind)


@rule("CREDENTIAL-SECRET-NEEDED")
@over("kind", lambda scope: {each.secret: kind for kind, each in kinds_of(scope.contract).items()}.values())
def test_a_secret_may_be_as_long_as_its_field(harness: Harness, kind: str) -> None:
    """One is made with the longest secret that its field takes; another is refused, of one character more."""
    maker, secret = maker_of_org(harness), _secret(harness, kind)
    longest = longest_secret(harness.contract, secret)
    for length, otherwise in ((longest, "CONTRACT-VALID-ACCEPTED"), (longest + 1, "CONTRACT-INVALID-REFUSED")):
        body = of_kind(harness, kind, **{secret: secret_of_length(harness, secret, length)})
        tried = f"{secret} of {length} characters"
        harness.judge(maker, replace(creation(harness, body), tried=tried), otherwise=otherwise)


@rule("CREDENTIAL-CONFIG-NEEDED")
@over("kind, provider, key", needed_keys)
def test_what_the_kind_needs_in_its_config_is_needed(harness: Harness, kind: str, provider: str, key: str) -> None:
    """One is made with all that it needs; others are asked for without one key, and without config if that is all."""
    maker = maker_of_org(harness)
    harness.judge(maker, creation(harness, of_kind(harness, kind, provider)))
    body = of_kind(harness, kind, provider)
    rest = {name: value for name, value in body["provider_config"].items() if name != key}
    check_refused(harness, maker, {**body, "provider_config": rest}, "provider_config")
    if not rest:
        body = {name: value for name, value in body.items() if name != "provider_config"}
        check_refused(harness, maker, body, "provider_config")


@rule("CREDENTIAL-STATUS")
@KINDS
def test_the_status_at_first(harness: Harness, kind: str) -> None:
    """One of each kind is made and read."""
    maker, made = made_of(harness, maker_of_org(harness).org, of_kind(harness, kind))
    check_shows(harness, made, "status", status_at_first(kind))
    read = reading.read_back(harness, require_resource("credential"), maker, id_of(made.json))
    check_shows(harness, read, "status", status_at_first(kind))


@rule("CREDENTIAL-STATUS")
def test_the_status_of_a_personal_one_at_first(harness: Harness) -> None:
    """A personal one is made in place of one of the org that its provider has answered, where a state can have that."""
    org = maker_of_org(harness).org
    caller, of_org = introduced(harness, owner_of_own(harness, org)), overridable(harness, org)
    if harness.states is not None:
        become(harness, of_org, "active")
    check_shows(harness, harness.judge(caller, creation(harness, in_place_of(of_org))), "status", status_at_first(CODE))


@rule("CREDENTIAL-NEXT")
@over("whose", lambda _: ["org", "person"])
def test_an_authorization_code_leads_to_its_start(harness: Harness, whose: str) -> None:
    """An authorization code is made, and `next` ends with the path of its start."""
    org = maker_of_org(harness).org
    if whose == "org":
        _, made = made_of(harness, org, of_kind(harness, CODE))
    else:
        maker = introduced(harness, owner_of_own(harness, org))
        made = harness.hold(maker, creation(harness, in_place_of(overridable(harness, org))))
    expected = f"/credentials/{id_of(made.json)}/oauth/start"
    got = field(made.json, "next")
    right = isinstance(got, str) and got.endswith(expected)
    harness.check(right, made, f"next ending in {expected}", str(got), evidence=of_field("next", expected, got))


@rule("CREDENTIAL-NAME-TAKEN")
def test_a_name_is_there_once_among_those_of_the_org(harness: Harness) -> None:
    """A second one of the name is refused, of another kind too."""
    maker = maker_of_org(harness)
    body = of_kind(harness, "api_key")
    harness.judge(maker, creation(harness, body))
    harness.judge(maker, creation(harness, body))
    harness.judge(maker, creation(harness, {**of_kind(harness, CODE), "name": body["name"]}))


@rule("CREDENTIAL-NAME-TAKEN")
def test_a_name_of_another_org_is_free(harness: Harness) -> None:
    """Another org makes one of the same name."""
    maker = maker_of_org(harness)
    body = of_kind(harness, "api_key")
    harness.hold(maker, creation(harness, body))
    other = maker_of(harness, require_resource("credential"), operation(harness, CREATE), other_org(harness, maker))
    reading.list_whole(harness, require_resource("credential"), other)
    harness.judge(other, creation(harness, body))


@rule("CREDENTIAL-NAME-TAKEN")
def test_a_name_is_there_once_for_each_person(harness: Harness) -> None:
    """Several people of an org have one of the same name in place of the org's, and nobody a second."""
    org = maker_of_org(harness).org
    body = in_place_of(overridable(harness, org))
    people = [each for each in harness.callers(org) if harness.may(each, operation(harness, CREATE))]
    for person in people:
        caller = introduced(harness, person)
        harness.judge(caller, creation(harness, body))
        harness.judge(caller, creation(harness, body))


@rule("CREDENTIAL-PERSONAL")
def test_a_personal_credential_is_the_callers(harness: Harness) -> None:
    """Everybody who may makes one of their own; its user_id is that of their session, and the org's has none."""
    maker = maker_of_org(harness)
    check_nobodys(harness, maker, overridable(harness, maker.org))
    for person in harness.callers(maker.org):
        if not harness.may(person, operation(harness, CREATE)):
            continue
        fact = personal(harness, introduced(harness, person))
        expected = harness.state.person_of(person)
        if expected is None:
            raise NotProvoked("GET /me/session does not say who the caller is")
        read = reading.read_back(harness, require_resource("credential"), person, fact.id)
        check_shows(harness, read, "user_id", expected)


@rule("CREDENTIAL-PERSONAL")
@OTHER_KINDS
def test_a_personal_credential_is_an_authorization_code(harness: Harness, kind: str) -> None:
    """The org has one of another kind that people may override, and somebody asks for an own one of it."""
    org = maker_of_org(harness).org
    _, made = made_of(harness, org, of_kind(harness, kind, allow_user_override=True))
    caller = introduced(harness, owner_of_own(harness, org))
    of_org = shown_fact(harness, require_resource("credential"), made.json)
    harness.judge(caller, creation(harness, in_place_of(of_org)))


@rule("CREDENTIAL-OVERRIDE")
def test_a_personal_credential_has_the_config_of_the_one_that_it_overrides(harness: Harness) -> None:
    """The config of both is compared, in the answer and in a read, and the scopes are the own ones: none were sent."""
    org = maker_of_org(harness).org
    _, made = made_of(harness, org, of_kind(harness, CODE, allow_user_override=True, scopes=["calendar.read"]))
    fact = shown_fact(harness, require_resource("credential"), made.json)
    caller = introduced(harness, owner_of_own(harness, org))
    answer = harness.judge(caller, creation(harness, in_place_of(fact)))
    for exchange in (answer, reading.read_back(harness, require_resource("credential"), caller, id_of(answer.json))):
        check_shows(harness, exchange, "provider_config", fact.shown.get("provider_config"))
        got, said = field(exchange.json, "scopes"), "no scopes of its own"
        check_equal(harness, exchange, got or [], [], said, name="scopes")


@rule("CREDENTIAL-OVERRIDE")
@over("wrong", lambda _: ["another name", "another provider", "not allowed", "not said"])
def test_there_has_to_be_one_to_override(harness: Harness, wrong: str) -> None:
    """A personal one is asked for of a name or provider of no other, and in place of one that does not allow it.

    One that says nothing of that does not allow it.
    """
    org = maker_of_org(harness).org
    said: dict[str, Any] = {} if wrong == "not said" else {"allow_user_override": wrong != "not allowed"}
    _, made = made_of(harness, org, of_kind(harness, CODE, **said))
    allows = field(made.json, "allow_user_override")
    evidence = of_field("allow_user_override", said, allows)
    harness.check(
        bool(allows) is any(said.values()), made, "allow_user_override as sent", repr(allows), evidence=evidence
    )
    body = in_place_of(shown_fact(harness, require_resource("credential"), made.json))
    changed = {"another name": {"name": harness.fresh_name()}, "another provider": {"provider": "other"}}
    caller = introduced(harness, owner_of_own(harness, org))
    check_refused(harness, caller, {**body, **changed.get(wrong, {})}, "name")


@rule("CREDENTIAL-OVERRIDE")
@over("name", lambda _: ["client_secret", "provider_config", "allow_user_override"])
def test_a_personal_credential_brings_nothing_of_its_own(harness: Harness, name: str) -> None:
    """A personal credential is asked for with a secret, with a config, and as one that may be overridden."""
    org = maker_of_org(harness).org
    values = {"client_secret": "value", "provider_config": {"client_id": "own"}, "allow_user_override": True}
    body = {**in_place_of(overridable(harness, org)), name: values[name]}
    check_refused(harness, introduced(harness, owner_of_own(harness, org)), body, name)


@rule("CREDENTIAL-START")
@over("whose", lambda _: ["org", "person"])
def test_a_start_leads_to_another_address_each_time(harness: Harness, whose: str) -> None:
    """An authorization code is started twice by whoever may, and both addresses are absolute and not the same."""
    maker = maker_of_org(harness)
    caller = maker if whose == "org" else owner_of_own(harness, maker.org)
    fact = own(harness, require_resource("credential"), maker.org) if whose == "org" else personal(harness, caller)
    answers = [harness.judge(caller, about(harness, START, fact)) for _ in range(2)]
    urls = [field(answer.json, "auth_url") for answer in answers]
    for answer, url in zip(answers, urls, strict=True):
        absolute = isinstance(url, str) and url.startswith(("https://", "http://"))
        harness.check(absolute, answer, "an absolute auth_url", str(url), evidence=of_field("auth_url", "https", url))
    said = "another auth_url than that of the first start", "the same"
    harness.check(urls[0] != urls[1], answers[1], *said, evidence=of_field("auth_url", "another", urls[1]))


@rule("CREDENTIAL-START")
@OTHER_KINDS
def test_another_kind_is_not_started(harness: Harness, kind: str) -> None:
    """A credential of each other kind is started."""
    fact = made_of_kind(harness, kind)
    harness.judge(maker_of_org(harness), about(harness, START, fact))


@rule("CREDENTIAL-ACTIVE")
def test_a_start_leaves_the_status(harness: Harness) -> None:
    """An authorization code is started and read."""
    maker, fact = maker_of_org(harness), made_of_kind(harness, CODE)
    before = reading.shown(harness, require_resource("credential"), maker, fact.id)
    harness.judge(maker, about(harness, START, fact))
    read = reading.read_back(harness, require_resource("credential"), maker, fact.id)
    check_shows(harness, read, "status", field(before.json, "status"))


@rule("CREDENTIAL-ACTIVE")
@over("status", lambda _: ["active", "failed", "revoked", "needs_reauth"])
def test_what_the_provider_answers_is_shown(harness: Harness, status: str) -> None:
    """A state gives an authorization code a status; every caller of the org reads it, alone and in the list."""
    maker, fact = maker_of_org(harness), made_of_kind(harness, CODE)
    harness.hold(maker, about(harness, START, fact))
    become(harness, fact, status)
    for caller in reading.readers(harness, require_resource("credential"), maker.org):
        for exchange, shown in reading.views(harness, require_resource("credential"), caller, fact.id):
            got = shown.get("status")
            check_equal(harness, exchange, got, status, f"status {status}", name="status", effect=DataEffect.LOST)


@rule("CREDENTIAL-DELETED")
@over("whose", lambda _: ["org", "person"])
def test_a_deleted_credential_is_gone_and_its_name_is_free(harness: Harness, whose: str) -> None:
    """One is deleted beside another that is as like it as may be; both are looked for, and its name is taken again."""
    maker = maker_of_org(harness)
    of_org = overridable(harness, maker.org)
    caller = maker if whose == "org" else owner_of_own(harness, maker.org)
    credential = require_resource("credential")
    fact, other = (of_org, own(harness, credential, maker.org)) if whose == "org" else (None, of_org)
    fact = fact or personal(harness, caller, of_org)
    harness.judge(caller, about(harness, DELETE, fact))
    harness.judge(caller, reading.show(harness, require_resource("credential"), fact.id))
    answer = reading.listed(harness, require_resource("credential"), caller)
    said = "no deleted credential in the list", "one"
    harness.check(item(answer, fact.id) is None, answer, *said, evidence=of_list(said[0], fact.id))
    said = "every other credential in the list", "one is not in it"
    harness.check(item(answer, other.id) is not None, answer, *said, effect=DataEffect.LOST)
    again = in_place_of(of_org) if whose == "person" else {**of_kind(harness, CODE), "name": fact.name}
    made = harness.judge(caller, creation(harness, again))
    got, evidence = field(made.json, "id"), of_field("id", "another id", fact.id)
    harness.check(got != fact.id, made, "another id than that of the deleted one", "the same", evidence=evidence)
