"""Removes what a ledger has: at the end of a run, after Ctrl-C or a crash, and after a kill."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

from conformance.client import Client, LimitReached, RanOut
from conformance.contract import Contract
from conformance.exchange import Exchange, Request
from conformance.ledger import Ledger, Standing
from conformance.profile import Caller, Profile

TRIES = 2
"""A purge that failed is asked for once more: the contract says that repeating it converges."""


class Silent(Exception):
    """The target does not answer, so that nothing more can be removed."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """One ledger, and the target that it tells of."""

    contract: Contract
    profile: Profile
    client: Client
    ledger: Ledger
    standing: Standing

    def remove(self) -> list[str]:
        """Remove all that stands; what could not be removed, in words. The ledger knows of each step."""
        left = [line for key in reversed(self.standing.states) for line in self._tear_down(key)]
        try:
            for org, asked in self._asked().items():
                with suppress(RanOut):  # the ledger keeps what was asked for
                    self._look_into(org, asked)
            left += [line for pack_id, org in self.standing.packs.items() for line in self._delete(pack_id, org)]
        except (Silent, LimitReached) as reason:
            left += [f"pack {pack_id} of {org}: {reason}" for pack_id, org in self.standing.packs.items()]
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
        content = {"state": it.state, "params": dict(it.params), "values": dict(it.values)}
        try:
            status, _, _ = self.client.post(self.profile.states_url, {"action": "teardown", **content}, cleaning=True)
        except (OSError, LimitReached) as error:
            yield f"{name}: {error}"
            return
        if status in (200, 404):
            self.ledger.settled(key)
        else:
            yield f"{name}: {status}"

    def _look_into(self, org: str, asked: Mapping[str, str | None]) -> None:
        """Find what was made by requests whose answer nobody saw, by its name or its image."""
        before = self.standing.before.get(org, frozenset())
        answer = self._ask("packs.list", org, {})
        shown = answer.json.get("packs") if answer is not None and isinstance(answer.json, dict) else None
        if answer is None or not answer.succeeded or not isinstance(shown, list):
            return
        images = set(asked.values()) - {None}
        for pack in (pack for pack in shown if isinstance(pack, dict)):
            named = str(pack.get("name")).startswith(self.standing.prefix)
            image_ref = pack.get("image_ref")
            of_image = isinstance(image_ref, str) and image_ref in images
            pack_id, owned = pack.get("id"), pack.get("owned") is True
            if isinstance(pack_id, str) and owned and pack_id not in before and (named or of_image):
                self.standing.packs[pack_id] = org
                self.ledger.made(pack_id, org)
        for key in asked:
            self.ledger.settled(key)

    def _delete(self, pack_id: str, org: str) -> Iterator[str]:
        answer = None
        if self.client.guard:
            self.client.guard.made(pack_id)
        for _ in range(TRIES):
            try:
                answer = self._ask("packs.delete", org, {"id": pack_id})
            except RanOut as reason:
                yield f"pack {pack_id} of {org}: {reason}"
                return
            if answer is not None and (answer.succeeded or answer.status == 404):
                self.ledger.gone(pack_id)
                return
        yield f"pack {pack_id} of {org}: {answer or 'the profile has no caller of the org'}"

    def _ask(self, operation_id: str, org: str, values: dict[str, str]) -> Exchange | None:
        """The answer to the first of the org's callers who is let through, else to the last; None without any.

        RanOut where none of them can sign in any more.
        """
        operation = self.contract.operations[operation_id]
        request = Request(operation_id, operation.method, operation.at(values), values)
        answer: Exchange | None = None
        ended: RanOut | None = None
        for caller in self._callers(org):
            try:
                answer = self.client.send(
                    request, caller.credential, self.profile.org_urls.get(org, self.profile.url), cleaning=True
                )
            except RanOut as reason:
                ended = reason
                continue
            self.client.take()  # nobody judges it
            if answer.failure is not None:
                raise Silent(str(answer))
            if answer.status not in (401, 403):
                break
        if answer is None and ended is not None:
            raise ended
        return answer

    def _callers(self, org: str) -> Iterator[Caller]:
        return (caller for caller in self.profile.callers if caller.org == org)
