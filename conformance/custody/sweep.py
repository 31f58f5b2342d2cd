"""Removes what a ledger has: at the end of a run, after Ctrl-C or a crash, and after a kill."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.contract.contract import Contract
from conformance.custody.guard import Guard
from conformance.custody.ledger import Ledger, Standing, StandingState
from conformance.custody.lost_answers import packs_in
from conformance.custody.removal import NOBODY, Remover, is_gone
from conformance.http.client import Client, CredentialExpired, LimitReached
from conformance.http.exchange import Exchange
from conformance.mark import FORM, carries
from conformance.profile import Profile

TRIES = 2
"""A purge that failed is asked for once more: the contract says that repeating it converges."""
MAKES_PACK = "pack exists"
"""The state whose teardown needs to be told what its setup made."""


class Silent(Exception):
    """The target does not answer, so that nothing more can be removed."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """One ledger, and the target that it tells of."""

    contract: Contract
    profile: Profile
    client: Client
    guard: Guard
    ledger: Ledger
    standing: Standing
    others: frozenset[str] = frozenset()
    """Ids of what other runs are known to have made."""

    def remove(self) -> list[str]:
        """Remove all that stands; what could not be removed, in words. The ledger knows of each step."""
        left: list[str] = []
        try:
            left += [line for key in reversed(self.standing.states) for line in self._tear_down(key)]
            left += [line for org, asked in self._asked().items() for line in self._look_into(org, asked)]
            left += [line for pack_id, org in list(self.standing.packs.items()) for line in self._delete(pack_id, org)]
        except (Silent, LimitReached) as reason:
            left += [f"pack {pack_id} of {org}: {reason}" for pack_id, org in self.standing.packs.items()]
            left += [f"whatever was made for {org}: {reason}" for org in self._asked()]
        return list(dict.fromkeys(left))

    def _asked(self) -> Mapping[str, Mapping[str, str | None]]:
        """By org, the keys of what may have been made, each with its image reference: one look shows all of an org."""
        by_org: dict[str, dict[str, str | None]] = {}
        for key, (org, image_ref) in self.standing.asked.items():
            by_org.setdefault(org, {})[key] = image_ref
        return by_org

    def _tear_down(self, key: str) -> Iterator[str]:
        it = self.standing.states[key]
        name = f"state '{it.state}' {dict(it.params)}"
        if self.profile.states_url is None:
            yield f"{name}: the target has no states_url"
            return
        content = {"state": it.state, "params": dict(it.params), "values": self._values(it)}
        try:
            status, _, _ = self.client.post(self.profile.states_url, {"action": "teardown", **content}, cleaning=True)
        except (OSError, LimitReached) as error:
            yield f"{name}: {error}"
            return
        if status in (200, 404):
            self.ledger.settled(key)
        else:
            yield f"{name}: {status}"

    def _values(self, it: StandingState) -> dict[str, Any]:
        """The values of a setup; of one whose answer got lost, as far as its pack can be found by its name."""
        if it.values or it.state != MAKES_PACK:
            return dict(it.values)
        named = it.params.get("name")
        for org in dict.fromkeys(caller.org for caller in self.profile.callers):
            for pack in packs_in(self._listed(org), owned=it.params.get("org_id") is not None):
                if carries(self.standing.prefix, named) and pack.get("name") == named:
                    return {"pack_id": pack["id"]}
        return {}

    def _listed(self, org: str) -> Any:
        try:
            answer = self._heard(self._remover.listed(org))
        except CredentialExpired:
            return None
        return answer.json if answer is not None and answer.succeeded else None

    def _look_into(self, org: str, asked: Mapping[str, str | None]) -> Iterator[str]:
        """Find what was made by requests whose answer nobody saw, by its name or its image."""
        try:
            answer = self._heard(self._remover.listed(org))
        except CredentialExpired as reason:
            yield f"whatever was made for {org}: {reason}"
            return
        if answer is None or not answer.succeeded:
            yield f"whatever was made for {org}: its packs cannot be listed ({answer or NOBODY})"
            return
        for pack_id in self._found(org, packs_in(answer.json), set(asked.values()) - {None}):
            self.standing.packs[pack_id] = org
            self.ledger.made(pack_id, org)
        for key in asked:
            del self.standing.asked[key]
            self.ledger.settled(key)

    def _found(self, org: str, shown: Iterable[Mapping[str, Any]], images: set[Any]) -> Iterator[str]:
        """The packs that the run made; what has no place for the mark is told by the image that it was made of."""
        known = self.standing.before.get(org, frozenset()) | self.others
        for pack in shown:
            marked = carries(self.standing.prefix, pack.get("name"), pack.get("description"))
            of_image = pack.get("image_ref") in images and not FORM.match(str(pack.get("name")))
            if pack["id"] not in known and (marked or of_image):
                yield pack["id"]

    def _delete(self, pack_id: str, org: str) -> Iterator[str]:
        answer: object = None
        self.guard.made(pack_id)
        for _ in range(TRIES):
            try:
                answer = found = self._heard(self._remover.deleted(pack_id, org))
            except CredentialExpired as reason:
                answer = reason
                break
            if is_gone(found):
                del self.standing.packs[pack_id]
                self.ledger.gone(pack_id)
                return
        del self.standing.packs[pack_id]
        yield f"pack {pack_id} of {org}: {answer or NOBODY}"

    def _heard(self, answer: Exchange | None) -> Exchange | None:
        """The answer; Silent where none came however often it was asked for."""
        self.client.take()  # nobody judges it
        if answer is not None and answer.failure is not None:
            raise Silent(str(answer))
        return answer

    @property
    def _remover(self) -> Remover:
        where = self.profile.org_urls
        return Remover(self.contract, self.profile, self.client, lambda org: where.get(org, self.profile.url))
