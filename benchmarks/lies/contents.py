"""Lies about what is no JSON field: bytes of a file, as they are read or put in, and required headers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from benchmarks.lies.contract import JSON, Contract, Operation
from benchmarks.lies.lie import Asked, Lie, Says, Teller
from tests.proxy.messages import Answer

KIB = 1024
CHANGES: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "last-cut": ("lack their last one", lambda content: content[:-1]),
    "first-altered": (
        "have another first one",
        lambda content: bytes([content[0] ^ 1]) + content[1:] if content else content,
    ),
    "middle-altered": ("have another one in their middle", lambda content: _flip_bit(content, len(content) // 2)),
    "line-ends": ("have CR LF where they had LF", lambda content: content.replace(b"\n", b"\r\n")),
    "end-trimmed": ("lack white space at their end", lambda content: content.rstrip()),
    "line-added": ("have a line end more", lambda content: content + b"\n"),
    "mark-stripped": ("lack a byte order mark", lambda content: content.removeprefix(b"\xef\xbb\xbf")),
    "seven-bits": ("have `?` for what is not ASCII", lambda content: bytes(it if it < 128 else 63 for it in content)),
    "null-cut": ("end before the first NUL", lambda content: content.partition(b"\0")[0]),
    "cut-64k": ("end after 64 KiB", lambda content: content[: 64 * KIB]),
    "emptied": ("are none at all", lambda _: b""),
}


def lies(contract: Contract) -> Iterator[Lie]:
    """Yield every one."""
    for operation in contract.operations:
        binary = operation.success.schema is None
        raw = operation.body is None and operation.body_type not in ("", "multipart/form-data")
        for about, (says, change) in CHANGES.items():
            if binary:
                sentence = f"The bytes that {operation.id} answers {says}."
                teller = partial(Says, operation, operation.success.status, partial(_change_answer, change))
                yield Lie("bytes-read", operation.id, about, sentence, teller)
            if raw:
                sentence = f"The bytes that {operation.id} stores {says}."
                yield Lie("bytes-stored", operation.id, about, sentence, partial(_Stored, operation, change))
        if binary:
            sentence = f"{operation.id} answers with what it answered the time before."
            yield Lie("bytes-read", operation.id, "of-the-last", sentence, partial(_OfTheLast, operation))
        yield from _list_header_lies(operation)


def _list_header_lies(operation: Operation) -> Iterator[Lie]:
    for it in operation.responses.values():
        for name, header in it.headers.items():
            if not header.get("required"):
                continue
            sentence = f"No {it.status} of {operation.id} has {name}."
            yield Lie(
                "header-left-out",
                operation.id,
                f"{it.status}:{name}",
                sentence,
                partial(_Without, operation, it.status, name),
            )
            if "pattern" in header["schema"]:
                sentence = f"{name} is turned round in every {it.status} of {operation.id}."
                change = partial(_turn_name, name)
                teller = partial(Says, operation, it.status, change)
                yield Lie("header-altered", operation.id, f"{it.status}:{name}", sentence, teller)
        if it.schema is not None:
            sentence = f"Every {it.status} of {operation.id} is sent as text/html."
            teller = partial(Says, operation, it.status, lambda answer: answer.with_header("Content-Type", "text/html"))
            yield Lie("media-type", operation.id, str(it.status), sentence, teller)


def _flip_bit(content: bytes, at: int) -> bytes:
    return content[:at] + bytes(it ^ 1 for it in content[at : at + 1]) + content[at + 1 :]


def _change_answer(change: Callable[[bytes], bytes], answer: Answer) -> Answer:
    return replace(answer, body=change(answer.body))


def _turn_name(name: str, answer: Answer) -> Answer:
    return answer.with_header(name, answer.headers[name][::-1]) if name in answer.headers else answer


class _Without(Says):
    """A lie that leaves out a header. Where it is the length, the end of the body is told by a transfer coding."""

    def __init__(self, operation: Operation, status: int, name: str) -> None:
        super().__init__(operation, status, lambda answer: answer.without_header(name))
        self.chunked = name.lower() == "content-length"


class _Stored(Teller):
    def __init__(self, operation: Operation, change: Callable[[bytes], bytes]) -> None:
        self._operation, self._change = operation, change

    def replace_answer(self, asked: Asked) -> Answer | None:
        if asked.operation is not self._operation or asked.request.headers.get("content-type") == JSON:
            return None
        body = self._change(asked.request.body)
        return None if body == asked.request.body else asked.ask(replace(asked.request, body=body))


class _OfTheLast(Teller):
    def __init__(self, operation: Operation) -> None:
        self._operation = operation
        self._last: dict[str, bytes] = {}

    def tell(self, asked: Asked, answer: Answer) -> Answer:
        if asked.operation is not self._operation or answer.status != asked.operation.success.status:
            return answer
        before, self._last[asked.world] = self._last.get(asked.world), answer.body
        return answer if before is None else replace(answer, body=before)
