"""The outcome of a comparison: the changes that count, the exit code, the step of a version, and the line about it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from conformance.changes.change import Change, Grade
from conformance.changes.diff import ContractDiff
from conformance.errors import CONFORMS, COVERAGE, VIOLATED
from conformance.results.plain_text import count_noun
from conformance.results.waivers import Waivers

SIDES = ("clients", "servers")
_HOW = {Grade.BREAKS: "break", Grade.MAY: "may break"}
ANY, RECORDED, NEVER = "any", "recorded", "never"
STEPS = ("", "patch", "minor", "major")
"""The steps of a version, from none at all to the largest."""
_VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)")
Version = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class DiffOutcome:
    """The changes from one contract to another, judged by what is to fail."""

    diff: ContractDiff
    fail_on: str = ANY
    is_strict: bool = False
    """Whether what may break somebody counts too."""
    notes: tuple[str, ...] = ()
    nothing_compared: str = ""
    """The reason for which both sides are one document of one commit, so that no change can be found.

    It is empty where they are not.
    """

    @property
    def changes(self) -> tuple[Change, ...]:
        return self.diff.changes

    def fails(self, change: Change) -> bool:
        """Return whether a change makes the comparison fail."""
        if self.fail_on == RECORDED:
            return bool(change.met) and not change.waived
        sides = {ANY: SIDES, NEVER: ()}.get(self.fail_on, (self.fail_on,))
        least = Grade.MAY if self.is_strict else Grade.BREAKS
        return not change.waived and any(getattr(change, side) >= least for side in sides)

    @property
    def failing(self) -> tuple[Change, ...]:
        return tuple(filter(self.fails, self.changes))

    @property
    def exit_code(self) -> int:
        if self.nothing_compared and self.fail_on != NEVER:
            return COVERAGE
        return VIOLATED if self.failing else CONFORMS

    @property
    def versions(self) -> tuple[str, str]:
        """`info.version` before and after."""
        old, new = (str(each.document.get("info", {}).get("version", "")) for each in (self.diff.old, self.diff.new))
        return old, new

    @property
    def step(self) -> str:
        """The step of `info.version` that semantic versioning asks for; empty where it asks for none."""
        return find_required_step(self.versions[0], self.changes)

    @property
    def headline(self) -> str:
        """Return in one line how many changes do what to whom."""
        if self.nothing_compared:
            return "nothing was compared"
        if not self.changes:
            return "no change"
        waived = sum(bool(each.waived) for each in self.changes)
        counts = "; ".join(f"{side}: {self._describe_side(side)}" for side in SIDES)
        told = (
            count_noun(len(self.changes), "change"),
            counts,
            self._describe_recordings(),
            f"{waived} waived" if waived else "",
        )
        return "; ".join(filter(None, told))

    def _describe_recordings(self) -> str:
        traffic = self.diff.traffic
        if traffic is None:
            return ""
        refused, forbidden = count_noun(traffic.refused, "request"), count_noun(traffic.forbidden, "answer")
        return f"recorded: {refused} refused and {forbidden} ruled out, of {count_noun(traffic.judged, 'exchange')}"

    def _describe_side(self, side: str) -> str:
        counts = {name: self.diff.count(side, grade) for grade, name in _HOW.items()}
        return ", ".join(f"{count} {name}" for name, count in counts.items() if count) or "none break"


def judge_changes(
    diff: ContractDiff, fail_on: str, waivers: Waivers, *, strict: bool, nothing_compared: str = ""
) -> DiffOutcome:
    """Judge the changes of a comparison, those aside that a waiver covers."""
    covering = (waivers.find_covering(each.fingerprint, each.kind, each.operations) for each in diff.changes)
    pairs = zip(diff.changes, covering, strict=True)
    changes = tuple(replace(each, waived=str(waiver)) if waiver else each for each, waiver in pairs)
    of_traffic = diff.traffic.notes if diff.traffic else ()
    slips = dict.fromkeys((*diff.old.remarks, *diff.new.remarks))
    notes = (
        *filter(None, [nothing_compared]),
        *slips,
        *of_traffic,
        *_find_unfit_waivers(changes, diff.former, waivers),
    )
    return DiffOutcome(replace(diff, changes=changes), fail_on, strict, notes, nothing_compared)


def _find_unfit_waivers(
    changes: tuple[Change, ...], former: Mapping[str, tuple[Change, ...]], waivers: Waivers
) -> Iterator[str]:
    present = {each.fingerprint for each in changes}
    for waiver in waivers.every:
        old = [name for name in waiver.members if name in former and name not in present]
        for name in old:
            told = " and ".join(f"{each.fingerprint} ({each.where}: {each.told})" for each in former[name])
            yield f"waiver {name} is of an earlier version, which told as one what it names: write {told} in its place"
        used = any(waiver.covers(each.fingerprint, each.kind, each.operations) for each in changes)
        if unfit := waivers.explain_unfit(waiver, used=used or bool(old)):
            yield unfit


def read_version(text: str) -> Version | None:
    """Return the three numbers of a version, what follows them aside; None where there are none."""
    found = _VERSION.match(text)
    return (int(found[1]), int(found[2]), int(found[3])) if found else None


def find_required_step(version: str, changes: Iterable[Change]) -> str:
    """Return the step that changes ask for after a version; empty where nothing has changed.

    What breaks clients asks for a major step, everything else for a minor one. Below 1.0.0 each is one smaller.
    """
    grades = [change.clients for change in changes]
    if not grades:
        return ""
    read = read_version(version)
    below_1 = read is not None and read < (1, 0, 0)
    return STEPS[STEPS.index("major" if Grade.BREAKS in grades else "minor") - below_1]


def find_step_made(old: str, new: str) -> str:
    """Return the step from one version to a later one; empty where it is none."""
    before, after = read_version(old), read_version(new)
    if before is None or after is None or after <= before:
        return ""
    if after[0] != before[0]:
        return "major"
    return "minor" if after[1] != before[1] else "patch"


def apply_step(version: str, step: str) -> str:
    """Return the version after a step."""
    major, minor, patch = read_version(version) or (0, 0, 0)
    numbers = {"major": (major + 1, 0, 0), "minor": (major, minor + 1, 0), "patch": (major, minor, patch + 1)}
    return ".".join(map(str, numbers.get(step, (major, minor, patch))))


def is_step_enough(made: str, asked: str) -> bool:
    """Return whether a step that was made is as large as the one that is asked for."""
    return STEPS.index(made) >= STEPS.index(asked)
