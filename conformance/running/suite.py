"""The contract, target and client of one process, and its first questions to the target."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from pathlib import Path

import conformance.resources  # noqa: F401  # registers what the API is about
from conformance.contract.contract import Contract, Operation
from conformance.custody.guard import Guard
from conformance.custody.ledger import Ledger
from conformance.custody.made_objects import MadeObjects
from conformance.custody.run_files import RunFiles
from conformance.http.client import Client, LimitReached, RequestLog
from conformance.http.connection import Connection
from conformance.http.exchange import Exchange, Request
from conformance.http.limiter import Limiter
from conformance.http.renewal import Renewals
from conformance.http.variables import token_variable
from conformance.mark import id_of_seed, mark_of
from conformance.oracle.facts import State
from conformance.oracle.laws import Laws
from conformance.oracle.learning import observe
from conformance.oracle.resource import resources
from conformance.profile import ANONYMOUS, Caller, Credential, Profile
from conformance.results.waivers import Waivers
from conformance.running.binding import Scope
from conformance.session.harness import Harness
from conformance.session.states import States
from conformance.session.turns import Occupied, Turns
from conformance.target.introduction import check_usable, introduced, posture
from conformance.target.target import Unusable

BASELINE = "conformance-baseline"


@dataclass(slots=True)
class Suite:
    """What all tests of one process share."""

    contract: Contract
    profile: Profile
    client: Client
    guard: Guard
    """Which requests may be sent."""
    seed: int
    run_id: str = ""
    """The part of the mark by which runs differ."""
    salt: str = ""
    """The part of a world's name by which runs of one seed on one server differ."""
    laws: Laws = field(init=False)
    baseline: State = field(init=False)
    """The facts known before the first test."""
    ledger: Ledger | None = None
    turns: Turns | None = None
    waivers: Waivers = field(default_factory=Waivers)
    counted: int = 0
    """Requests that are part of a case's count, or of the preparation's."""
    counted_throttled: int = 0

    def __post_init__(self) -> None:
        self.laws = Laws(self.contract)
        self.baseline = State(
            contract=self.contract,
            own_world=self.profile.world_url is not None,
            steady=frozenset(self.guard.given) | {*self.profile.known.expendable},
            prefix=self.prefix,
        )
        self.client.health.url = self.profile.url
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
        run_id: str = "",
        salt: str = "",
        connection: Connection | None = None,
        probe_unsafe: bool = False,
    ) -> Suite:
        """Return the suite for a profile and a contract; `probe_unsafe` is the guard's."""
        guard = Guard(contract, profile, salt if profile.world_url else run_id, probe_unsafe=probe_unsafe)
        client = Client(
            profile.limits,
            RequestLog(log) if log else None,
            connection=connection,
            renewals=Renewals(profile.callers),
            check=guard,
        )
        if session := contract.operations.get("session.get"):
            client.whoami = Request(session.operation_id, session.method, session.path, {})
        return cls(contract, profile, client, guard, seed, run_id or id_of_seed(seed), salt)

    def share(self, files: RunFiles, *, ledger: Ledger | None) -> None:
        """Share limits and ledger with the other processes of the run, and take turns with them.

        And with those of other runs: who can bring an org to another billing posture does so for all of them.
        """
        self.client.limiter = Limiter(self.profile.limits, files.count)
        self.ledger = ledger
        if self.turns:
            self.turns.close()
        states_url = self.profile.states_url
        self.turns = Turns(files.of_place(states_url, "turns")) if ledger and states_url else None

    @property
    def prefix(self) -> str:
        """The beginning of the names of everything that the run makes."""
        return mark_of(self.run_id)

    @property
    def scope(self) -> Scope:
        return Scope(self.contract, self.profile)

    def close(self) -> None:
        self.client.close()
        for shared in (self.ledger, self.turns):
            if shared:
                shared.close()

    def harness(self, rule_id: str, case: str) -> Harness:
        """Return the session of one test, in a world of its own where the target has worlds."""
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
            made=MadeObjects(self.client.limiter, self.ledger, self.profile, self.guard),
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
        if self.turns:
            try:
                self.turns.share()
            except Occupied as reason:
                raise Unusable(f"{self.profile.url}: {reason}") from None
        try:
            self._introduce(first=first)
        finally:
            if self.turns:
                self.turns.leave()

    def _introduce(self, *, first: bool) -> None:
        session = self.contract.operations.get("session.get")
        if session is None:
            return
        if not self.profile.callers:
            self._check_refusal(session)
            return
        answers = [self._first(caller.credential, caller.org, session) for caller in self.profile.callers]
        check_usable(answers)
        pairs = list(zip(self.profile.callers, answers, strict=True))
        for caller, answer in pairs:
            if known := posture(caller, answer):
                self.baseline = self.baseline.with_posture(caller.org, known)
        if not self.profile.self_described:
            callers = tuple(introduced(caller, answer) for caller, answer in pairs)
            self.profile = replace(self.profile, callers=callers)
        self._list_objects()
        if first and self.ledger:
            self._note_what_was_there(self.ledger)

    def _note_what_was_there(self, ledger: Ledger) -> None:
        for org in self._one_of_each_org():
            for resource in resources():
                if resource.listed_by:
                    owned = self.baseline.owned(resource.name, org)
                    ledger.before(org, resource.name, [fact.id for fact in owned])

    def _check_refusal(self, session: Operation) -> None:
        """Check that the target refuses, where the profile has no callers; Unusable where it does not."""
        answer = self._first(ANONYMOUS, "", session)
        if answer.status not in (401, 403):
            check_usable([answer])

    def _first(self, credential: Credential, org: str, session: Operation) -> Exchange:
        request = Request(session.operation_id, session.method, session.path, {})
        exchange = self._ask(request, credential, org)
        if exchange.failure is not None:
            raise Unusable(f"{self.profile.url}: {exchange.failure}")
        return exchange

    def _list_objects(self) -> None:
        """List the objects that the first caller of each org sees, for the oracle."""
        for resource in resources():
            listing = self.contract.operations.get(resource.listed_by or "")
            if listing is None:
                continue
            for caller in self._one_of_each_org().values():
                request = Request(listing.operation_id, listing.method, listing.path, {})
                exchange = self._ask(request, caller.credential, caller.org)
                self.baseline = observe(self.baseline, caller, exchange)
            for fact in self.baseline.facts(resource.name).values():
                self.guard.belongs_elsewhere(fact.id, None if fact.platform else fact.foreign_to)

    def _one_of_each_org(self) -> dict[str, Caller]:
        """Return the first caller of each org, in the profile's order."""
        orgs = dict.fromkeys(caller.org for caller in self.profile.callers)
        return {org: next(caller for caller in self.profile.callers if caller.org == org) for org in orgs}

    def _ask(self, request: Request, credential: Credential, org: str) -> Exchange:
        try:
            return self.client.send(request, credential, self._base_url(org))
        except LimitReached as error:
            raise Unusable(str(error)) from None

    def _base_url(self, org: str) -> str:
        if self.profile.world_url is not None:
            return self.profile.world_url.replace("{world}", BASELINE)
        return self.profile.org_urls.get(org, self.profile.url)

    @property
    def gone(self) -> str | None:
        """The reason why nothing more can be judged, once there is one."""
        return self.client.health.gone or self.client.expired

    @property
    def answered(self) -> int:
        """The number of the last request before the unanswered ones at the end."""
        return self.client.sent - self.client.health.unanswered

    @property
    def cut_short(self) -> str:
        """The limit that kept a request from being sent, once one has."""
        return self.client.limiter.exhausted or self.client.health.time_over


def _world(salt: str, seed: int, case: str) -> str:
    """Return the name of a test's world, which seed and salt decide."""
    return f"conformance-{hashlib.sha256(f'{salt}/{seed}/{case}'.encode()).hexdigest()[:16]}"
