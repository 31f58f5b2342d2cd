"""Defects of paths, methods, media types and lengths."""

from __future__ import annotations

from benchmarks.planted_defects.planting.defect import Declarer, shown
from benchmarks.planted_defects.planting.requests import Passing, wrong_gate
from benchmarks.planted_defects.scene import Scene, said
from mock_server import errors
from mock_server.deviations.planting import ids
from mock_server.deviations.planting.answers import refused, with_body, with_header, wrong_answer, wrong_answer_to
from mock_server.pipeline.gates import Gate
from mock_server.pipeline.gates.body import media_type
from mock_server.pipeline.gates.target import declared_length, known_method, known_path
from mock_server.worlds.answer import Answer, error_code
from mock_server.worlds.call import Call

defect = Declarer(__name__)

_CONTENT_TYPE = b"content-type"
MIB = 1024 * 1024
PACK = "/packs/pack_01HZ"
SAME = b'{"visibility": "org"}'
UNKNOWN = "404 not_found"
NO_METHOD = "405 method_not_allowed"
NO_TYPE = "415 unsupported_media_type"
TOO_LARGE = "413 payload_too_large"


def patched(scene: Scene, content: bytes, media_type: str = "application/json") -> str:
    return said(scene.ask("PATCH", PACK, content=content, headers={"Content-Type": media_type}))


@defect("protocol-path-case", "PROTOCOL-UNKNOWN-PATH").by(wrong_gate(known_path))
@shown(UNKNOWN, "200", lambda scene: said(scene.get("/Packs")))
def path_case(right: Gate, call: Call) -> Passing:
    """A path is found without regard to case."""
    try:
        return right(call)
    except errors.NotFound:
        call.path = call.path.lower()
        return right(call)


@defect("protocol-trailing-slash", "PROTOCOL-TRAILING-SLASH").by(wrong_gate(known_path))
@shown(UNKNOWN, "200", lambda scene: said(scene.get("/me/session/")))
def trailing_slash(right: Gate, call: Call) -> Passing:
    """A slash at the end of a path is overlooked."""
    call.path = call.path.rstrip("/")
    return right(call)


@defect("protocol-slash-redirect", "PROTOCOL-TRAILING-SLASH").by(wrong_answer_to)
@shown(UNKNOWN, "308", lambda scene: said(scene.get("/packs/")))
def slash_redirect(call: Call, answer: Answer) -> Answer:
    """A path with a slash added at its end is redirected to the one without."""
    if error_code(answer) != "not_found" or call.contract.router.find(call.path.rstrip("/")) is None:
        return answer
    place = f"{call.contract.base_path}{call.path.rstrip('/')}".encode("latin-1")
    return with_header(with_body(answer, b""), b"location", place)._replace(status=308)


@defect("protocol-allow-incomplete", "PROTOCOL-METHOD", "CONTRACT-METHOD-UNDECLARED").by(wrong_answer())
@shown("DELETE, GET, PATCH, PUT", "DELETE, GET, PUT", lambda scene: scene.ask("POST", PACK).headers["allow"])
def allow_incomplete(answer: Answer) -> Answer:
    """The Allow of a 405 leaves out PATCH."""
    allow = answer.headers.get(b"allow", b"")
    if b"PATCH" not in allow:
        return answer
    return with_header(answer, b"allow", b", ".join(each for each in allow.split(b", ") if each != b"PATCH"))


defect("protocol-allow-generous", "PROTOCOL-METHOD", "CONTRACT-METHOD-UNDECLARED", on=ids.SESSION)(
    "The Allow for the session names DELETE too, which it does not have.",
    wrong_answer(405).of(lambda answer: with_header(answer, b"allow", answer.headers[b"allow"] + b", DELETE")),
    shown("GET", "GET, DELETE", lambda scene: scene.ask("DELETE", "/me/session").headers["allow"]),
)
defect("protocol-method-unknown", "PROTOCOL-METHOD", "CONTRACT-METHOD-UNDECLARED", on=ids.FILES)(
    "A method that the path of a file does not have is a 404.",
    wrong_answer(405).of(lambda answer: refused(answer, errors.NotFound("There is no such path."))),
    shown(NO_METHOD, UNKNOWN, lambda scene: said(scene.ask("POST", f"{PACK}/files/pack.yaml"))),
)


@defect("contract-post-as-get", "CONTRACT-METHOD-UNDECLARED", "PROTOCOL-METHOD", on=ids.SESSION).by(
    wrong_gate(known_method)
)
@shown("405 method_not_allowed", "200", lambda scene: said(scene.ask("POST", "/me/session")))
def post_as_get(right: Gate, call: Call) -> Passing:
    """The session is served to POST as to GET."""
    if call.method == "POST" and call.route.template == "/me/session":
        call.operation = call.route.methods["GET"]
        return None
    return right(call)


@defect("protocol-head-as-get", "PROTOCOL-HEAD-OPTIONS", "CONTRACT-METHOD-UNDECLARED").by(wrong_gate(known_method))
@shown("405", "200", lambda scene: said(scene.ask("HEAD", "/packs")))
def head_as_get(right: Gate, call: Call) -> Passing:
    """HEAD is served as GET without its body."""
    if call.method == "HEAD" and "GET" in call.route.methods:
        call.operation = call.route.methods["GET"]
        return None
    return right(call)


defect("protocol-options-served", "PROTOCOL-HEAD-OPTIONS", "CONTRACT-METHOD-UNDECLARED")(
    "OPTIONS that is no preflight is a 204 with the Allow of the path.",
    wrong_answer_to.of(
        lambda call, answer: (
            with_body(answer, b"")._replace(status=204) if (call.method, answer.status) == ("OPTIONS", 405) else answer
        )
    ),
    shown(NO_METHOD, "204", lambda scene: said(scene.ask("OPTIONS", "/packs"))),
)


@defect("protocol-upload-is-a-pack", "PROTOCOL-CONCRETE-PATH", "PROTOCOL-METHOD", "CONTRACT-METHOD-UNDECLARED").by(
    wrong_gate(known_method)
)
@shown(NO_METHOD, "404 pack_not_found", lambda scene: said(scene.get("/packs/upload")))
def upload_is_a_pack(right: Gate, call: Call) -> Passing:
    """What /packs/upload does not take goes to the pack of the id upload."""
    template = call.contract.router.find("/packs/any")
    if call.path == "/packs/upload" and call.method != "POST" and template is not None:
        call.route, call.raw_path_values = template[0], {"id": "upload"}
    return right(call)


@defect("protocol-media-type-ignored", "PROTOCOL-MEDIA-TYPE").by(wrong_gate(media_type))
@shown(NO_TYPE, "200", patched, SAME, "text/plain")
def media_type_ignored(right: Gate, call: Call) -> Passing:
    """A body of any media type is read as the operation's own."""
    own = next(iter(call.operation.bodies.values()), None)
    if own is None or own.kind == "multipart":
        return right(call)
    call.body_type = own
    return None


@defect("protocol-json-suffix", "PROTOCOL-MEDIA-TYPE", on=ids.JSON_BODIES).by(wrong_gate(media_type))
@shown(NO_TYPE, "200", patched, SAME, "application/merge-patch+json")
def json_suffix(right: Gate, call: Call) -> Passing:
    """A media type that ends in +json counts as application/json."""
    if call.headers.get(_CONTENT_TYPE, b"").partition(b";")[0].strip().lower().endswith(b"+json"):
        call.headers = {**call.headers, _CONTENT_TYPE: b"application/json"}
    return right(call)


@defect("protocol-media-type-prefix", "PROTOCOL-MEDIA-TYPE").by(wrong_gate(media_type))
@shown(NO_TYPE, "200", patched, SAME, "application/jsonx")
def media_type_prefix(right: Gate, call: Call) -> Passing:
    """A media type counts by what it begins with."""
    given = call.headers.get(_CONTENT_TYPE, b"")
    for own in call.operation.bodies:
        if given.lower().startswith(own.encode()):
            parameters = given.partition(b";")[2]
            call.headers = {**call.headers, _CONTENT_TYPE: b"%s;%s" % (own.encode(), parameters)}
    return right(call)


def show_charset_refused(scene: Scene) -> str:
    headers = {"Content-Type": "application/json; charset=utf-8"}
    return said(scene.ask("PATCH", "/packs/pack_01HZ", content=b'{"visibility": "org"}', headers=headers))


@defect("contract-charset-refused", "CONTRACT-VALID-ACCEPTED", on=ids.JSON_BODIES).by(wrong_gate(media_type))
@shown("200", "415 unsupported_media_type", show_charset_refused)
def charset_refused(right: Gate, call: Call) -> Passing:
    """A JSON body whose Content-Type names its charset is a 415."""
    if b";" in call.headers.get(_CONTENT_TYPE, b""):
        raise errors.UnsupportedMediaType("The operation takes application/json.")
    return right(call)


@defect("protocol-length-off-by-one", "PROTOCOL-BODY-LIMIT").by(wrong_gate(declared_length))
@shown("200", TOO_LARGE, patched, SAME.ljust(MIB))
def length_off_by_one(right: Gate, call: Call) -> Passing:
    """A body of exactly the allowed length is refused."""
    length = call.headers.get(b"content-length", b"")
    if call.operation.bodies and length.isdigit() and int(length) == call.operation.body_limit:
        call.headers = {**call.headers, b"content-length": b"%d" % (int(length) + 1)}
    return right(call)
