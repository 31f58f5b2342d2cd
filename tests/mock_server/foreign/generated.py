"""Requests that Schemathesis generates of a contract, half of them about objects that earlier answers have shown."""

from collections.abc import Mapping
from random import Random
from typing import Any
from urllib.parse import quote

import httpx
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode

SEED = 7


def send_generated(client: httpx.Client, document: Mapping[str, Any], count: int) -> list[httpx.Response]:
    """Send so many requests to a mock, below the base URL of a client, and return the answers."""
    schema = schemathesis.openapi.from_dict(dict(document))
    operations = [each.ok() for each in schema.get_all_operations()]
    modes = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    strategies = [each.as_strategy(generation_mode=mode) for each in operations for mode in modes]
    known: list[Any] = []
    answers: list[httpx.Response] = []
    draw = Random(SEED)  # noqa: S311  # the same requests each time

    @seed(SEED)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.one_of(strategies))
    def send(case: Any) -> None:
        path = case.path
        for name, value in (case.path_parameters or {}).items():
            chosen = draw.choice(known) if known and draw.random() < 0.5 else value
            path = path.replace(f"{{{name}}}", quote(str(chosen), safe="") or "_")
        made = case.as_transport_kwargs(base_url="http://localhost")
        headers = {name: value for name, value in dict(made["headers"]).items() if value is not None}
        headers["Authorization"] = headers.get("Authorization") or "Bearer fake-token-of-alice"
        headers = {name: _as_latin(value) for name, value in headers.items()}
        body = {"json": made["json"]} if made.get("json") is not None else {"content": _as_bytes(made.get("data"))}
        answer = client.request(case.method, path, params=made.get("params"), headers=headers, **body)
        answers.append(answer)
        _remember(answer, known)

    send()
    return answers


def _as_latin(value: Any) -> str:
    return str(value).encode("latin-1", "replace").decode("latin-1").replace("\n", " ").replace("\r", " ").strip()


def _as_bytes(value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value or "").encode()


def _remember(answer: httpx.Response, known: list[Any]) -> None:
    """Take note of the names and ids that a success shows."""
    if not answer.is_success or "json" not in answer.headers.get("content-type", ""):
        return
    waiting = [answer.json()]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting += value
        elif isinstance(value, dict):
            known += [value[name] for name in ("id", "slug", "username") if isinstance(value.get(name), str | int)]
            waiting += [each for each in value.values() if isinstance(each, list | dict)]
    del known[:-20]
