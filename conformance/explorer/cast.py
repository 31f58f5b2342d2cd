"""The callers of an expedition: who does things to an object, and through whose eyes it is looked at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from conformance.contract.contract import Operation
from conformance.oracle.declaration.resource import Resource
from conformance.profile import ANONYMOUS, Caller, Credential
from conformance.recipes.people import is_session
from conformance.session.harness import Harness

LEAD, COLLEAGUE, KEY, POWERLESS, OUTSIDER = "lead", "colleague", "key", "powerless", "outsider"
NOBODY, REVOKED = "nobody", "bearer of a revoked key"


@dataclass(frozen=True, slots=True)
class Cast:
    """The callers by what they are to the objects of one org."""

    org: str
    classes: Mapping[str, Caller | Credential]
    """The callers by class; a class for which the profile has nobody is absent."""
    viewers: Mapping[str, Caller]
    """The viewers by what they are to the org, such as `own session`; the lead first."""

    @property
    def lead(self) -> Caller:
        """Return the caller who may do the most to an object, and makes the first."""
        lead = self.classes[LEAD]
        assert isinstance(lead, Caller)  # noqa: S101  # as `choose_cast` makes it
        return lead

    @property
    def outsider(self) -> Caller | None:
        """Return the caller who may do the most in another org; None where the profile has one org alone."""
        found = self.classes.get(OUTSIDER)
        return found if isinstance(found, Caller) else None


def choose_cast(
    harness: Harness, resource: Resource, writes: Sequence[Operation], org: str | None = None
) -> Cast | None:
    """Return the callers for the objects of a resource in an org; None where nobody may change one."""
    lead = find_most_able(harness, writes, harness.callers(org))
    if lead is None:
        return None
    colleagues = [each for each in harness.callers(lead.org) if each != lead]
    able = [each for each in colleagues if _count_allowed(harness, writes, each)]
    found: dict[str, Caller | Credential | None] = {
        LEAD: lead,
        COLLEAGUE: find_most_able(harness, writes, [each for each in able if is_session(each)]),
        KEY: find_most_able(harness, writes, [each for each in able if not is_session(each)]),
        POWERLESS: next((each for each in colleagues if each not in able), None),
        OUTSIDER: find_most_able(harness, writes, [each for each in harness.callers() if each.org != lead.org]),
        NOBODY: ANONYMOUS,
    }
    classes = {name: each for name, each in found.items() if each is not None}
    return Cast(lead.org, classes, choose_viewers(harness, lead, resource))


def choose_viewers(harness: Harness, lead: Caller, resource: Resource) -> Mapping[str, Caller]:
    """Return the lead, and of its org and two others one caller with a session and one with an API key each.

    Rather those who may ask for the list; of those who see no one else's than their own one each besides.
    """
    listing = harness.contract.operations.get(resource.listed_by or "")
    others = dict.fromkeys(caller.org for caller in harness.callers() if caller.org != lead.org)
    orgs = dict(zip([lead.org, *others], ("own", "other", "third"), strict=False))

    def name(caller: Caller) -> str:
        kept = listing is not None and resource.narrows(caller, listing)
        return " ".join((orgs[caller.org], *(["narrowed"] if kept else []), "session" if is_session(caller) else "key"))

    found = {name(lead): lead}
    for caller in sorted(harness.callers(), key=lambda each: bool(listing and not harness.is_permitted(each, listing))):
        if caller.org in orgs:
            found.setdefault(name(caller), caller)
    return found


def find_most_able(harness: Harness, operations: Iterable[Operation], callers: Iterable[Caller]) -> Caller | None:
    """Return the caller who may do the most of the operations, the first of several; None where nobody may do any."""
    wanted = tuple(operations)
    able = [(_count_allowed(harness, wanted, caller), caller) for caller in callers]
    most, found = max(able, key=lambda pair: pair[0], default=(0, None))
    return found if most else None


def _count_allowed(harness: Harness, operations: Iterable[Operation], caller: Caller) -> int:
    return sum(harness.is_permitted(caller, each) for each in operations)
