"""Defects of paths, methods, media types and lengths."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from mock_server.deviations import deviation
from mock_server.deviations.answers import refused, with_body, with_header, with_status_spoilt
from mock_server.errors import NotFound, UnsupportedMediaType
from mock_server.pipeline.gates import Gate
from mock_server.pipeline.gates.body import media_type
from mock_server.pipeline.gates.target import declared_length, known_method, known_path
from mock_server.pipeline.hooks import Seams
from mock_server.worlds.answer import Answer, error_code
from mock_server.worlds.call import Call

_JSON = ("packs.create", "packs.replace_image", "packs.update_visibility")


def _found_under(seams: Seams, other: Callable[[str], str]) -> Seams:
    """The seams in which a path that is none is looked up as another."""

    def lenient(right: Gate, call: Call) -> Awaitable[None] | None:
        try:
            return right(call)
        except NotFound:
            call.path = other(call.path)
            return right(call)

    return seams.with_gate(known_path, lenient)


@deviation("protocol-path-case", "PROTOCOL-UNKNOWN-PATH")
def path_case(seams: Seams) -> Seams:
    """A path is found without regard to case."""
    return _found_under(seams, str.lower)


@deviation("protocol-trailing-slash", "PROTOCOL-TRAILING-SLASH")
def trailing_slash(seams: Seams) -> Seams:
    """A slash at the end of a path is overlooked."""

    def lenient(right: Gate, call: Call) -> Awaitable[None] | None:
        call.path = call.path.rstrip("/")
        return right(call)

    return seams.with_gate(known_path, lenient)


@deviation("protocol-slash-redirect", "PROTOCOL-TRAILING-SLASH")
def slash_redirect(seams: Seams) -> Seams:
    """A path with a slash added at its end is redirected to the one without."""

    def change(call: Call, answer: Answer) -> Answer:
        if error_code(answer) != "not_found" or call.contract.router.find(call.path.rstrip("/")) is None:
            return answer
        place = f"{call.contract.base_path}{call.path.rstrip('/')}".encode("latin-1")
        return with_header(with_body(answer, b""), b"location", place)._replace(status=308)

    return seams.with_answer(change)


@deviation("protocol-allow-incomplete", "PROTOCOL-METHOD", "CONTRACT-METHOD-UNDECLARED")
def allow_incomplete(seams: Seams) -> Seams:
    """The Allow of a 405 leaves out PATCH."""

    def change(_call: Call, answer: Answer) -> Answer:
        allow = answer.headers.get(b"allow", b"")
        if b"PATCH" not in allow:
            return answer
        kept = b", ".join(each for each in allow.split(b", ") if each != b"PATCH")
        return with_header(answer, b"allow", kept)

    return seams.with_answer(change)


@deviation("protocol-allow-generous", "PROTOCOL-METHOD", on=("session.get",))
def allow_generous(seams: Seams) -> Seams:
    """The Allow for the session names HEAD and OPTIONS too."""
    return with_status_spoilt(
        seams, {405}, lambda answer: with_header(answer, b"allow", answer.headers[b"allow"] + b", HEAD, OPTIONS")
    )


@deviation(
    "protocol-method-unknown",
    "PROTOCOL-METHOD",
    "CONTRACT-METHOD-UNDECLARED",
    on=("packs.read_file", "packs.replace_file"),
)
def method_unknown(seams: Seams) -> Seams:
    """A method that the path of a file does not have is a 404."""
    return with_status_spoilt(seams, {405}, lambda answer: refused(answer, NotFound("There is no such path.")))


@deviation("contract-post-as-get", "CONTRACT-METHOD-UNDECLARED", "PROTOCOL-METHOD", on=("session.get",))
def post_as_get(seams: Seams) -> Seams:
    """The session is served to POST as to GET."""

    def lenient(right: Gate, call: Call) -> Awaitable[None] | None:
        if call.method == "POST" and call.route.template == "/me/session":
            call.operation = call.route.methods["GET"]
            return None
        return right(call)

    return seams.with_gate(known_method, lenient)


@deviation("protocol-head-as-get", "PROTOCOL-HEAD-OPTIONS", "CONTRACT-METHOD-UNDECLARED")
def head_as_get(seams: Seams) -> Seams:
    """HEAD is served as GET without its body."""

    def lenient(right: Gate, call: Call) -> Awaitable[None] | None:
        if call.method == "HEAD" and "GET" in call.route.methods:
            call.operation = call.route.methods["GET"]
            return None
        return right(call)

    return seams.with_gate(known_method, lenient)


@deviation("protocol-options-served", "PROTOCOL-HEAD-OPTIONS", "CONTRACT-METHOD-UNDECLARED")
def options_served(seams: Seams) -> Seams:
    """OPTIONS that is no preflight is a 204 with the Allow of the path."""

    def change(call: Call, answer: Answer) -> Answer:
        return (
            with_body(answer, b"")._replace(status=204) if (call.method, answer.status) == ("OPTIONS", 405) else answer
        )

    return seams.with_answer(change)


@deviation("protocol-upload-is-a-pack", "PROTOCOL-CONCRETE-PATH", "PROTOCOL-METHOD", "CONTRACT-METHOD-UNDECLARED")
def upload_is_a_pack(seams: Seams) -> Seams:
    """What /packs/upload does not take goes to the pack of the id upload."""

    def astray(right: Gate, call: Call) -> Awaitable[None] | None:
        template = call.contract.router.find("/packs/any")
        if call.path == "/packs/upload" and call.method != "POST" and template is not None:
            call.route, call.raw_path_values = template[0], {"id": "upload"}
        return right(call)

    return seams.with_gate(known_method, astray)


@deviation("protocol-media-type-ignored", "PROTOCOL-MEDIA-TYPE")
def media_type_ignored(seams: Seams) -> Seams:
    """A body of any media type is read as the operation's own."""

    def lenient(right: Gate, call: Call) -> Awaitable[None] | None:
        own = next(iter(call.operation.bodies.values()), None)
        if own is None or own.kind == "multipart":
            return right(call)
        call.body_type = own
        return None

    return seams.with_gate(media_type, lenient)


@deviation("protocol-json-suffix", "PROTOCOL-MEDIA-TYPE", on=_JSON)
def json_suffix(seams: Seams) -> Seams:
    """A media type that ends in +json counts as application/json."""

    def lenient(right: Gate, call: Call) -> Awaitable[None] | None:
        if call.headers.get(b"content-type", b"").partition(b";")[0].strip().lower().endswith(b"+json"):
            call.headers = {**call.headers, b"content-type": b"application/json"}
        return right(call)

    return seams.with_gate(media_type, lenient)


@deviation("contract-charset-refused", "CONTRACT-VALID-ACCEPTED", on=_JSON)
def charset_refused(seams: Seams) -> Seams:
    """A JSON body whose Content-Type names its charset is a 415."""

    def strict(right: Gate, call: Call) -> Awaitable[None] | None:
        if b";" in call.headers.get(b"content-type", b""):
            raise UnsupportedMediaType("The operation takes application/json.")
        return right(call)

    return seams.with_gate(media_type, strict)


@deviation("protocol-length-off-by-one", "PROTOCOL-BODY-LIMIT")
def length_off_by_one(seams: Seams) -> Seams:
    """A body of exactly the allowed length is refused."""

    def strict(right: Gate, call: Call) -> Awaitable[None] | None:
        length = call.headers.get(b"content-length", b"")
        if call.operation.bodies and length.isdigit() and int(length) == call.operation.body_limit:
            call.headers = {**call.headers, b"content-length": b"%d" % (int(length) + 1)}
        return right(call)

    return seams.with_gate(declared_length, strict)
