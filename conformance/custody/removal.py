"""Asks for a list or a deletion in an org's name, again where the answer gets lost: repeating either does no harm."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

from conformance.contract.contract import Contract
from conformance.custody.belongings import Belongings
from conformance.custody.interrupt import uninterrupted
from conformance.custody.lost_answers import Lost, found_in
from conformance.http.client import Client, CredentialExpired, LimitReached
from conformance.http.exchange import Exchange, Request
from conformance.oracle.facts import State
from conformance.profile import Caller, Profile

NOBODY = "the profile has no caller of the org"


@dataclass(frozen=True, slots=True)
class Remover:
    """Finds and removes what a run made."""

    contract: Contract
    profile: Profile
    client: Client
    base_url: Callable[[str], str]
    """Where the callers of an org send."""

    def clear(self, belongings: Belongings, state: State) -> list[str]:
        """Remove what a test made, as far as its answers or a list show it; what is left behind, in words."""
        with suppress(LimitReached):  # then the end of the run looks again
            for lost in list(belongings.lost):
                self._look_for(lost, belongings, state)
        return [line for pack_id, org in belongings.standing() for line in self._remove(pack_id, org, belongings)]

    def _look_for(self, lost: Lost, belongings: Belongings, state: State) -> None:
        with uninterrupted():
            answer = self.listed(lost.org)
        if answer is not None and answer.succeeded:
            others = {pack.id for pack in state.facts("pack").values() if not pack.made}
            belongings.looked_into(lost, found_in(answer.json, lost, state.prefix, others))

    def _remove(self, pack_id: str, org: str, belongings: Belongings) -> Iterator[str]:
        try:
            with uninterrupted():
                answer = self.deleted(pack_id, org)
        except LimitReached as error:
            yield f"pack {pack_id} of {org}: {error}"
            return
        if is_gone(answer):
            belongings.removed(pack_id)
        else:
            yield f"pack {pack_id} of {org}: {answer or NOBODY}"

    def listed(self, org: str) -> Exchange | None:
        """The list that the org sees; None where the profile has no caller of it."""
        return self._ask("packs.list", org, {})

    def deleted(self, pack_id: str, org: str) -> Exchange | None:
        """The answer to the deletion of a pack of the org; None where the profile has no caller of it."""
        return self._ask("packs.delete", org, {"id": pack_id})

    def _ask(self, operation_id: str, org: str, values: Mapping[str, str]) -> Exchange | None:
        """The answer to the first of the org's callers who is let through, else to the last; those who may come first.

        CredentialExpired where none of them can sign in any more. The credential of whoever made it may have been a
        state, and is gone by now.
        """
        operation = self.contract.operations[operation_id]
        request = Request(operation_id, operation.method, operation.at(values), values)
        able = operation.permissions.held_by
        answer: Exchange | None = None
        ended: CredentialExpired | None = None
        for caller in sorted(self._callers(org), key=lambda caller: not able(caller.held)):
            try:
                answer = self._repeated(caller, request)
            except CredentialExpired as reason:
                ended = reason
                continue
            if answer.status not in (401, 403):
                break
        if answer is None and ended is not None:
            raise ended
        return answer

    def _repeated(self, caller: Caller, request: Request) -> Exchange:
        """The answer, or none where the target is gone: so many in a row got lost."""
        while True:
            answer = self.client.send(request, caller.credential, self.base_url(caller.org), cleaning=True)
            if answer.failure is None or self.client.health.gone:
                return answer

    def _callers(self, org: str) -> Iterator[Caller]:
        return (caller for caller in self.profile.callers if caller.org == org)


def is_gone(answer: Exchange | None) -> bool:
    """Whether a deletion says that the pack is there no longer."""
    return answer is not None and (answer.succeeded or answer.status == 404)
