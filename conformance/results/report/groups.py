"""What several reports show of groups of findings: the worst ones with before and after, and an index of the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from conformance.results.difference import LONGEST
from conformance.results.finding import Finding
from conformance.results.grouping import Group
from conformance.results.plural import plural
from conformance.results.verdict import Run
from conformance.results.waiver_lines import waiver_lines

MOST_GROUPS = 10
"""So many are shown with all that is said of a group."""
MOST_OPERATIONS = 3


def shortened(text: str) -> str:
    """Return the beginning of a text that may be as long as the target likes."""
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."


def remarks(finding: Finding) -> tuple[str, ...]:
    """Return which value the request tried, and the target's own words on the fields that it refuses."""
    exchange = finding.exchange
    if exchange is None:
        return ()
    said = "; ".join(f"{name}: {words}" for name, words in exchange.refused_fields.items())
    tried = exchange.request.tried
    return (
        *((f"the request has {shortened(tried)}",) if tried else ()),
        *((f"the target says {shortened(said)}",) if said else ()),
    )


@dataclass(frozen=True, slots=True)
class ShownGroup:
    """A group in words."""

    group: Group

    @property
    def title(self) -> str:
        """Where it shows, and what came in place of what."""
        lead = self.group.lead
        if self.group.unserved:
            return f"{self.where}: not served, or no longer: {lead.exchange}"
        return f"{self.where}: {shortened(lead.got)} in place of {shortened(lead.expected)}"

    @property
    def where(self) -> str:
        """The first operations that show it, and the number of the others."""
        named = self.group.operations
        more = len(named) - MOST_OPERATIONS
        shown = ", ".join(named[:MOST_OPERATIONS]) or "no operation of the contract"
        return f"{shown} and {more} more" if more > 0 else shown

    @property
    def before(self) -> str:
        """What differs, as it was or should be."""
        return self.group.lead.evidence.before or self.group.lead.expected

    @property
    def after(self) -> str:
        """What differs, as it is."""
        return self.group.lead.evidence.after or self.group.lead.got

    @property
    def effect(self) -> str:
        """What it means to those whose data it is; empty where that is not known."""
        return ", ".join(self.group.effects)

    @property
    def extent(self) -> str:
        """How much of the run shows it."""
        group = self.group
        found = plural(len(group.members), "finding")
        return f"{found} by {plural(len(group.rules), 'rule')} in {plural(group.cases, 'case')}"

    @property
    def waiver(self) -> str:
        """What to write into a file of waivers to accept it, but for the reason and the last day."""
        return "\n".join(waiver_lines(self.group))


def shown_groups(run: Run) -> tuple[Sequence[ShownGroup], Sequence[ShownGroup]]:
    """Return the worst groups, which are shown whole, and the rest, of which there is an index."""
    every = [ShownGroup(group) for group in run.groups]
    return every[:MOST_GROUPS], every[MOST_GROUPS:]
