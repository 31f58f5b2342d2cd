"""Defects of paths, methods, media types and lengths."""

from __future__ import annotations

from benchmarks.planted_defects.planting.requests import Passing, wrong_gate
from mock_server.deviations.planting.answers import refused, with_body, with_header, wrong_answer, wrong_answer_to
from mock_server.deviations.planting.ids import FILES, JSON_BODIES, SESSION
from mock_server.errors import NotFound, UnsupportedMediaType
from mock_server.pipeline.gates import Gate
from mock_server.pipeline.gates.body import media_type
from mock_server.pipeline.gates.target import declared_length, known_method, known_path
from mock_server.worlds.answer import Answer, error_code
from mock_server.worlds.call import Call

_CONTENT_TYPE = b"content-type"


@wrong_gate(known_path)("protocol-path-case", "PROTOCOL-UNKNOWN-PATH")
def path_case(right: Gate, call: Call) -> Passing:
    """A path is found without regard to case."""
    try:
        return right(call)
    except NotFound:
        call.path = call.path.lower()
        return right(call)


@wrong_gate(known_path)("protocol-trailing-slash", "PROTOCOL-TRAILING-SLASH")
def trailing_slash(right: Gate, call: Call) -> Passing:
    """A slash at the end of a path is overlooked."""
    call.path = call.path.rstrip("/")
    return right(call)


@wrong_answer_to("protocol-slash-redirect", "PROTOCOL-TRAILING-SLASH")
def slash_redirect(call: Call, answer: Answer) -> Answer:
    """A path with a slash added at its end is redirected to the one without."""
    if error_code(answer) != "not_found" or call.contract.router.find(call.path.rstrip("/")) is None:
        return answer
    place = f"{call.contract.base_path}{call.path.rstrip('/')}".encode("latin-1")
    return with_header(with_body(answer, b""), b"location", place)._replace(status=308)


@wrong_answer()("protocol-allow-incomplete", "PROTOCOL-METHOD", "CONTRACT-METHOD-UNDECLARED")
def allow_incomplete(answer: Answer) -> Answer:
    """The Allow of a 405 leaves out PATCH."""
    allow = answer.headers.get(b"allow", b"")
    if b"PATCH" not in allow:
        return answer
    return with_header(answer, b"allow", b", ".join(each for each in allow.split(b", ") if each != b"PATCH"))


@wrong_answer(405)("protocol-allow-generous", "PROTOCOL-METHOD", "CONTRACT-METHOD-UNDECLARED", on=SESSION)
def allow_generous(answer: Answer) -> Answer:
    """The Allow for the session names DELETE too, which it does not have."""
    return with_header(answer, b"allow", answer.headers[b"allow"] + b", DELETE")


@wrong_answer(405)("protocol-method-unknown", "PROTOCOL-METHOD", "CONTRACT-METHOD-UNDECLARED", on=FILES)
def method_unknown(answer: Answer) -> Answer:
    """A method that the path of a file does not have is a 404."""
    return refused(answer, NotFound("There is no such path."))


@wrong_gate(known_method)("contract-post-as-get", "CONTRACT-METHOD-UNDECLARED", "PROTOCOL-METHOD", on=SESSION)
def post_as_get(right: Gate, call: Call) -> Passing:
    """The session is served to POST as to GET."""
    if call.method == "POST" and call.route.template == "/me/session":
        call.operation = call.route.methods["GET"]
        return None
    return right(call)


@wrong_gate(known_method)("protocol-head-as-get", "PROTOCOL-HEAD-OPTIONS", "CONTRACT-METHOD-UNDECLARED")
def head_as_get(right: Gate, call: Call) -> Passing:
    """HEAD is served as GET without its body."""
    if call.method == "HEAD" and "GET" in call.route.methods:
        call.operation = call.route.methods["GET"]
        return None
    return right(call)


@wrong_answer_to("protocol-options-served", "PROTOCOL-HEAD-OPTIONS", "CONTRACT-METHOD-UNDECLARED")
def options_served(call: Call, answer: Answer) -> Answer:
    """OPTIONS that is no preflight is a 204 with the Allow of the path."""
    return with_body(answer, b"")._replace(status=204) if (call.method, answer.status) == ("OPTIONS", 405) else answer


@wrong_gate(known_method)(
    "protocol-upload-is-a-pack", "PROTOCOL-CONCRETE-PATH", "PROTOCOL-METHOD", "CONTRACT-METHOD-UNDECLARED"
)
def upload_is_a_pack(right: Gate, call: Call) -> Passing:
    """What /packs/upload does not take goes to the pack of the id upload."""
    template = call.contract.router.find("/packs/any")
    if call.path == "/packs/upload" and call.method != "POST" and template is not None:
        call.route, call.raw_path_values = template[0], {"id": "upload"}
    return right(call)


@wrong_gate(media_type)("protocol-media-type-ignored", "PROTOCOL-MEDIA-TYPE")
def media_type_ignored(right: Gate, call: Call) -> Passing:
    """A body of any media type is read as the operation's own."""
    own = next(iter(call.operation.bodies.values()), None)
    if own is None or own.kind == "multipart":
        return right(call)
    call.body_type = own
    return None


@wrong_gate(media_type)("protocol-json-suffix", "PROTOCOL-MEDIA-TYPE", on=JSON_BODIES)
def json_suffix(right: Gate, call: Call) -> Passing:
    """A media type that ends in +json counts as application/json."""
    if call.headers.get(_CONTENT_TYPE, b"").partition(b";")[0].strip().lower().endswith(b"+json"):
        call.headers = {**call.headers, _CONTENT_TYPE: b"application/json"}
    return right(call)


@wrong_gate(media_type)("protocol-media-type-prefix", "PROTOCOL-MEDIA-TYPE")
def media_type_prefix(right: Gate, call: Call) -> Passing:
    """A media type counts by what it begins with."""
    given = call.headers.get(_CONTENT_TYPE, b"")
    for own in call.operation.bodies:
        if given.lower().startswith(own.encode()):
            parameters = given.partition(b";")[2]
            call.headers = {**call.headers, _CONTENT_TYPE: b"%s;%s" % (own.encode(), parameters)}
    return right(call)


@wrong_gate(media_type)("contract-charset-refused", "CONTRACT-VALID-ACCEPTED", on=JSON_BODIES)
def charset_refused(right: Gate, call: Call) -> Passing:
    """A JSON body whose Content-Type names its charset is a 415."""
    if b";" in call.headers.get(_CONTENT_TYPE, b""):
        raise UnsupportedMediaType("The operation takes application/json.")
    return right(call)


@wrong_gate(declared_length)("protocol-length-off-by-one", "PROTOCOL-BODY-LIMIT")
def length_off_by_one(right: Gate, call: Call) -> Passing:
    """A body of exactly the allowed length is refused."""
    length = call.headers.get(b"content-length", b"")
    if call.operation.bodies and length.isdigit() and int(length) == call.operation.body_limit:
        call.headers = {**call.headers, b"content-length": b"%d" % (int(length) + 1)}
    return right(call)
