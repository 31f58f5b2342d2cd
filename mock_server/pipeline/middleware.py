"""The way of a request, from the bytes that arrive to the bytes that leave.

    host, CORS → world → the gates, in their order → operation → response check → commit

Some of the gates answer in the place of the operation: what the client prefers, what a fault makes.

The first middleware of the application: Connexion reads, validates and resolves the contract once, and at each
request the frozen values made of it suffice. Below it are Connexion's own, for APIs that are added beside ours.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from mock_server.access import redaction
from mock_server.access.credentials import authenticate
from mock_server.access.foreign import find_challenges
from mock_server.bounded_cache import bounded_cache
from mock_server.contract.forced import HEADER as UNDECLARED
from mock_server.contract.forced import ForcedAnswer
from mock_server.contract.framework import SpecMiddleware
from mock_server.errors import ApiError, ContractBreach, ContractError, Unauthenticated
from mock_server.operation import Reply
from mock_server.pipeline.address import CONSOLE, ENTRY, ENTRY_HEADER, read_mount_path
from mock_server.pipeline.connection import KEY
from mock_server.pipeline.cors import Cors
from mock_server.pipeline.destination import Destinations, Log, Mount
from mock_server.pipeline.gates import RESPONSE_CHECK, WORLD, Gate
from mock_server.pipeline.gates.body import Disconnected, read_available_body
from mock_server.pipeline.hooks import AnsweredElsewhere, Hooks
from mock_server.pipeline.response_check import find_breach
from mock_server.pipeline.sending import Send, send_answer, send_at_once
from mock_server.pipeline.waiting import wait_for
from mock_server.worlds.answer import Answer, render, write_date
from mock_server.worlds.call import Call, Receive, return_none
from mock_server.worlds.epoch import Superseded
from mock_server.worlds.faults import ConnectionDropped, FaultOutcome
from mock_server.worlds.journal import NOT_ANSWERED, Entry
from mock_server.worlds.world import World

log = logging.getLogger(__name__)

_NOTHING: Mapping[str, Any] = {}
_ENTRY_HEADER = ENTRY_HEADER.lower().encode()


def _mark_console(scheme: str) -> Callable[[bytes], bytes]:
    return bounded_cache(lambda host: b"%b://%b%b#/" % (scheme.encode(), host, CONSOLE.encode()))


_CONSOLES = {scheme: _mark_console(scheme) for scheme in ("http", "https")}
"""The address of the console by the scheme of a request and its host, with the path that the mock is mounted at."""


class Pipeline(SpecMiddleware):  # type: ignore[misc]  # Connexion has no types
    """Serves the contract and the control API, and leaves the APIs that are added to Connexion."""

    def __init__(
        self,
        app: Callable[..., Awaitable[None]],
        *,
        destinations: Destinations,
        hooks: Hooks,
        cors: Cors,
        log: Log | None = None,
    ) -> None:
        self._app = app
        self._destinations = destinations
        self._destination = destinations.find
        self._hooks = hooks
        self._cors = cors
        self._log = log
        self._others: tuple[str, ...] = ()
        """The base paths of APIs that were added, each with a slash at its end."""

    def add_api(self, specification: Any, *, base_path: str | None, **_options: Any) -> None:
        """Leave what is below the base path of another API to Connexion; ContractError where that is the mock's own."""
        base = (base_path or specification.base_path).rstrip("/")
        if not base or self._destinations.is_own(base):
            raise ContractError(f"add_api: {base or '/'} is the mock's own; give the API another base_path")
        self._others += (f"{base}/",)

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Answer one request. What is no HTTP request, or of an API that was added, is left to Connexion."""
        if scope["type"] != "http" or (self._others and self._is_of_another(scope)):
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        if len(headers) != len(scope["headers"]):
            headers = _join_headers(scope["headers"])
        connection = scope.get("state", _NOTHING).get(KEY)
        found = self._destination(scope, headers)
        if isinstance(found, Answer):
            answer = found
        else:
            mount, path, world = found
            call = Entry(
                mount.contract,
                mount.authenticate or authenticate,
                world.product.orgs,
                None if mount.own_world is not None else world.faults,
                self._cors.origins,
                world.state,
                self._hooks.now(world),
                scope["method"],
                path,
                scope["query_string"],
                headers,
                receive,
                return_none if connection is None else connection.read_arrived,
            )
            call.request_id = self._hooks.request_id(world)
            try:
                answer = await self._check(call, mount, world, call.request_id)
            except Disconnected:
                return
            except Superseded as end:
                answer = self._drop(call, world, end)
            answer = self._record(call, mount, world, answer, scope)
        if (origin := headers.get(b"origin")) is not None:
            self._cors.share(origin, answer)
        method = scope["method"]
        if not send_at_once(answer, method, connection):
            to_browser = b"sec-fetch-site" in headers
            await send_answer(answer, method, connection, receive, send, to_browser=to_browser)

    def _is_of_another(self, scope: Mapping[str, Any]) -> bool:
        path: str = scope["path"].removeprefix(scope.get("root_path", ""))
        return f"{path}/".startswith(self._others)

    def _record(self, call: Entry, mount: Mount, world: World, answer: Answer, scope: Mapping[str, Any]) -> Answer:
        """Record an answer, and return it as it leaves."""
        answer.headers[b"date"] = write_date(call.now)
        log = self._log
        if mount.own_world is not None:
            if log is not None:
                log.write_control_call(call.method, mount.contract.base_path + call.path, answer)
            return answer
        outcome = call.fault_outcome
        if outcome is not None and outcome.applied is not None:
            answer.headers[b"preference-applied"] = outcome.applied.encode("latin-1")
        if self._hooks.answer is not None and answer.status != NOT_ANSWERED:
            answer = self._hooks.answer(call, answer)
        if world.record(call, answer):
            host = call.headers.get(b"host", b"localhost") + read_mount_path(scope)
            console = _CONSOLES[scope.get("scheme", "http")](host)
            answer.headers[_ENTRY_HEADER] = ENTRY % (console, world.console, call.id)
        if log is not None:
            log.write_call(call, world.name)
        if outcome is not None and outcome.truncate is not None:
            return answer._replace(cut=outcome.truncate)
        return answer

    def _drop(self, call: Entry, world: World, end: Superseded) -> Answer:
        """End the connection of a request whose world was reset or replaced while it waited."""
        call.now = self._hooks.now(world)
        call.refused_by = WORLD
        call.dropped = f"The world was {end} while the request was under way; its connection was ended."
        if world.closed:
            path = redaction.mask_path(call.contract.base_path + call.path)
            log.warning("dropped %s %s: the world %s was %s while it was under way", call.method, path, world.name, end)
        return Answer(NOT_ANSWERED, {}, b"", cut=0)

    async def _check(self, call: Call, mount: Mount, world: World, request_id: str) -> Answer:
        gate: Gate | None = None
        try:
            for gate in self._hooks.gates:
                waiting = gate(call)
                if waiting is not None:
                    await wait_for(call, world, self._hooks, waiting, gate)
            gate = None
            answer = mount.serve(call, world, request_id, self._hooks)
            return answer if isinstance(answer, Answer) else await answer
        except (ApiError, ForcedAnswer, ConnectionDropped) as end:
            call.refused_by = call.refused_by or self._hooks.name_gate(gate)
            await world.epoch.wait_for(read_available_body(call))
            return _answer_end(end, call, request_id)
        except AnsweredElsewhere as end:
            return end.answer
        except (Disconnected, Superseded):
            raise
        except Exception:  # whatever it is, the client gets the envelope and the log the traceback
            log.exception("contract_breach %s: %s %s failed", request_id, call.method, call.path)
            return render(ContractBreach("The mock failed; its log says how."), request_id, call.contract.errors)


def _join_headers(headers: Iterable[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """Return headers of which some were sent more than once with their values as one list (RFC 9110, 5.3)."""
    joined: dict[bytes, bytes] = {}
    for name, value in headers:
        joined[name] = joined[name] + b", " + value if name in joined else value
    return joined


def _answer_end(end: ApiError | ForcedAnswer | ConnectionDropped, call: Call, request_id: str) -> Answer:
    """Return the answer to a call that a gate or the operation ended."""
    if isinstance(end, ConnectionDropped):
        return Answer(NOT_ANSWERED, {}, b"", cut=0)
    if isinstance(end, ContractBreach):
        return _answer_breach(end, call, request_id)
    if isinstance(end, ForcedAnswer):
        body = end.sample.answer_request(request_id, call.contract.errors)
        answer = render(Reply(end.status, body, end.sample.media_type, end.headers), request_id)
        if end.undeclared:
            call.fault_outcome = call.fault_outcome or FaultOutcome()
            call.fault_outcome.undeclared = True
            return answer
    else:
        if call.contract.foreign_errors is not None:
            return _answer_end_elsewhere(end, call, request_id)
        answer = render(end, request_id, call.contract.errors)
    if problem := find_breach(call.contract, getattr(call, "operation", None), answer):
        return _answer_breach(ContractBreach(problem), call, request_id)
    return answer


def _answer_end_elsewhere(end: ApiError, call: Call, request_id: str) -> Answer:
    """Return the answer to a call that another API refuses: in its form, and marked where it does not declare one."""
    operation = getattr(call, "operation", None)
    error = call.contract.foreign_errors.make(operation, end, request_id)
    headers = end.headers
    if operation is not None and isinstance(end, Unauthenticated):
        headers = find_challenges(operation.places)
    if not error.is_declared:
        headers += ((UNDECLARED, "true"),)
        call.fault_outcome = call.fault_outcome or FaultOutcome()
        call.fault_outcome.undeclared = True
    return render(Reply(error.status, error.body, error.media_type, headers), request_id)


def _answer_breach(defect: ContractBreach, call: Call, request_id: str) -> Answer:
    call.refused_by = RESPONSE_CHECK
    log.error("contract_breach %s: %s %s: %s", request_id, call.method, call.path, defect.message)
    return render(defect, request_id, call.contract.errors)
