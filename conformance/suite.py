"""What one process of a run shares: contract, target, client; and what is asked of the target first of all."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from conformance import model
from conformance.belongings import Belongings
from conformance.binding import Scope
from conformance.client import Client, LimitReached, RequestLog, is_throttled
from conformance.connection import Connection
from conformance.contract import Contract, Operation
from conformance.exchange import Exchange, Request
from conformance.facts import State
from conformance.harness import Harness
from conformance.laws import Laws
from conformance.ledger import Ledger
from conformance.limiter import Limiter
from conformance.profile import ANONYMOUS, Caller, Credential, Profile, ProfileError
from conformance.renewal import Renewals
from conformance.run_files import RunFiles
from conformance.states import States
from conformance.target import Unusable
from conformance.turns import Turns
from conformance.variables import token_variable
from conformance.waivers import Waivers

BASELINE = "conformance-baseline"


@dataclass(slots=True)
class Suite:
    """Opened once a process."""

    contract: Contract
    profile: Profile
    client: Client
    seed: int
    salt: str = ""
    """Sets the run's worlds apart from those of an earlier run of its seed on the same server."""
    laws: Laws = field(init=False)
    baseline: State = field(init=False)
    """What is known before the first test."""
    ledger: Ledger | None = None
    turns: Turns | None = None
    waivers: Waivers = field(default_factory=Waivers)
    counted: int = 0
    """Requests that a case or the preparation has accounted for."""
    counted_throttled: int = 0

    def __post_init__(self) -> None:
        self.laws = Laws(self.contract)
        self.baseline = State(self.contract)
        self.client.pulse.url = self.profile.url
        for caller in self.profile.callers:
            self.client.mask(caller.token, token_variable(caller.name) or "TOKEN")

    @classmethod
    def open(
        cls,
        profile: Profile,
        contract: Contract,
        *,
        log: Path | None,
        seed: int,
        salt: str = "",
        connection: Connection | None = None,
    ) -> Suite:
        """The suite for a profile and the contract to judge by."""
        client = Client(
            profile.limits,
            RequestLog(log) if log else None,
            connection=connection,
            renewals=Renewals(profile.callers),
        )
        return cls(contract, profile, client, seed, salt)

    def share(self, files: RunFiles, *, ledger: Ledger | None, beside_others: bool) -> None:
        """Have limits and ledger in common with the other processes of the run, and take turns with them."""
        self.client.limiter = Limiter(self.profile.limits, files.count)
        self.ledger = ledger
        self.turns = Turns(files.turns) if beside_others and ledger else None

    @property
    def prefix(self) -> str:
        """How the names of all that the run makes begin: the same for the same seed."""
        return f"conformance-{hashlib.sha256(str(self.seed).encode()).hexdigest()[:6]}-"

    @property
    def scope(self) -> Scope:
        return Scope(self.contract, self.profile)

    def close(self) -> None:
        self.client.close()
        for shared in (self.ledger, self.turns):
            if shared:
                shared.close()

    def harness(self, rule_id: str, case: str) -> Harness:
        """The hands of one test; in a target with worlds it has its own."""
        world = _world(self.salt, self.seed, case)
        states_url = self.profile.states_url
        return Harness(
            contract=self.contract,
            profile=self.profile,
            client=self.client,
            rule=self.contract.rules[rule_id],
            case=case,
            seed=self.seed,
            state=self.baseline,
            world=world,
            states=self._states(states_url, world) if states_url and not self.profile.limits.read_only else None,
            belongings=Belongings(self.client.limiter, self.ledger),
            turns=self.turns,
            prefix=self.prefix,
        )

    def _states(self, states_url: str, world: str) -> States:
        own = self.profile.world_url is not None and "{world}" in states_url
        return States(states_url.replace("{world}", world), self.client, own_world=own, ledger=self.ledger)

    def prepare(self, *, first: bool = True) -> None:
        """Ask who the callers are and what they see; Unusable where the target cannot be judged.

        The first process of a run writes down what was there before it.

        ProfileError where the target says something else of a caller than the profile does.
        """
        session = self.contract.operations.get("session.get")
        if session is None:
            return
        if not self.profile.callers:
            self._unknown(session)
            return
        answers = [self._first(caller.credential, caller.org, session) for caller in self.profile.callers]
        if reason := _unusable(answers):
            raise Unusable(reason)
        pairs = zip(self.profile.callers, answers, strict=True)
        callers = tuple(self._introduced(caller, answer) for caller, answer in pairs)
        self.profile = replace(self.profile, callers=callers)
        self._look_around()
        if first and self.ledger:
            for org in dict.fromkeys(caller.org for caller in callers):
                self.ledger.before(org, [pack.id for pack in self.baseline.owned(org)])

    def _unknown(self, session: Operation) -> None:
        """Nobody is known who may call: then it is enough that something is there that refuses."""
        answer = self._first(ANONYMOUS, "", session)
        if answer.status not in (401, 403) and (reason := _unusable([answer])):
            raise Unusable(reason)

    def _first(self, credential: Credential, org: str, session: Operation) -> Exchange:
        request = Request(session.operation_id, session.method, session.path, {})
        try:
            exchange = self.client.send(request, credential, self._base_url(org))
        except LimitReached as error:
            raise Unusable(str(error)) from None
        if exchange.failure is not None:
            raise Unusable(f"{self.profile.url}: {exchange.failure}")
        return exchange

    def _introduced(self, caller: Caller, answer: Exchange) -> Caller:
        """The caller with the scopes that the target names; known postures are kept."""
        said = answer.json if answer.succeeded else None
        if not isinstance(said, dict):
            return caller
        self._billing(caller, said)
        permissions = said.get("permissions")
        if not isinstance(permissions, list):
            return caller
        scopes = frozenset(str(scope) for scope in permissions)
        if self.profile.self_described:
            return caller
        if said.get("org_id") not in (None, caller.org):
            raise ProfileError(f"callers.{caller.name}.org: is {caller.org!r}, but the target says {said['org_id']!r}")
        if caller.scopes is not None and caller.scopes != scopes:
            raise ProfileError(f"callers.{caller.name}.scopes: the target says {', '.join(sorted(scopes)) or 'none'}")
        return replace(caller, scopes=scopes)

    def _billing(self, caller: Caller, said: dict[str, object]) -> None:
        memberships = said.get("memberships")
        for membership in memberships if isinstance(memberships, list) else ():
            if not isinstance(membership, dict) or membership.get("org_id") != caller.org:
                continue
            status = membership.get("billing_status")
            # A trial says trial after it has expired too, so it tells nothing.
            if status in ("active", "past_due", "decommissioning"):
                self.baseline = self.baseline.with_posture(caller.org, status)

    def _look_around(self) -> None:
        """What the first caller of each org sees, so that the oracle knows what is there."""
        listing = self.contract.operations.get("packs.list")
        seen: set[str] = set()
        for caller in self.profile.callers:
            if listing is None or caller.org in seen:
                continue
            seen.add(caller.org)
            request = Request(listing.operation_id, listing.method, listing.path, {})
            exchange = self.client.send(request, caller.credential, self._base_url(caller.org))
            self.baseline = model.observe(self.baseline, caller, exchange)

    def _base_url(self, org: str) -> str:
        if self.profile.world_url is not None:
            return self.profile.world_url.replace("{world}", BASELINE)
        return self.profile.org_urls.get(org, self.profile.url)

    @property
    def gone(self) -> str | None:
        """Why nothing more can be judged, once that is so."""
        return self.client.pulse.gone or self.client.ran_out


def _unusable(answers: list[Exchange]) -> str | None:
    """Why none of the first answers lets anything be judged; None where one does."""
    if any(answer.succeeded and "html" not in answer.media_type for answer in answers):
        return None
    first = answers[0]
    for holds, reason in _REASONS:
        if all(holds(answer) for answer in answers):
            return f"{first.url}: {reason}"
    return None


_REASONS: tuple[tuple[Callable[[Exchange], bool], str], ...] = (
    (lambda a: a.status in (401, 403), "every credential of the profile is refused; renew them"),
    (lambda a: 300 <= a.status < 400, "redirects elsewhere; give the address that it leads to"),
    (is_throttled, "a limit or a gateway answers in its place; try again later"),
    (lambda a: a.status == 404, "is not there; give the base URL of the API"),
    (lambda a: "html" in a.media_type, "answers in HTML; give the base URL of the API"),
)
"""What makes a target unusable if it holds of every first answer, and what to do."""


def _world(salt: str, seed: int, case: str) -> str:
    """A world for one test, named alike in every run of one seed and salt."""
    return f"conformance-{hashlib.sha256(f'{salt}/{seed}/{case}'.encode()).hexdigest()[:16]}"
