"""What a test made and has to remove, and what it must not touch because somebody else made it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from conformance.contract.contract import Operation
from conformance.contract.routing import route
from conformance.custody.guard import Guard
from conformance.custody.ledger import Ledger
from conformance.custody.lost_answers import Lost, asked_for, image_in
from conformance.http.exchange import Exchange, Request
from conformance.http.limiter import Limiter, LimitReached
from conformance.http.throttling import may_have_been_done
from conformance.oracle.facts import State
from conformance.profile import Limits, Profile

CREATES = "POST"
"""The method of whatever makes something."""


@dataclass(slots=True)
class Belongings:
    """The packs that one test made, each with its org; on a server that stays they are in the ledger too."""

    limiter: Limiter = field(default_factory=lambda: Limiter(Limits()))
    ledger: Ledger | None = None
    profile: Profile | None = None
    guard: Guard | None = None
    _made: dict[str, str] = field(default_factory=dict)
    lost: list[Lost] = field(default_factory=list)
    """Creations whose answer nobody saw; for each of them a look into the list is kept back."""

    def asks(self, state: State, org: str, request: Request) -> str | None:
        """Write down that the request may make something; the key of the entry."""
        operation = route(state.contract, request.method, request.path).operation if self.ledger else None
        if self.ledger is None or operation is None or not _creates(operation):
            return None
        return self.ledger.asks(org, image_in(request))

    @contextmanager
    def kept_back(self, *requests: Request) -> Iterator[None]:
        """While these are sent, keep back the requests that removing what they make will take; `noticed` settles it.

        From before the first goes out: another process may be about to send the last request that is allowed.
        """
        creations = sum(request.method == CREATES for request in requests)
        self.limiter.reserve(creations)
        try:
            yield
        except LimitReached:  # they did not go out, or their caller is nobody any more
            self.limiter.reserve(-creations)
            raise

    def noticed(self, before: State, after: State, org: str, exchange: Exchange, key: str | None) -> None:
        """Keep what the exchange made, as far as its answer shows it, and forget what it removed."""
        operation = route(after.contract, exchange.method, exchange.path).operation
        creates = operation is not None and _creates(operation)
        if creates and may_have_been_done(exchange):
            self.lost.append(asked_for(before, org, exchange.request, key))
            self.limiter.reserve(1)
        else:
            self._answered(before, org, exchange, key, made=creates and exchange.succeeded)
        if after.objects is not before.objects:
            for gone in before.facts("pack").keys() - after.facts("pack").keys():
                self.removed(gone)

    def _answered(self, before: State, org: str, exchange: Exchange, key: str | None, *, made: bool) -> None:
        """Keep what a creation made, and give back what was kept back for one that made nothing."""
        shown = exchange.json if made and isinstance(exchange.json, dict) else {}
        pack_id = shown.get("id")
        if isinstance(pack_id, str) and not self._is_ours(pack_id, shown, before):
            pack_id = None
        if exchange.method == CREATES and (not isinstance(pack_id, str) or pack_id in self._made):
            self.limiter.reserve(-1)
        if isinstance(pack_id, str):
            self._keep(pack_id, org)
        if self.ledger and key is not None and (isinstance(pack_id, str) or not made):
            # Where a success shows nothing that was made the entry stays to be looked into.
            self.ledger.settled(key)

    def _keep(self, pack_id: str, org: str) -> None:
        self._made[pack_id] = org
        if self.guard:
            self.guard.made(pack_id)
        if self.ledger:
            self.ledger.made(pack_id, org)

    def looked_into(self, lost: Lost, found: Iterable[str]) -> None:
        """Keep what a creation without an answer made, as a list shows it.

        Where that is nothing its entry in the ledger stays for the end of the run: it may be made yet.
        """
        self.lost.remove(lost)
        new = [pack_id for pack_id in found if pack_id not in self._made]
        # One request for the look is made now, and one for a removal was kept back before.
        self.limiter.reserve(len(new) - 2 if new else -1)
        for pack_id in new:
            self._keep(pack_id, lost.org)
        if new and self.ledger and lost.key is not None:
            self.ledger.settled(lost.key)

    def _is_ours(self, pack_id: str, shown: Mapping[str, Any], before: State) -> bool:
        """Whether a creation made what its answer shows: a target may answer with what others have, and keep."""
        if pack_id in self._made:
            return True
        if self.profile and pack_id in _theirs(before, self.profile) - set(self.profile.known.expendable):
            return False
        return not before.of_another_run(shown.get("name"))

    def removed(self, pack_id: str) -> None:
        """The pack is not there any more."""
        if self._made.pop(pack_id, None) is not None:
            self.limiter.reserve(-1)
            if self.ledger:
                self.ledger.gone(pack_id)

    def standing(self) -> tuple[tuple[str, str], ...]:
        """The packs that are still there and their orgs, in the order of their making."""
        return tuple(self._made.items())


def _creates(operation: Operation) -> bool:
    """Whether it makes an object: a POST on a collection."""
    return operation.method == CREATES and not operation.resources


def _theirs(state: State, profile: Profile) -> set[str]:
    """The packs that are known and that the run did not make."""
    known = profile.known
    named = (known.platform_pack, known.foreign_community_pack, known.foreign_private_pack)
    theirs = {fact.id for fact in state.facts("pack").values() if not fact.made} | {
        key for _, key in state.of_other_runs
    }
    return theirs.union(filter(None, named))
