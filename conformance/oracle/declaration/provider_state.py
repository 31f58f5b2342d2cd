"""A provider state: what the suite sends when it asks a target's own side for it, and what it needs back."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Param:
    """One parameter of a state."""

    name: str
    meaning: str = ""
    """The meaning of the parameter, where its name does not say so."""
    choices: tuple[str, ...] = ()
    """The texts that it can be; none: any."""
    is_required: bool = True
    """Whether each setup sends it."""


@dataclass(frozen=True, slots=True)
class ProviderState:
    """One state."""

    holds: str
    """The condition that holds once it is set up."""
    params: tuple[Param, ...]
    values: tuple[str, ...] = ()
    """The names of the values that the setup has to answer with."""
    is_undone: bool = True
    """Whether its teardown has something to undo."""


def make_optional(name: str, meaning: str = "", choices: tuple[str, ...] = ()) -> Param:
    """Return a parameter that is not always sent."""
    return Param(name, meaning, choices, is_required=False)


ORG, NAME = Param("org_id"), Param("name")
"""The org whose state it is, and what it calls an object: words of the states themselves, in whatever API."""
