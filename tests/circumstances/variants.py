"""What a right server may say otherwise than ours: fields, orders, headers, times."""

from __future__ import annotations

import random
import re
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from typing import Any

from tests.proxy.behaviour import Behaviour
from tests.proxy.messages import Answer, Headers, Request

Document = dict[str, Any]
TIMES = ("created_at", "updated_at")


def on_objects(change: Callable[[Document], Document]) -> Behaviour:
    """Return what changes each pack that an answer shows, alone or in a list."""

    def replaces(_: Request, answer: Answer) -> Answer:
        shown = _success(answer)
        if isinstance(shown.get("packs"), list):
            return answer.with_json({**shown, "packs": [change(each) for each in shown["packs"]]})
        return answer.with_json(change(shown)) if "tier" in shown else answer

    return Behaviour(replaces=replaces)


def on_session(change: Callable[[Document], Document]) -> Behaviour:
    """Return what changes each session that an answer shows."""

    def replaces(request: Request, answer: Answer) -> Answer:
        shown = _success(answer)
        return answer.with_json(change(shown)) if request.path.endswith("/me/session") and shown else answer

    return Behaviour(replaces=replaces)


def on_list(change: Callable[[list[Any]], list[Any]]) -> Behaviour:
    """Return what changes each list of packs."""

    def replaces(_: Request, answer: Answer) -> Answer:
        shown = _success(answer)
        found = shown.get("packs")
        return answer.with_json({**shown, "packs": change(found)}) if isinstance(found, list) else answer

    return Behaviour(replaces=replaces)


def on_header(status: int, name: str, change: Callable[[str], list[str]]) -> Behaviour:
    """Return what puts these in the place of a header of the answers with this status, each on a line of its own."""

    def replaces(_: Request, answer: Answer) -> Answer:
        given = answer.headers.get(name)
        if answer.status != status or given is None:
            return answer
        lines = tuple((name, value) for value in change(given))
        return replace(answer, headers=Headers((*answer.headers.without(name.lower()).pairs, *lines)))

    return Behaviour(replaces=replaces)


def lagging(seconds: float) -> Behaviour:
    """Return what shows a list as it was so long ago, to each caller; what came since is not there yet."""
    seen: dict[str, list[tuple[float, Answer]]] = {}
    lock = threading.Lock()

    def replaces(request: Request, answer: Answer) -> Answer:
        if not isinstance(_success(answer).get("packs"), list):
            return answer
        now = time.monotonic()
        with lock:
            before = seen.setdefault(request.headers.get("authorization", ""), [])
            before.append((now, answer))
            while len(before) > 1 and before[1][0] <= now - seconds:
                before.pop(0)
            return before[0][1]

    return Behaviour(replaces=replaces)


def _success(answer: Answer) -> Document:
    """Return the JSON object of a success; an empty one where it is none."""
    if answer.status >= 300 or not answer.headers.get("content-type", "").startswith("application/json"):
        return {}
    shown = answer.json
    return shown if isinstance(shown, dict) else {}


def _whole_seconds(shown: Document) -> Document:
    return {**shown, **{name: re.sub(r"\.\d+", "", shown[name]) for name in TIMES if name in shown}}


def _without_times(shown: Document) -> Document:
    return {name: value for name, value in shown.items() if name not in TIMES}


def _shuffled(shown: list[Any]) -> list[Any]:
    return random.sample(shown, len(shown))


CHANGING = count(1)
"""Another value each time."""
STABLE = {"labels": {"team": "x"}, "schema_version": 3}
VARIANTS: dict[str, Callable[[], Behaviour]] = {
    "unknown-scopes": lambda: on_session(lambda it: {**it, "permissions": ["models:tune", *it["permissions"], "zz:y"]}),
    "scopes-twice": lambda: on_session(lambda it: {**it, "permissions": it["permissions"] * 2}),
    "scopes-in-any-order": lambda: on_session(lambda it: {**it, "permissions": _shuffled(it["permissions"])}),
    "unknown-role": lambda: on_session(
        lambda it: {
            **it,
            "memberships": [*it["memberships"], {"org_id": "org_other", "role": "auditor", "billing_status": "active"}]
            if it["memberships"]
            else [],
        }
    ),
    "negotiate-beside": lambda: on_header(401, "WWW-Authenticate", lambda it: [it, "Negotiate"]),
    "negotiate-before": lambda: on_header(401, "WWW-Authenticate", lambda it: ["Negotiate", it]),
    "negotiate-in-one-line": lambda: on_header(
        401, "WWW-Authenticate", lambda _: ['Negotiate, Bearer realm="api", error="invalid_token"']
    ),
    "bearer-in-lower-case": lambda: on_header(401, "WWW-Authenticate", lambda _: ["bearer"]),
    "more-methods-allowed": lambda: on_header(405, "Allow", lambda it: [it + ", HEAD, OPTIONS"]),
    "extra-fields": lambda: on_objects(lambda it: {**it, **STABLE}),
    "changing-extra-fields": lambda: on_objects(
        lambda it: {**it, "etag": f'W/"{next(CHANGING)}"', "seen": next(CHANGING)}
    ),
    "extra-fields-of-the-session": lambda: on_session(lambda it: {**it, "plan": "team", "seen": next(CHANGING)}),
    "whole-seconds": lambda: on_objects(_whole_seconds),
    "no-times": lambda: on_objects(_without_times),
    "lists-in-any-order": lambda: on_list(_shuffled),
    "a-list-that-lags": lambda: lagging(1.0),
}
"""By name, what makes each happen."""
