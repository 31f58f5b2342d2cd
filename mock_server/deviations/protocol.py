"""Defects of paths, methods, media types and lengths."""

from __future__ import annotations

from mock_server.answer import Answer
from mock_server.call import Call
from mock_server.deviations import deviation
from mock_server.gates.body import media_type
from mock_server.gates.target import declared_length, known_path
from mock_server.seams import Seams


@deviation("protocol-allow-incomplete", "PROTOCOL-METHOD")
def allow_incomplete(seams: Seams) -> Seams:
    """The Allow of a 405 leaves out PATCH."""

    def change(_call: Call, answer: Answer) -> Answer:
        allow = answer.headers.get(b"allow", b"")
        if b"PATCH" not in allow:
            return answer
        kept = b", ".join(each for each in allow.split(b", ") if each != b"PATCH")
        return answer._replace(headers={**answer.headers, b"allow": kept})

    return seams.with_answer(change)


@deviation("protocol-trailing-slash", "PROTOCOL-TRAILING-SLASH")
def trailing_slash(seams: Seams) -> Seams:
    """A slash at the end of a path is overlooked."""

    def lenient(call: Call) -> None:
        call.path = call.path.rstrip("/")
        known_path(call)

    return seams.with_gate(known_path, lenient)


@deviation("protocol-media-type-ignored", "PROTOCOL-MEDIA-TYPE")
def media_type_ignored(seams: Seams) -> Seams:
    """A body of any media type is read as the operation's own."""

    def lenient(call: Call) -> None:
        own = next(iter(call.operation.bodies.values()), None)
        if own is None or own.kind == "multipart":
            media_type(call)
        else:
            call.body_type = own

    return seams.with_gate(media_type, lenient)


@deviation("protocol-length-off-by-one", "PROTOCOL-BODY-LIMIT")
def length_off_by_one(seams: Seams) -> Seams:
    """A body of exactly the allowed length is refused."""

    def strict(call: Call) -> None:
        length = call.headers.get(b"content-length", b"")
        if call.operation.bodies and length.isdigit() and int(length) == call.body_limit:
            call.headers = {**call.headers, b"content-length": b"%d" % (int(length) + 1)}
        declared_length(call)

    return seams.with_gate(declared_length, strict)
