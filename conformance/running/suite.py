"""The contract, target and client of one process, and its first questions to the target."""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path

import conformance.resources  # noqa: F401  # registers what the API is about
from conformance.contract.contract import Contract, Operation
from conformance.custody.guard import Guard
from conformance.custody.ledger import Ledger
from conformance.custody.made_objects import MadeObjects
from conformance.custody.removal import NO_WAY
from conformance.custody.run_files import RunFiles, list_made_by_others
from conformance.custody.sweep import Sweep, describe_staying
from conformance.http.client import Client, LimitReached, RequestLog
from conformance.http.connection import Connection
from conformance.http.exchange import Exchange, Request, build_bare_request
from conformance.http.gateways import is_by_gateway
from conformance.http.limiter import Limiter
from conformance.http.renewal import Renewals
from conformance.http.variables import name_token_variable
from conformance.judging.live import RunJudge
from conformance.mark import make_id_of_seed, mark_of
from conformance.oracle.access import switch_off
from conformance.oracle.declaration.registry import list_resources
from conformance.oracle.facts import State
from conformance.oracle.learning import observe
from conformance.oracle.served import describe_answering
from conformance.plain.opening import look_at_plain
from conformance.profile import ANONYMOUS, Caller, Credential, Profile, ProfileError
from conformance.results.unserved import NOT_SERVED
from conformance.results.waivers import Waivers
from conformance.running.dealing import Shard
from conformance.running.first_look import FirstLook, is_crash
from conformance.running.own_side import ask_as_issued
from conformance.session.harness import Harness
from conformance.session.provider_states import ProviderStates
from conformance.session.turns import PlaceOccupied, Turns
from conformance.target.introduction import Look, check_usable, introduce_caller, read_posture
from conformance.target.target import Unusable

BASELINE = "conformance-baseline"
AGAIN = "`evershell-conformance cleanup` tries again"


def name_world(case: str, seed: int, salt: str = "") -> str:
    """Return the name of the world of a case; salt: what a run on somebody's server has beside its seed."""
    digest = hashlib.sha256(f"{salt}/{seed}/{case}".encode()).hexdigest()
    return f"conformance-{digest[:16]}"


class Suite:
    """The values that all tests of one process share, and what has to be closed at its end."""

    def __init__(
        self,
        profile: Profile,
        contract: Contract,
        *,
        seed: int,
        log: Path | None = None,
        connection: Connection | None = None,
        run_id: str = "",
        salt: str = "",
        probe_unsafe: bool = False,
    ) -> None:
        """Make the suite of a profile and a contract.

        `run_id` is in the mark of a run, `salt` in the names of its worlds: runs of one seed on one server differ by
        them. `probe_unsafe` is the guard's.
        """
        self.profile, self.contract = profile, contract
        self.seed, self.salt, self.run_id = seed, salt, run_id or make_id_of_seed(seed)
        self.connection = connection or Connection()
        self.guard = Guard(contract, profile, salt if profile.world_url else run_id, may_probe_unsafe=probe_unsafe)
        self.client = Client(
            profile.limits,
            RequestLog(log) if log else None,
            connection=self.connection,
            renewals=Renewals(profile.callers),
            check=self.guard.check,
        )
        self.client.health.url = profile.url
        if session := contract.session:
            self.client.whoami = build_bare_request(session)
        for caller in profile.callers:
            if caller.token:
                self.client.mask(caller.token, name_token_variable(caller.name) or "TOKEN")
        self.judge = RunJudge(contract)
        self.baseline = State(  # the facts known before the first test
            contract=contract,
            is_own_world=profile.world_url is not None,
            steady=frozenset(self.guard.given) | {*profile.known.expendable},
            prefix=self.prefix,
        )
        self.asked: frozenset[str] = frozenset()  # the ids of the operations that alone are judged; empty: all are
        self.in_full = False  # whether what a seed would deal of directed cases and values is judged in full
        self.waivers = Waivers()
        self.files: RunFiles | None = None
        self.ledger: Ledger | None = None
        self.turns: Turns | None = None
        self.shard: Shard | None = None  # the part of the run that is judged here; None where it is the whole
        self.single = False  # whether the run needs one process, since nothing can be written that several would share
        self.notes: tuple[str, ...] = ()  # remarks on how the run was made, for every report
        self.counted = self.counted_throttled = 0  # requests that a case's count has, or the preparation's
        self.closing = ExitStack()
        """Ends what else was opened for the run."""

    def encode_for_worker(self) -> bytes:
        """Return the profile, seed, id and files of the run, for a worker of pytest-xdist."""
        return pickle.dumps((self.profile, self.seed, self.run_id, self.files))

    def use_own_connections(self) -> None:
        """Use new connections from now on, and take turns with other processes where tests share a place."""
        self.client.reconnect()
        if self.files:
            self.share(self.files, ledger=Ledger(self.files.ledger) if self.ledger else None)

    def share(self, files: RunFiles, *, ledger: Ledger | None) -> None:
        """Share limits and ledger with the other processes of the run, and take turns with them.

        And with those of other runs: who can bring an org to another billing posture does so for all of them, and what
        the profile calls expendable is had by one test at a time.
        """
        self.files, self.ledger = files, ledger
        self.client.limiter = Limiter(self.profile.limits, files.count)
        if self.turns:
            self.turns.close()
        profile = self.profile
        place = profile.states_url or (profile.url if profile.known.expendable else None)
        self.turns = Turns(files.find_shared_file(place, "turns")) if ledger and place else None

    def sweep(self) -> list[str] | None:
        """Remove what the tests of all processes left; return what could not be removed, None without a ledger.

        What nobody can remove is noted.
        """
        if self.ledger is None:
            return None
        left: list[str] = []
        if found := self.ledger.read_standing():
            others = list_made_by_others(self.files)
            left = Sweep(self.contract, self.profile, self.client, self.guard, self.ledger, found, others).remove()
        self.notes += tuple(describe_staying(self.ledger.read_standing().staying.values()))
        if self.files is None:
            return left
        if left:
            return [line if line.endswith(NO_WAY) else f"{line}; {AGAIN}" for line in left]
        self.files.remove()
        return []

    def close(self) -> None:
        """Close the connections, and end what was started."""
        self.client.close()
        for shared in (self.ledger, self.turns):
            if shared:
                shared.close()
        if self.files and not self.ledger:
            self.files.remove()
        self.closing.close()

    @property
    def prefix(self) -> str:
        """The beginning of the names of everything that the run makes."""
        return mark_of(self.run_id)

    def open_session(self, rule_id: str, case: str) -> Harness:
        """Return the session of one test, in a world of its own where the target has worlds."""
        world = name_world(case, self.seed, self.salt)
        states, states_url = None, self.profile.states_url
        if states_url and not self.profile.limits.read_only:
            own = self.profile.world_url is not None and "{world}" in states_url
            states = ProviderStates(
                states_url.replace("{world}", world), self.client, is_own_world=own, ledger=self.ledger
            )
        return Harness(
            contract=self.contract,
            profile=self.profile,
            client=self.client,
            rule=self.contract.rules[rule_id],
            case=case,
            seed=self.seed,
            knowledge=self.baseline,
            world=world,
            provider_states=states,
            made=MadeObjects(self.client.limiter, self.ledger, self.profile, self.guard),
            turns=self.turns,
            prefix=self.prefix,
            asked=self.asked,
            is_in_full=self.in_full,
        )

    def prepare(self, *, first: bool = True) -> None:
        """Ask who the callers are and what they see; the first process of a run writes down what was there before it.

        Unusable where the target cannot be judged, ProfileError where it says something else of a caller than the
        profile does.
        """
        try:
            with ExitStack() as turn:
                if self.turns:
                    self.turns.share()
                    turn.callback(self.turns.leave)
                self._introduce()
                if first and self.contract.unserved:
                    self.notes += tuple(self._find_served_otherwise())
                if first and self.ledger:
                    self._note_what_was_there(self.ledger)
        except PlaceOccupied as reason:
            raise Unusable(f"{self.profile.url}: {reason}") from None

    def _introduce(self) -> None:
        session, callers = self.contract.session, self.profile.callers
        answers = self._ask_first(session)
        if session is None:
            self._introduce_without_session()
        if session is None or not callers:
            return
        for caller, answer in zip(callers, answers, strict=True):
            if known := read_posture(caller, answer):
                self.baseline = self.baseline.with_posture(caller.org, known)
        if not self.profile.is_self_described:
            told = (
                caller if self._is_wrongly_refused(caller, answer) else introduce_caller(caller, answer)
                for caller, answer in zip(callers, answers, strict=True)
            )
            self.profile = replace(self.profile, callers=tuple(told))
        self._list_objects()

    def _ask_first(self, session: Operation | None) -> Sequence[Exchange]:
        """Return who each caller is by the target's own answer; raises Unusable where nothing about it is right."""
        profile, timeout_s = self.profile, self.client.health.timeout_s
        look = FirstLook(self.contract, self.guard, profile.callers, self.baseline, profile.url, self._send, timeout_s)
        for caller in profile.callers or (None,):
            if session is not None and not look.is_over:
                look.note(caller, self._ask_who(session, caller))
        if self.contract.is_plain:
            return look_at_plain(self.contract, self.profile.callers, self._send, profile.url)
        answers = tuple(look.answers)
        if not self.profile.callers and answers and answers[0].status in (401, 403):
            if "html" not in answers[0].media_type:  # a page may be of whatever stands before the target
                return answers
        elif answers:
            if profile.callers and all(map(self._is_wrongly_refused, profile.callers, answers)):
                return answers
            self._check_usable(answers, look)
        self._check_hope(answers, look)
        return answers

    def _check_hope(self, answers: Sequence[Exchange], look: FirstLook) -> None:
        """Raise Unusable where no answer is right, unless nearly all are crashes that are the target's mistake."""
        try:
            look.check_hope()
        except Unusable:
            if len(answers) < len(self.profile.callers) or not self._has_crashed_by_itself(look):
                raise

    def _check_usable(self, answers: Sequence[Exchange], look: FirstLook) -> None:
        """Raise Unusable where no caller is told who it is, unless only that is missing or kept from all of them."""
        try:
            check_usable(answers)
        except Unusable as reason:
            if any(answer.status not in (403, 404) for answer in answers):
                raise
            with suppress(Unusable):
                look.check_hope()
            if not look.has_hope:
                raise reason from None

    def _is_wrongly_refused(self, caller: Caller, answer: Exchange) -> bool:
        """Return whether a caller got a 401 that is the target's mistake, and not a matter of the profile's token."""
        if answer.status != 401:
            return False
        issued = self._ask_as_issued([caller], f"credential of {caller.name}")
        return issued is not None and issued.status == 401

    def _has_crashed_by_itself(self, look: FirstLook) -> bool:
        """Return whether nearly every answer is a 500, though the target has what its own side needs."""
        issued = self._ask_as_issued(self.profile.callers, "first look") if look.is_crashing else None
        return issued is not None and is_crash(issued)

    def _ask_as_issued(self, callers: Sequence[Caller], case: str) -> Exchange | None:
        """Return the answer to a credential that the target's own side has just issued; None where it issues none."""
        rule_id = next(iter(self.contract.rules), None)
        return ask_as_issued(self.open_session(rule_id, case), callers) if rule_id else None

    def _introduce_without_session(self) -> None:
        """Take the profile's word for who the callers are, where the target is not asked."""
        asked = bool(self.contract.scopes) and not self.contract.is_plain
        if unknown := [caller.name for caller in self.profile.callers if asked and caller.scopes is None]:
            session = self.contract.features.session
            why = f"{session} is not served" if session else "no operation of the contract says who the caller is"
            raise ProfileError(f"callers.{unknown[0]}.scopes: is missing; {why}, so nobody else tells them")
        if listings := self._list_objects():
            check_usable(listings)

    def _find_served_otherwise(self) -> Iterator[str]:
        """Yield which operations answer, though the profile says that they are not served."""
        caller = next(iter(self.profile.callers), None)
        look = Look(self._send_first, lambda name: self.guard.make_absent_id(name, "served"), caller)
        answers = [(each.operation_id, look.answer(each)) for each in self.contract.unserved]
        named = [(name, answer) for name, answer in answers if answer and answer.status not in NOT_SERVED]
        if named:
            yield describe_answering(named)

    def _note_what_was_there(self, ledger: Ledger) -> None:
        listed = [resource.name for resource in list_resources() if resource.listed_by]
        for org in self._choose_one_of_each_org():
            for name in listed:
                ledger.enter_before(org, name, [fact.id for fact in self.baseline.list_owned(name, org)])

    def _ask_who(self, session: Operation, caller: Caller | None) -> Exchange:
        exchange = self._ask(session, caller)
        if exchange.failure is not None:
            raise Unusable(f"{self.profile.url}: {exchange.failure}")
        if is_by_gateway(exchange):  # after some seconds of tries; the next caller would be answered alike
            check_usable([exchange])
        return exchange

    def _list_objects(self) -> list[Exchange]:
        """List the objects that the first caller of each org sees, for the oracle; the answers."""
        answers = []
        for resource in list_resources():
            listing = self.contract.operations.get(resource.listed_by or "")
            if listing is None or listing.names_object:
                continue
            for caller in self._choose_one_of_each_org().values():
                exchange = self._ask(listing, caller)
                answers.append(exchange)
                self.baseline = observe(self.baseline, caller, exchange)
                off = resource.switched_off
                if off and self.profile.world_url and (exchange.status, exchange.code) == (503, off.code):
                    # Nobody else is in a world, and each begins as this one did.
                    self.baseline = switch_off(self.baseline, off, caller.org)
                plain = self.contract.is_plain and exchange.has_succeeded
                for shown in resource.list_objects(exchange.json) if plain else ():
                    self.guard.note_there(resource.to_custody(shown["id"]))
            for fact in self.baseline.get_facts(resource.name).values():
                self.guard.note_elsewhere(fact.id, None if fact.is_platform else fact.foreign_to)
        return answers

    def _choose_one_of_each_org(self) -> dict[str, Caller]:
        """Return the first caller of each org, in the profile's order."""
        orgs = dict.fromkeys(caller.org for caller in self.profile.callers)
        return {org: next(caller for caller in self.profile.callers if caller.org == org) for org in orgs}

    def _ask(self, operation: Operation, caller: Caller | None) -> Exchange:
        try:
            return self._send(caller, build_bare_request(operation))
        except LimitReached as error:
            raise Unusable(str(error)) from None

    def _send(self, caller: Caller | None, request: Request) -> Exchange:
        """Send a request that is served or refused by a right server, and changes nothing in either case."""
        if caller is None:
            return self._send_first(request, ANONYMOUS, self.guard.make_absent_id("org"))
        return self._send_first(request, caller.credential, caller.org)

    def _send_first(self, request: Request, credential: Credential, org: str) -> Exchange:
        """Send a harmless request before the first test."""
        return self.client.send(
            request.put_in_org(org), credential, self.profile.find_url(org, BASELINE), harmless=True
        )

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
