"""The needs that a target or its profile may not meet: each as the line of the profile that would give it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from conformance.contract.contract import Operation
from conformance.profile import Profile


@dataclass(frozen=True, slots=True)
class Need:
    """One line of a profile, and whether a profile has it."""

    line: str
    """The line that a reader of a report adds."""
    words: str = ""
    """The need in words, the same as a cell's."""
    met: Callable[[Profile], bool] = field(default=lambda _: False, compare=False)
    writes: bool = False
    """Whether it is of no use to a run that may not write."""

    def find_missing(self, profile: Profile) -> str | None:
        """Return the line that the profile lacks for it; None where it has it.

        A read-only run lacks the leave to write, whatever else the profile says.
        """
        if self.writes and profile.limits.read_only:
            return WRITING.line
        return None if self.met(profile) else self.line

    def __str__(self) -> str:
        return self.words or self.line


Needs = tuple[tuple[Need, ...], ...]
"""Groups of needs. All groups have to be met, each by any one of its needs."""

CALLER = Need("[callers.NAME]", "a caller who may do it", lambda profile: bool(profile.callers))
SECOND_ORG = Need(
    "[callers.NAME] of a second org",
    "a caller of another org",
    lambda profile: len({caller.org for caller in profile.callers}) > 1,
)
ROLE = Need("[callers.NAME] with a role", met=lambda profile: any(caller.role for caller in profile.callers))
PERMISSION_SET = Need(
    "[callers.NAME] with a permission_set", met=lambda profile: any(c.permission_set for c in profile.callers)
)
INACTIVE_ORG = Need("[callers.NAME] of an org that is past due", "a caller of an inactive org")
WRITING = Need("limits.read_only = false", met=lambda profile: not profile.limits.read_only)
EXPENDABLE = Need("known.expendable", met=lambda profile: bool(profile.known.expendable), writes=True)
ENDS_WITHIN_S = 310
"""The seconds within which a stream ends."""
WHOLE_STREAMS = Need(
    f"limits.stream_seconds above {ENDS_WITHIN_S}", met=lambda profile: profile.limits.stream_seconds > ENDS_WITHIN_S
)
WORLDS = Need("target.world_url", met=lambda profile: profile.world_url is not None, writes=True)


def offers_states(profile: Profile) -> bool:
    """Return whether a run may ask the target for states."""
    return profile.states_url is not None and not profile.limits.read_only


def state(name: str) -> Need:
    """Return the state of that name, which the target's own side makes."""
    return Need(
        f"target.states_url, with the state '{name}'",
        f"state '{name}'",
        offers_states,
        writes=True,
    )


def make_unoffered(name: str) -> Need:
    """Return the state of that name, which the target's own side does not know."""
    return Need(f"the state '{name}' at target.states_url", writes=True)


def need_known(key: str) -> Need:
    """Return the object or value that `[known]` names by this key."""
    return Need(f"known.{key}", met=lambda profile: key in profile.known.named)


def need_somebody_for(operation: Operation) -> Need:
    """Return a caller whom neither scope nor role forbids the operation."""
    asked = [" or ".join(group) for group in operation.permissions.groups]
    if operation.role is not None:
        asked.append(f"the role {operation.role}")
    if not asked:
        return CALLER
    return Need(
        f"[callers.NAME] with {' and '.join(asked)}",
        "a caller who may do it",
        lambda profile: any(
            operation.permissions.are_held_by(caller.held) and operation.role in (None, caller.role)
            for caller in profile.callers
        ),
    )


def need_somebody_without(operation: Operation) -> Need:
    """Return a caller whom the scope forbids the operation."""
    asked = " and ".join(" or ".join(group) for group in operation.permissions.groups)
    return Need(
        f"[callers.NAME] without {asked}" if asked else CALLER.line,
        "a caller without the scope",
        lambda profile: any(not operation.permissions.are_held_by(caller.held) for caller in profile.callers),
    )


def list_lacking(profile: Profile, needs: Iterable[Need]) -> tuple[str, ...]:
    """Return the lines that the profile lacks of these needs, each once."""
    return tuple(dict.fromkeys(line for need in needs if (line := need.find_missing(profile))))


def describe_needs(needs: Needs) -> str:
    """Return the needs in one line of words."""
    return ", ".join(", or ".join(map(str, group)) for group in needs) or "nothing else"


def list_unmet(needs: Needs, profile: Profile) -> tuple[Need, ...]:
    """Return the needs of each group of which the profile meets none."""
    return tuple(need for group in needs if not any(need.met(profile) for need in group) for need in group)
