"""Judge a request that is passed on, and the answer to it, by the contract."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mock_server.errors import ApiError
from mock_server.pipeline.gates.body import check_body, check_media_type
from mock_server.pipeline.gates.parameters import check_parameters
from mock_server.pipeline.response_check import find_breach
from mock_server.worlds.answer import Answer
from mock_server.worlds.call import Call


async def judge_request(call: Call, content: bytes) -> list[str]:
    """Return what a request breaks: its parameters, its media type, its body. `content` is its body, all of it."""
    call.arrived = lambda: content
    call.receive = _make_receive(content)
    found = []
    for gate in (check_parameters, check_media_type, check_body):
        try:
            waiting = gate(call)
            if waiting is not None:
                await waiting
        except ApiError as refusal:
            found.append(f"request: {_join_in_words(refusal)}")
    return found


def judge_answer(call: Call, answer: Answer, *, is_stream: bool) -> list[str]:
    """Return what an answer breaks: its status, its headers, its media type, its body unless it is a stream."""
    declared = call.operation.responses.get(answer.status)
    if declared is not None and declared.media and answer.body and b"content-type" not in answer.headers:
        return ["answer: it has no Content-Type"]
    if is_stream and declared is not None and declared.media:
        media = answer.headers[b"content-type"].partition(b";")[0].strip().decode("latin-1")
        return [] if media in declared.media else [f"answer: the media type {media} is not declared"]
    if declared is not None and declared.media and not answer.body and not declared.body_optional:
        return ["answer: it has no body"]
    problem = find_breach(call.contract, call.operation, answer)
    return [] if problem is None else [f"answer: {problem}"]


def _make_receive(content: bytes) -> Any:
    """Return what gives a body that has come already, as ASGI does."""

    async def read_body() -> Mapping[str, Any]:
        return {"type": "http.request", "body": content, "more_body": False}

    return read_body


def _join_in_words(refusal: ApiError) -> str:
    fields = refusal.details.get("fields")
    if isinstance(fields, Mapping) and fields:
        return "; ".join(f"{name}: {text}" for name, text in fields.items())
    return refusal.message
