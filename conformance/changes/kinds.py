"""What has changed in what a body of one kind has to have, and may have, beside it."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.changes.change import Change
from conformance.changes.table import change
from conformance.contract.contract import Contract, KindSpec

_NOTHING = KindSpec()


def changed_kinds(old: Contract, new: Contract) -> Iterator[Change]:
    """Yield what each kind needs now or no longer, and the settings that it may have now or no longer."""
    for schema in sorted(old.kinds.keys() & new.kinds.keys()):
        before, after = old.kinds[schema], new.kinds[schema]
        for kind in sorted({*before, *after}):
            yield from _changed(f"{schema}.{kind}", before.get(kind, _NOTHING), after.get(kind, _NOTHING))
    for schema in sorted(old.kinds.keys() ^ new.kinds.keys()):
        yield change("kinds-said", schema, f"x-kinds is {'added' if schema in new.kinds else 'removed'}")


def _changed(place: str, old: KindSpec, new: KindSpec) -> Iterator[Change]:
    was, now = _needed(old), _needed(new)
    if gained := sorted(now - was):
        yield change("kind-tightened", place, f"needs {', '.join(gained)} now", gained=", ".join(gained))
    if lost := sorted(was - now):
        yield change("kind-loosened", place, f"needs {', '.join(lost)} no longer", lost=", ".join(lost))
    if lost := sorted(old.settings - new.settings):
        yield change("kind-tightened", place, f"may not have {', '.join(lost)} now", lost=", ".join(lost))
    if gained := sorted(new.settings - old.settings):
        yield change("kind-loosened", place, f"may have {', '.join(gained)} now", gained=", ".join(gained))


def _needed(kind: KindSpec) -> set[str]:
    """The secret and the keys that a kind needs, those for one provider with its name."""
    of_providers = {f"{key} (of {provider})" for provider, keys in kind.needs_of.items() for key in keys}
    return {*kind.needs, *of_providers, *({kind.secret} if kind.secret else ())}
