"""Which findings are of one root cause, and which are not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conformance.contract.contract import Contract, Provenance
from conformance.http.exchange import Exchange, Request
from conformance.results.difference import Evidence, from_fields
from conformance.results.finding import Finding, Verdict
from conformance.results.grouping import Group, group_findings

SEED, ASSUMED = Provenance.SEED, Provenance.ASSUMED


def answered(operation_id: str, status: int, method: str = "GET", number: int = 2) -> Exchange:
    request = Request(operation_id, method, "/packs/p", {"id": "p"})
    return Exchange("acme-owner", request, "http://t/v1/packs/p", status, (), b"{}", 1.0, number=number)


def wrong_answer(rule: str, operation_id: str, got: int, *, case: str = "case") -> Finding:
    exchange = answered(operation_id, got)
    return Finding(rule, operation_id, "acme-owner", "404 pack_not_found", str(exchange), SEED, exchange, case=case)


def changed(rule: str, *names: str, after: str = "packs.update_visibility") -> Finding:
    evidence = from_fields(names, dict.fromkeys(names, "a"), dict.fromkeys(names, "b"))
    steps = (answered(after, 200, "PATCH", 1),)
    got = f"{', '.join(names)} changed"
    read = answered("packs.get", 200)
    return Finding(rule, "packs.get", "acme-owner", "as before", got, SEED, read, steps, evidence=evidence)


def groups(contract: Contract, *findings: Finding) -> list[list[Finding]]:
    """The members of each group."""
    return [list(group.findings) for group in made(contract, *findings)]


def made(contract: Contract, *findings: Finding) -> tuple[Group, ...]:
    found: dict[str, list[Finding]] = {}
    for finding in findings:
        found.setdefault(finding.fingerprint, []).append(finding)
    return group_findings(found, contract.rules)


def test_one_rule_broken_alike_at_many_operations(contract: Contract) -> None:
    alike = [wrong_answer("SCOPE-REQUIRED", name, 200) for name in ("packs.get", "packs.list", "packs.delete")]
    (group,) = made(contract, *alike)
    assert group.operations == ("packs.get", "packs.list", "packs.delete")
    assert groups(contract, *alike, wrong_answer("SCOPE-REQUIRED", "packs.get", 404)) != [alike]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (wrong_answer("SCOPE-REQUIRED", "packs.get", 200), wrong_answer("OWNERSHIP-PRIVATE-HIDDEN", "packs.get", 200)),
        (changed("PACK-PATCH-ONLY-VISIBILITY", "name"), changed("CREATE-METADATA", "name")),
        (changed("PACK-PATCH-ONLY-VISIBILITY", "name"), changed("PACK-PATCH-ONLY-VISIBILITY", "tier")),
        (changed("EFFECT-NOTHING-ELSE", "name"), changed("EFFECT-NOTHING-ELSE", "tier", after="packs.delete")),
    ],
)
def test_what_differs_otherwise_or_by_a_rule_of_another_clause_is_apart(
    contract: Contract, first: Finding, second: Finding
) -> None:
    assert len(groups(contract, first, second)) == 2


@pytest.mark.parametrize(
    ("special", "general"),
    [
        (wrong_answer("SCOPE-REQUIRED", "packs.get", 200), wrong_answer("CONTRACT-RIGHT-ANSWER", "packs.get", 200)),
        (changed("PACK-PATCH-ONLY-VISIBILITY", "name"), changed("EFFECT-EVERY-CALLER", "name", "version")),
        (changed("CREATE-METADATA", "name"), changed("REFUSED-CHANGES-NOTHING", "name")),
        (changed("PACK-PATCH-ONLY-VISIBILITY", "name"), changed("PACK-PATCH-NOOP", "name", "version")),
    ],
)
def test_what_a_general_rule_or_one_of_the_clause_says_too(
    contract: Contract, special: Finding, general: Finding
) -> None:
    for given in ((special, general), (general, special)):
        (group,) = made(contract, *given)
        assert set(group.members) == {special.fingerprint, general.fingerprint}


def test_a_general_rule_joins_no_two_groups(contract: Contract) -> None:
    by_scope = wrong_answer("SCOPE-REQUIRED", "packs.get", 200)
    by_owner = wrong_answer("OWNERSHIP-PRIVATE-HIDDEN", "packs.get", 200)
    of_any = wrong_answer("CONTRACT-RIGHT-ANSWER", "packs.get", 200)
    assert len(groups(contract, by_scope, of_any, by_owner)) == 2


def test_whatever_one_write_does_to_others_is_one(contract: Contract) -> None:
    to_others = [changed("EFFECT-NOTHING-ELSE", name) for name in ("name", "version", "image_digest")]
    gone = wrong_answer("EFFECT-NOTHING-ELSE", "packs.get", 404)
    gone = replace(gone, steps=to_others[0].steps)
    assert len(groups(contract, *to_others, gone)) == 1


def test_a_group_is_named_alike_in_every_run(contract: Contract) -> None:
    first = [wrong_answer("SCOPE-REQUIRED", name, 200) for name in ("packs.get", "packs.list")]
    again = [replace(wrong_answer("SCOPE-REQUIRED", "packs.delete", 200), seed=9, caller="somebody")]
    generated = [replace(wrong_answer("CONTRACT-RIGHT-ANSWER", "packs.get", 200), source="fuzzing"), *first]
    names = {made(contract, *given)[0].fingerprint for given in (first, again, generated)}
    assert len(names) == 1


def test_the_worst_comes_first(contract: Contract) -> None:
    guess = replace(wrong_answer("PROTOCOL-METHOD", "packs.get", 200), provenance=ASSUMED)
    wide = [wrong_answer("SCOPE-REQUIRED", name, 200) for name in ("packs.get", "packs.list")]
    loses = replace(changed("CONTENT-KEEPS-REST", "name"), effect="data is lost")
    waived = replace(wrong_answer("AUTH-REQUIRED", "packs.get", 200), waived="until summer")
    order = [group.lead.rule for group in made(contract, waived, guess, *wide, loses)]
    assert order == ["CONTENT-KEEPS-REST", "SCOPE-REQUIRED", "PROTOCOL-METHOD", "AUTH-REQUIRED"]


def test_the_lead_shows_it_best(contract: Contract) -> None:
    generated = replace(changed("PACK-PATCH-ONLY-VISIBILITY", "name"), source="explored")
    guess = replace(changed("PACK-PATCH-NOOP", "name"), provenance=ASSUMED)
    directed = changed("PACK-PATCH-ONLY-VISIBILITY", "name", "version")
    (group,) = made(contract, guess, generated, directed)
    assert group.lead == directed
    assert group.verdict is Verdict.FAILED
    assert group.rules[0] == "PACK-PATCH-ONLY-VISIBILITY"


def test_many_findings_are_grouped_in_time(contract: Contract) -> None:
    many = [replace(wrong_answer("AUTH-CHALLENGE", "packs.get", 401), got=f"header {'x' * n}") for n in range(400)]
    assert len(groups(contract, *many)) == 400


def test_nothing_of_the_evidence_is_needed(contract: Contract) -> None:
    bare = Finding("AUTH-CHALLENGE", None, "nobody", "a header", "none", SEED, None, evidence=Evidence())
    (group,) = made(contract, bare)
    assert (group.lead, group.operations, group.cases) == (bare, (), 1)


def test_what_is_exposed_ranks_before_what_is_lost(contract: Contract) -> None:
    """A revoked key that works beside a leak, whichever rules and however many findings the others have."""
    wide = [wrong_answer("SCOPE-REQUIRED", name, 200) for name in ("packs.get", "packs.list", "packs.delete")]
    loses = replace(changed("CONTENT-KEEPS-REST", "name"), effect="data is lost")
    leaks = replace(
        wrong_answer("OWNERSHIP-PRIVATE-HIDDEN", "packs.get", 200), effect="an org is shown what is another's"
    )
    taken = replace(wrong_answer("AUTH-REVOKED", "session.get", 200), expected="401 unauthenticated")
    challenge = replace(wrong_answer("AUTH-CHALLENGE", "session.get", 401), expected="401 unauthenticated")
    ranked = made(contract, challenge, *wide, loses, taken, leaks)
    order = [group.lead.rule for group in ranked]
    assert ranked[0].effects == ("a credential is taken that had to be refused",)
    assert order[:3] == ["AUTH-REVOKED", "OWNERSHIP-PRIVATE-HIDDEN", "CONTENT-KEEPS-REST"]
    assert set(order[3:]) == {"AUTH-CHALLENGE", "SCOPE-REQUIRED"}


def crashed(rule: str, operation_id: str, got: str = "500", *names: str) -> Finding:
    evidence = from_fields(names, dict.fromkeys(names, "a"), dict.fromkeys(names, "b"))
    exchange = answered(operation_id, 500, "POST")
    return Finding(rule, operation_id, "acme-owner", "another", got, SEED, exchange, evidence=evidence)


def test_one_500_is_one_group(contract: Contract) -> None:
    """Whichever rules have something to say of its answer; what is wrong with other errors is apart."""
    of_one = [
        crashed("ENVELOPE-EVERY-ERROR", "packs.create", "text/plain", "Content-Type"),
        crashed("ENVELOPE-EVERY-ERROR", "packs.create", "another body"),
        crashed("SCOPE-REQUIRED", "packs.create"),
        crashed("CONTRACT-NO-SERVER-ERROR", "packs.create"),
        crashed("CONTRACT-NO-SERVER-ERROR", "packs.upload"),
        crashed("CONTRACT-HEADERS", "packs.upload", "no id", "X-Request-Id"),
    ]
    plain = replace(of_one[0], exchange=answered("packs.create", 404), got="text/plain of a 404")
    group, other = sorted(made(contract, *of_one, plain), key=lambda each: -len(each.members))
    assert set(group.members) == {each.fingerprint for each in of_one}
    assert group.lead.rule == "CONTRACT-NO-SERVER-ERROR"
    assert group.operations == ("packs.create", "packs.upload")
    assert other.findings == (plain,)
    assert {made(contract, *given)[0].fingerprint for given in (of_one[2:4], of_one[:4], of_one[::-1])} == {
        group.fingerprint
    }


def test_a_declared_5xx_is_no_crash(contract: Contract) -> None:
    """Its envelope has a cause of its own."""
    purge = answered("packs.delete", 502, "DELETE")
    envelope = replace(crashed("ENVELOPE-KEYS", "packs.delete", "more", "hint"), exchange=purge)
    header = replace(crashed("CONTRACT-HEADERS", "packs.delete", "none", "X-Request-Id"), exchange=purge)
    assert len(groups(contract, envelope, header)) == 2
