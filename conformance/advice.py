"""What a run says of its profile: what was judged without one, and what it would take to judge more."""

from __future__ import annotations

from conformance.profile import Profile
from conformance.verdict import Run


def notes(run: Run, profile: Profile) -> tuple[str, ...]:
    """How much of the contract was judged where nobody is known who may call; nothing otherwise."""
    if profile.callers or run.unusable or not run.cases:
        return ()
    judged, rules = run.judged
    return (
        (
            f"no credential was given, so what needs none was judged: {judged} of {rules} rules. "
            f"`evershell-conformance init --target {profile.url}` writes a profile for the others"
        ),
    )
