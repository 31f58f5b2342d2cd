"""Memberships of an org: what is right for one, and all that the suite is told of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from conformance import needs
from conformance.contract.contract import Contract, JsonObject, Operation
from conformance.http.exchange import Request
from conformance.mark import carries
from conformance.needs import WORLDS
from conformance.oracle.breach import Breach
from conformance.oracle.call import Call, ObjectInPath, Refusals
from conformance.oracle.declaration.behavior import Behavior
from conformance.oracle.declaration.fields import Field, are_same_but_for_case, mark_name, read_id, read_json_text
from conformance.oracle.declaration.ownership import OrgOwned, Ownership, PersonalObjects
from conformance.oracle.declaration.provider_state import ORG, Param, ProviderState
from conformance.oracle.declaration.registry import register, require_resource
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.facts import Fact
from conformance.oracle.judging import NotProvoked, Unanswered
from conformance.oracle.law import AllowedChange
from conformance.profile import Caller, Credential, Profile
from conformance.recipes.causes import FOR_SOMEBODY, Cause, need_somebody_with, send_twice
from conformance.recipes.making import make_of
from conformance.recipes.reading import get_field, read_list
from conformance.recipes.requests import build, with_json
from conformance.results.difference import from_fields
from conformance.session.harness import Harness

LIST, INVITE = "memberships.list", "memberships.invite"
UPDATE_ROLE, REMOVE = "memberships.update_role", "memberships.remove"
OWNER = "owner"
DENIED, NOT_FOUND = "permission_denied", "membership_not_found"
PENDING, LAST_OWNER, EXISTS = "pending_invitation", "last_owner", "membership_exists"


def is_pending(fact: Fact) -> bool:
    """Return whether nobody has accepted the invitation, as far as it was shown."""
    return not fact.shown.get("workos_user_id")


def _require_owner(call: Call, rule: str, refusals: Refusals) -> None:
    """Add the refusal to a caller who is no owner; only possible where the caller's role is not known."""
    if call.caller.role == OWNER:
        return
    known = call.caller.role is not None or call.caller.permission_set is not None
    refusals.add(403, DENIED, rule, certain=known)
    if not known:
        refusals.add_possible(403, DENIED, rule)


def refuse_invitation(call: Call, refusals: Refusals) -> None:
    """Add the refusal of an owner's invitation by another member, and of inviting anybody twice."""
    body = call.body
    if body["role"] == OWNER:
        _require_owner(call, "MEMBER-INVITE-OWNER", refusals)
    if not call.state.is_closed:
        # Whether mail can be sent to the address is the target's to say.
        refusals.add_possible(400, "validation_error", "MEMBER-PENDING")
    email = body["email"].lower()
    names = (fact.name or "" for fact in call.state.list_owned("membership", call.caller.org))
    taken = call.state.is_name_taken(
        "membership", call.caller.org, next((n for n in names if n.lower() == email), email)
    )
    if taken is not False or not carries(call.state.prefix, email):  # of the others' addresses none is a fact
        refusals.add(409, EXISTS, "MEMBER-EXISTS", certain=taken is True)


def refuse_update(call: Call, refusals: Refusals) -> None:
    """Add the refusal of another role for somebody who has not joined, or for the last owner."""
    fact = call.find_object("membership")
    if fact is None:
        refusals.add_possible(409, PENDING, "MEMBER-ROLE-PENDING")
        refusals.add_possible(409, LAST_OWNER, "MEMBER-LAST-OWNER")
        return
    # Whether a row is found by its own id is assumed.
    refusals.add_possible(404, NOT_FOUND, "CONTRACT-RIGHT-ANSWER")
    if is_pending(fact):
        refusals.add(409, PENDING, "MEMBER-ROLE-PENDING")
    elif fact.shown.get("role") == OWNER:
        refusals.add_possible(409, LAST_OWNER, "MEMBER-LAST-OWNER")


def refuse_removal(call: Call, refusals: Refusals) -> None:
    """Add the refusal of removing an owner as another member, or the last one."""
    fact = call.find_object("membership")
    if fact is None:
        refusals.add_possible(403, DENIED, "MEMBER-REMOVE-OWNER")
        refusals.add_possible(409, LAST_OWNER, "MEMBER-LAST-OWNER")
        return
    refusals.add_possible(404, NOT_FOUND, "CONTRACT-RIGHT-ANSWER")
    if fact.shown.get("role") == OWNER:
        _require_owner(call, "MEMBER-REMOVE-OWNER", refusals)
        if not is_pending(fact):
            refusals.add_possible(409, LAST_OWNER, "MEMBER-LAST-OWNER")


DOMAIN_KEY = "invite_domain"
DOMAIN = "example.com"
"""Reserved by RFC 2606, so that nobody gets the mail."""
ACCEPTED = "invitation is accepted"
"""The state in which the invited person has accepted."""


def find_domain(profile: Profile) -> str:
    """Return the domain of the addresses that the run may invite."""
    return profile.known.named.get(DOMAIN_KEY, DOMAIN)


def make_fresh_address(session: Harness, _caller: Caller | None = None, _fact: Fact | None = None) -> str:
    """Return an address that nobody has, with the run's mark."""
    return f"{session.make_fresh_name()}@{find_domain(session.profile)}"


def _mark_address(session: Harness, value: str) -> str | None:
    local, at, _ = value.rpartition("@")
    return f"{mark_name(session, local)}@{find_domain(session.profile)}" if at and local else value


def _choose_role(_session: Harness, _caller: Caller | None, fact: Fact | None) -> str:
    return "member" if fact is not None and fact.shown.get("role") == "operator" else "operator"


FIELDS: Mapping[str, Field] = {
    "email": Field(make_fresh_address, marked=_mark_address, is_stored=True, alike=are_same_but_for_case),
    "role": Field(_choose_role),
}


def object_to_address(profile: Profile, request: Request) -> str | None:
    """Return why an invitation is not sent: somebody might get mail."""
    address = read_json_text(request, "email") or ""
    _, at, named = address.rpartition("@")
    if not at or named.lower() == find_domain(profile).lower():
        return None
    return f"it invites somebody at another domain than {find_domain(profile)}; known.{DOMAIN_KEY} names the one to use"


def create_invitation(harness: Harness, org: str, role: str = "member") -> Fact:
    """Return a new invitation of somebody."""
    operation = harness.contract.operations[INVITE]
    caller = next((c for c in harness.callers(org) if c.role == OWNER and harness.is_permitted(c, operation)), None)
    body = {"email": make_fresh_address(harness), "role": role}
    return make_of(harness, require_resource("membership"), org, body, caller)


@dataclass(frozen=True, slots=True)
class AcceptedMember:
    """A person who accepted an invitation."""

    fact: Fact
    user_id: str
    credential: Credential


def accept(harness: Harness, fact: Fact) -> AcceptedMember:
    """Have the invited person accept; not provoked where the target's side cannot do that."""
    org = str(fact.owner)
    made = harness.provide(ACCEPTED, org=org, membership_id=fact.id)
    user_id, token = str(made["user_id"]), str(made["token"])
    harness.guard.allow_made(user_id)
    reader = harness.able(harness.contract.operations[str(require_resource("membership").listed_by)], org)
    read_list(harness, require_resource("membership"), reader)
    now = harness.knowledge.get_facts("membership").get(fact.id, fact)
    return AcceptedMember(now, user_id, Credential("the invited person", f"Bearer {token}"))


def make_own(harness: Harness, org: str, operation: Operation | None) -> Fact:
    """Return a new invitation of the org; one that is accepted where a role is to be changed, if that can be had."""
    fact = create_invitation(harness, org)
    if operation is not None and operation.operation_id == UPDATE_ROLE:
        try:
            return accept(harness, fact).fact
        except Unanswered:
            raise  # it may be accepted
        except NotProvoked:
            return fact
    return fact


def build_for_pending(harness: Harness, operation: Operation) -> tuple[Caller, Request]:
    """Return the operation on an invitation that nobody has accepted."""
    caller = harness.able(operation)
    fact = create_invitation(harness, caller.org)
    return caller, with_json(operation, {"user_id": fact.id}, {"role": "operator"})


def build_for_last_owner(harness: Harness, operation: Operation) -> tuple[Caller, Request]:
    """Return a request of an owner against itself, in a world where its org has no other one."""
    if not harness.is_alone:
        raise NotProvoked("an org of others could be left without an owner", WORLDS)
    among = [each for each in harness.callers() if each.role == OWNER and harness.is_permitted(each, operation)]
    if not among:
        raise NotProvoked("no caller of the profile is an owner", needs.ROLE)
    caller = next((each for each in among if len(list_owners(harness, each)) == 1), None)
    if caller is None:
        raise NotProvoked("each org of the profile whose owner is among its callers has others too")
    session = harness.hold(caller, build(harness.contract.operations["session.get"]))
    values = {"user_id": str(get_field(session.json, "user_id"))}
    request = build(operation, values) if operation.body is None else with_json(operation, values, {"role": "member"})
    return caller, request


def list_owners(harness: Harness, caller: Caller) -> list[Any]:
    """Return the memberships of owners that the caller is shown, without those who are only invited."""
    return [row for row in list_rows(harness, caller) if row.get("role") == OWNER and row.get("workos_user_id")]


def list_rows(harness: Harness, caller: Caller) -> list[Any]:
    """Return the memberships that the caller is shown."""
    found = get_field(read_list(harness, require_resource("membership"), caller).json, "memberships")
    return [row for row in found if read_id(row)] if isinstance(found, list) else []


class MembershipResource(Resource):
    """Memberships: people who are invited, and those who have joined."""

    def check_made(
        self, _contract: Contract, _sent: Mapping[str, Any], shown: JsonObject, _user_id: str | None
    ) -> Iterator[Breach]:
        """Yield a breach where a new invitation has a user, or a time of acceptance."""
        if there := [name for name in ("workos_user_id", "accepted_at") if shown.get(name)]:
            said = ("no user and no time of acceptance", ", ".join(there))
            yield Breach("MEMBER-PENDING", *said, evidence=from_fields(there, {}, shown))

    def make_own(self, session: Any, org: str, _ownership: Ownership, operation: Operation | None) -> Fact:
        return make_own(session, org, operation)

    def find_objection(self, profile: Profile, request: Request) -> str | None:
        return object_to_address(profile, request)


register(
    MembershipResource(
        name="membership",
        operations=(
            Behavior(
                INVITE,
                refuses=refuse_invitation,
                applies="MEMBER-PENDING",
                causes={EXISTS: Cause(send_twice, FOR_SOMEBODY)},
            ),
            Behavior(
                UPDATE_ROLE,
                refuses=refuse_update,
                may_change=AllowedChange(frozenset({"role"}), keeps="MEMBER-ROLE"),
                applies="MEMBER-ROLE",
            ),
            Behavior(REMOVE, refuses=refuse_removal),
        ),
        access=OrgOwned(
            personal=PersonalObjects(
                shown_in="workos_user_id",
                hidden="OWNERSHIP-MEMBER-ROW",
                listed="OWNERSHIP-MEMBER-ROW",
                are_nobodys_shown=False,
            )
        ),
        marked_alone=True,
        returns=True,
        in_path=ObjectInPath(is_in_full=False),
        states={
            ACCEPTED: ProviderState(
                "The invited person has joined, and has a session.",
                (ORG, Param("membership_id")),
                ("user_id", "token"),
            )
        },
        fields=FIELDS,
        choices={DOMAIN_KEY: "the domain of the addresses that are invited; example.com without it"},
        causes={
            PENDING: Cause(build_for_pending, FOR_SOMEBODY),
            LAST_OWNER: Cause(build_for_last_owner, need_somebody_with((WORLDS,))),
        },
        blames={EXISTS: "MEMBER-EXISTS", PENDING: "MEMBER-ROLE-PENDING", LAST_OWNER: "MEMBER-LAST-OWNER"},
    )
)
