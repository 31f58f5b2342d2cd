"""Defects of paths, methods, media types and lengths."""

from __future__ import annotations

from collections.abc import Awaitable

from mock_server.deviations import deviation
from mock_server.deviations.answers import refused, with_answer, with_body, with_header, with_status
from mock_server.deviations.operations import FILES, JSON_BODIES, SESSION
from mock_server.deviations.requests import with_gate
from mock_server.errors import NotFound, UnsupportedMediaType
from mock_server.pipeline.gates import Gate
from mock_server.pipeline.gates.body import media_type
from mock_server.pipeline.gates.target import declared_length, known_method, known_path
from mock_server.worlds.answer import Answer, error_code
from mock_server.worlds.call import Call


@deviation("protocol-path-case", "PROTOCOL-UNKNOWN-PATH", plant=with_gate(known_path))
def path_case(right: Gate, call: Call) -> Awaitable[None] | None:
    """A path is found without regard to case."""
    try:
        return right(call)
    except NotFound:
        call.path = call.path.lower()
        return right(call)


@deviation("protocol-trailing-slash", "PROTOCOL-TRAILING-SLASH", plant=with_gate(known_path))
def trailing_slash(right: Gate, call: Call) -> Awaitable[None] | None:
    """A slash at the end of a path is overlooked."""
    call.path = call.path.rstrip("/")
    return right(call)


@deviation("protocol-slash-redirect", "PROTOCOL-TRAILING-SLASH", plant=with_answer)
def slash_redirect(call: Call, answer: Answer) -> Answer:
    """A path with a slash added at its end is redirected to the one without."""
    if error_code(answer) != "not_found" or call.contract.router.find(call.path.rstrip("/")) is None:
        return answer
    place = f"{call.contract.base_path}{call.path.rstrip('/')}".encode("latin-1")
    return with_header(with_body(answer, b""), b"location", place)._replace(status=308)


@deviation("protocol-allow-incomplete", "PROTOCOL-METHOD", "CONTRACT-METHOD-UNDECLARED", plant=with_answer)
def allow_incomplete(_call: Call, answer: Answer) -> Answer:
    """The Allow of a 405 leaves out PATCH."""
    allow = answer.headers.get(b"allow", b"")
    if b"PATCH" not in allow:
        return answer
    kept = b", ".join(each for each in allow.split(b", ") if each != b"PATCH")
    return with_header(answer, b"allow", kept)


@deviation("protocol-allow-generous", "PROTOCOL-METHOD", on=SESSION, plant=with_status(405))
def allow_generous(answer: Answer) -> Answer:
    """The Allow for the session names HEAD and OPTIONS too."""
    return with_header(answer, b"allow", answer.headers[b"allow"] + b", HEAD, OPTIONS")


@deviation("protocol-method-unknown", "PROTOCOL-METHOD", "CONTRACT-METHOD-UNDECLARED", on=FILES, plant=with_status(405))
def method_unknown(answer: Answer) -> Answer:
    """A method that the path of a file does not have is a 404."""
    return refused(answer, NotFound("There is no such path."))


@deviation(
    "contract-post-as-get", "CONTRACT-METHOD-UNDECLARED", "PROTOCOL-METHOD", on=SESSION, plant=with_gate(known_method)
)
def post_as_get(right: Gate, call: Call) -> Awaitable[None] | None:
    """The session is served to POST as to GET."""
    if call.method == "POST" and call.route.template == "/me/session":
        call.operation = call.route.methods["GET"]
        return None
    return right(call)


@deviation("protocol-head-as-get", "PROTOCOL-HEAD-OPTIONS", "CONTRACT-METHOD-UNDECLARED", plant=with_gate(known_method))
def head_as_get(right: Gate, call: Call) -> Awaitable[None] | None:
    """HEAD is served as GET without its body."""
    if call.method == "HEAD" and "GET" in call.route.methods:
        call.operation = call.route.methods["GET"]
        return None
    return right(call)


@deviation("protocol-options-served", "PROTOCOL-HEAD-OPTIONS", "CONTRACT-METHOD-UNDECLARED", plant=with_answer)
def options_served(call: Call, answer: Answer) -> Answer:
    """OPTIONS that is no preflight is a 204 with the Allow of the path."""
    return with_body(answer, b"")._replace(status=204) if (call.method, answer.status) == ("OPTIONS", 405) else answer


@deviation(
    "protocol-upload-is-a-pack",
    "PROTOCOL-CONCRETE-PATH",
    "PROTOCOL-METHOD",
    "CONTRACT-METHOD-UNDECLARED",
    plant=with_gate(known_method),
)
def upload_is_a_pack(right: Gate, call: Call) -> Awaitable[None] | None:
    """What /packs/upload does not take goes to the pack of the id upload."""
    template = call.contract.router.find("/packs/any")
    if call.path == "/packs/upload" and call.method != "POST" and template is not None:
        call.route, call.raw_path_values = template[0], {"id": "upload"}
    return right(call)


@deviation("protocol-media-type-ignored", "PROTOCOL-MEDIA-TYPE", plant=with_gate(media_type))
def media_type_ignored(right: Gate, call: Call) -> Awaitable[None] | None:
    """A body of any media type is read as the operation's own."""
    own = next(iter(call.operation.bodies.values()), None)
    if own is None or own.kind == "multipart":
        return right(call)
    call.body_type = own
    return None


@deviation("protocol-json-suffix", "PROTOCOL-MEDIA-TYPE", on=JSON_BODIES, plant=with_gate(media_type))
def json_suffix(right: Gate, call: Call) -> Awaitable[None] | None:
    """A media type that ends in +json counts as application/json."""
    if call.headers.get(b"content-type", b"").partition(b";")[0].strip().lower().endswith(b"+json"):
        call.headers = {**call.headers, b"content-type": b"application/json"}
    return right(call)


@deviation("contract-charset-refused", "CONTRACT-VALID-ACCEPTED", on=JSON_BODIES, plant=with_gate(media_type))
def charset_refused(right: Gate, call: Call) -> Awaitable[None] | None:
    """A JSON body whose Content-Type names its charset is a 415."""
    if b";" in call.headers.get(b"content-type", b""):
        raise UnsupportedMediaType("The operation takes application/json.")
    return right(call)


@deviation("protocol-length-off-by-one", "PROTOCOL-BODY-LIMIT", plant=with_gate(declared_length))
def length_off_by_one(right: Gate, call: Call) -> Awaitable[None] | None:
    """A body of exactly the allowed length is refused."""
    length = call.headers.get(b"content-length", b"")
    if call.operation.bodies and length.isdigit() and int(length) == call.operation.body_limit:
        call.headers = {**call.headers, b"content-length": b"%d" % (int(length) + 1)}
    return right(call)
