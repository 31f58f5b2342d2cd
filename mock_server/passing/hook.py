"""Pass operations on at the gate of scopes, when it is known who asks, and what the mock knows of it."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Iterable, Mapping
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import quote, unquote

from mock_server.access.bearer import read_key_in_query, read_token
from mock_server.access.callers import NOBODY, Caller
from mock_server.access.origins import SAFE_METHODS
from mock_server.errors import ApiError, Unauthenticated
from mock_server.fixtures import Persona
from mock_server.passing.backend import PASSED_TO, Backend, make_unavailable, select_headers
from mock_server.passing.differing import SeenIds, describe_known_by_one, describe_known_there
from mock_server.passing.judging import judge_answer, judge_request
from mock_server.passing.options import PassingError
from mock_server.pipeline import address
from mock_server.pipeline.gates import BACKEND, Gate
from mock_server.pipeline.gates.access import check_scope
from mock_server.pipeline.gates.body import Disconnected
from mock_server.pipeline.gates.target import make_too_large
from mock_server.pipeline.hooks import AnsweredElsewhere, Hooks
from mock_server.settings import PassedCaller, PassSettings
from mock_server.worlds.answer import Answer
from mock_server.worlds.call import Call, Passage

_PARAMETER = re.compile(r"\{([^}]+)\}")


def choose_operations(passing: PassSettings, operations: Mapping[str, str]) -> Mapping[str, str]:
    """Return the base URL that each operation is passed on to, by its id; the first rule that fits it counts.

    `operations` are the contract's, each with its method and path. PassingError for a rule that fits none.
    """
    found: dict[str, str] = {}
    for rule in passing.rules:
        fitting = [each for each in operations if fnmatchcase(each, rule.pattern)]
        if not fitting:
            near = get_close_matches(rule.pattern, operations, 1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise PassingError(f"--pass {rule.pattern}: the contract has no such operation{hint}")
        wanted = [each for each in fitting if passing.writes or operations[each].partition(" ")[0] in SAFE_METHODS]
        if not wanted:
            raise PassingError(f"--pass {rule.pattern}: it changes something; --pass-writes passes that on too")
        for each in wanted:
            found.setdefault(each, rule.url)
    return found


def with_passing(
    hooks: Hooks, passing: PassSettings, operations: Mapping[str, str], personas: Iterable[Persona]
) -> Hooks:
    """Return the hooks that pass operations on; PassingError where a rule or a caller fits nothing."""
    by_name = {each.name: each.caller for each in personas}
    callers = {by_name[name]: caller for name, caller in passing.callers.items() if name in by_name}
    if not callers:
        raise PassingError(
            f"--pass-profile: none of its callers ({', '.join(passing.callers)}) is named like a persona of the mock, "
            f"such as {', '.join(list(by_name)[:3])}"
        )
    passer = _Passer(choose_operations(passing, operations), callers, Backend(passing.timeout))
    return hooks.with_gate(check_scope, passer.pass_or_gate).with_answer(passer.note_difference)


class _Passer:
    """Passes calls on, and notes of each what it broke and where the two sides differ."""

    def __init__(self, urls: Mapping[str, str], callers: Mapping[Caller, PassedCaller], backend: Backend) -> None:
        self._urls = urls
        self._callers = callers
        self._backend = backend
        self._seen = SeenIds()

    def pass_or_gate(self, before: Gate, call: Call) -> Awaitable[None] | None:
        """Pass a call on, or let it pass the gate that stands here."""
        if call.contract.base_path == address.CONTROL or call.operation.id not in self._urls or _climbs(call.path):
            return before(call)
        return self._pass_on(call, self._urls[call.operation.id])

    def note_difference(self, call: Call, answer: Answer) -> Answer:
        """Note of a call that the mock itself has answered what the other server knows of it."""
        if call.passage is None:
            call.passage = Passage(differs=describe_known_there(call, answer, self._seen))
        return answer

    async def _pass_on(self, call: Call, base: str) -> None:
        content = await _read_content(call)
        caller = self._callers.get(call.caller)
        path = _make_path(call, caller)
        passage = call.passage = Passage(to=f"{base}{path}")
        passage.broke += await judge_request(call, content)
        call.sent, call.sent_length = content, len(content)
        call.refused_by = BACKEND
        if caller is None and call.caller is not NOBODY:
            raise make_unavailable(
                "The profile has no caller for whom this persona stands; add a table [callers.PERSONA]."
            )
        query = _make_query(call)
        url = f"{base}{path}?{query}" if query else f"{base}{path}"
        headers = select_headers(call.operation, call.headers)
        if _hold_credential(call, (url.encode(), content, *headers.values())):
            raise make_unavailable("The request holds the mock's credential in its path, query, headers or body.")
        answer = await self._backend.answer(call.method, url, headers, content, caller)
        passage.broke += judge_answer(call, answer, is_stream=answer.stream is not None)
        passage.differs = describe_known_by_one(call, answer)
        self._seen.note(answer)
        answer.headers[PASSED_TO] = base.encode()
        raise AnsweredElsewhere(answer)


def _climbs(path: str) -> bool:
    """Whether a path leads out of the base URL, or may: the gates of the mock refuse what is meant by it."""
    return any(unquote(each) in {".", ".."} or "\\" in unquote(each) for each in unquote(path).split("/"))


def _make_path(call: Call, caller: PassedCaller | None) -> str:
    """Return the path below the base URL; the org of the caller is named as the other server names it."""
    own = call.operation.own_org
    if own is None or caller is None or unquote(call.raw_path_values[own]) != call.caller.org_id:
        return call.path
    values = {**call.raw_path_values, own: quote(caller.org, safe="")}
    return _PARAMETER.sub(lambda found: values[found[1]], call.route.template)


def _make_query(call: Call) -> str:
    """Return the query as it was sent, without the parameter that may hold a credential."""
    key = call.operation.query_key
    parts = call.query_string.decode("latin-1").split("&")
    return "&".join(each for each in parts if key is None or unquote(each.partition("=")[0]) != key)


async def _read_content(call: Call) -> bytes:
    """Return the whole body of a call; PayloadTooLarge, Disconnected."""
    content = call.arrived()
    if content is not None:
        return content
    body = bytearray()
    more: Any = True
    while more:
        message = await call.receive()
        if message["type"] == "http.disconnect":
            raise Disconnected
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > call.operation.body_limit:
            raise _make_refusal(call, make_too_large(call.operation.max_body))
    return bytes(body)


def _make_refusal(call: Call, refusal: ApiError) -> ApiError:
    call.refused_by = "validation"
    return refusal


def _hold_credential(call: Call, parts: Iterable[bytes]) -> bool:
    """Whether the credential of the caller stands in one of the parts that would be sent on."""
    key = call.operation.query_key
    try:
        token = read_token(call.headers) or (None if key is None else read_key_in_query(call.query_string, key))
    except Unauthenticated:  # nobody's, on an operation that asks for none
        return False
    return token is not None and any(token.encode() in each for each in parts)
