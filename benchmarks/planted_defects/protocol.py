"""Defects of paths, methods, media types and lengths."""

from __future__ import annotations

from benchmarks.planted_defects.planting.defect import Declarer, shown
from benchmarks.planted_defects.planting.mistakes import wrongly
from benchmarks.planted_defects.planting.requests import (
    PACK,
    SAME,
    Passing,
    denies,
    patched,
    reads,
    refuses_served,
    wrong_gate,
)
from benchmarks.planted_defects.scene import Scene, send
from mock_server import errors
from mock_server.deviations.planting import ids
from mock_server.deviations.planting.answers import make_refusal, with_body, with_header, wrong_answer, wrong_answer_to
from mock_server.deviations.planting.deviation import Plan
from mock_server.deviations.planting.memory import read_notes, remember_world
from mock_server.deviations.planting.wrong_operations import Outcome, Run
from mock_server.pipeline.gates import Gate
from mock_server.pipeline.gates.body import check_media_type
from mock_server.pipeline.gates.target import check_declared_length, require_method, require_path
from mock_server.settings import MIB
from mock_server.worlds.answer import Answer, read_error_code
from mock_server.worlds.call import Call

defect = Declarer(__name__)

PROVIDER, OVERRIDE, BROWSER = "/providers/provider_01HZ", "X-HTTP-Method-Override", "text/html,*/*;q=0.8"
_NO_PACK = errors.PackNotFound("There is no such pack.")
_PAGE = b"<!doctype html><title>Providers</title>"
_TYPE, ONLY_JSON = b"content-type", errors.UnsupportedMediaType("The operation takes application/json.")
UNKNOWN, NO_METHOD = "404 not_found", "405 method_not_allowed"
NO_TYPE, TOO_LARGE = "415 unsupported_media_type", "413 payload_too_large"


def _allowing(answer: Answer, allow: bytes) -> Answer:
    return with_header(answer, b"allow", allow)


def _serves_as_get(method: str, template: str = "") -> Plan:
    """Plan that a method is served as GET, on all paths or on one."""

    def passing(right: Gate, call: Call) -> Passing:
        if call.method != method or "GET" not in call.route.methods or template not in ("", call.route.template):
            return right(call)
        call.operation = call.route.methods["GET"]
        return None

    return wrong_gate(require_method).make_plan(passing)


def typed(scene: Scene, path: str, **headers: str) -> str:
    return str(scene.get(path, headers=headers).headers["content-type"])


def allow(scene: Scene, method: str, path: str) -> str:
    return str(scene.ask(method, path).headers["allow"])


defect("protocol-allow-generous", "PROTOCOL-METHOD", "CONTRACT-METHOD-UNDECLARED", on=ids.SESSION)(
    "The Allow for the session names DELETE too, which it does not have.",
    wrong_answer(405).make_plan(lambda answer: _allowing(answer, answer.headers[b"allow"] + b", DELETE")),
    shown("GET", "GET, DELETE", allow, "DELETE", "/me/session"),
)
defect("protocol-method-unknown", "PROTOCOL-METHOD", "CONTRACT-METHOD-UNDECLARED", on=ids.FILES)(
    "A method that the path of a file does not have is a 404.",
    wrong_answer(405).make_plan(lambda answer: make_refusal(answer, errors.NotFound("There is no such path."))),
    shown(NO_METHOD, UNKNOWN, send, f"{PACK}/files/pack.yaml", method="POST"),
)
defect("contract-post-as-get", "CONTRACT-METHOD-UNDECLARED", "PROTOCOL-METHOD", on=ids.SESSION)(
    "The session is served to POST as to GET.",
    _serves_as_get("POST", "/me/session"),
    shown(NO_METHOD, "200", send, "/me/session", method="POST"),
)
defect("protocol-head-as-get", "PROTOCOL-HEAD-OPTIONS", "CONTRACT-METHOD-UNDECLARED")(
    "HEAD is served as GET without its body.",
    _serves_as_get("HEAD"),
    shown("405", "200", send, "/packs", method="HEAD"),
)
defect("contract-charset-refused", "CONTRACT-VALID-ACCEPTED", on=ids.JSON_BODIES)(
    "A JSON body whose Content-Type names its charset is a 415.",
    denies(check_media_type, lambda call: b";" in call.headers.get(_TYPE, b""), ONLY_JSON),
    shown("200", NO_TYPE, patched, SAME, "application/json; charset=utf-8"),
)


@defect("protocol-path-case", "PROTOCOL-UNKNOWN-PATH").by(wrong_gate(require_path))
@shown(UNKNOWN, "200", send, "/Packs")
def path_case(right: Gate, call: Call) -> Passing:
    """A path is found without regard to case."""
    try:
        return right(call)
    except errors.NotFound:
        call.path = call.path.lower()
        return right(call)


@defect("protocol-trailing-slash", "PROTOCOL-TRAILING-SLASH").reads(require_path)
@shown(UNKNOWN, "200", send, "/me/session/")
def trailing_slash(call: Call) -> None:
    """A slash at the end of a path is overlooked."""
    call.path = call.path.rstrip("/")


@defect("protocol-slash-redirect", "PROTOCOL-TRAILING-SLASH").by(wrong_answer_to)
@shown(UNKNOWN, "308", send, "/packs/")
def slash_redirect(call: Call, answer: Answer) -> Answer:
    """A path with a slash added at its end is redirected to the one without."""
    if read_error_code(answer) != "not_found" or call.contract.router.find(call.path.rstrip("/")) is None:
        return answer
    place = f"{call.contract.base_path}{call.path.rstrip('/')}".encode("latin-1")
    return with_header(with_body(answer, b""), b"location", place)._replace(status=308)


@defect("protocol-allow-incomplete", "PROTOCOL-METHOD", "CONTRACT-METHOD-UNDECLARED").by(wrong_answer())
@shown("DELETE, GET, PATCH, PUT", "DELETE, GET, PUT", allow, "POST", PACK)
def allow_incomplete(answer: Answer) -> Answer:
    """The Allow of a 405 leaves out PATCH."""
    allow = answer.headers.get(b"allow", b"")
    others = b", ".join(each for each in allow.split(b", ") if each != b"PATCH")
    return _allowing(answer, others) if b"PATCH" in allow else answer


@defect("protocol-options-served", "PROTOCOL-HEAD-OPTIONS", "CONTRACT-METHOD-UNDECLARED").by(wrong_answer_to)
@shown(NO_METHOD, "204", send, "/packs", method="OPTIONS")
def options_served(call: Call, answer: Answer) -> Answer:
    """OPTIONS that is no preflight is a 204 with the Allow of the path."""
    return with_body(answer, b"")._replace(status=204) if (call.method, answer.status) == ("OPTIONS", 405) else answer


@defect("protocol-upload-is-a-pack", "PROTOCOL-CONCRETE-PATH", "PROTOCOL-METHOD", "CONTRACT-METHOD-UNDECLARED").reads(
    require_method
)
@shown(NO_METHOD, "404 pack_not_found", send, "/packs/upload")
def upload_is_a_pack(call: Call) -> None:
    """What /packs/upload does not take goes to the pack of the id upload."""
    template = call.contract.router.find("/packs/any")
    if call.path == "/packs/upload" and call.method != "POST" and template is not None:
        call.route, call.raw_path_values = template[0], {"id": "upload"}


@defect("protocol-media-type-ignored", "PROTOCOL-MEDIA-TYPE").by(wrong_gate(check_media_type))
@shown(NO_TYPE, "200", patched, SAME, "text/plain")
def media_type_ignored(right: Gate, call: Call) -> Passing:
    """A body of any media type is read as the operation's own."""
    own = next(iter(call.operation.bodies.values()), None)
    if own is None or own.kind == "multipart":
        return right(call)
    call.body_type = own
    return None


@defect("protocol-json-suffix", "PROTOCOL-MEDIA-TYPE", on=ids.JSON_BODIES).reads(check_media_type)
@shown(NO_TYPE, "200", patched, SAME, "application/merge-patch+json")
def json_suffix(call: Call) -> None:
    """A media type that ends in +json counts as application/json."""
    if call.headers.get(_TYPE, b"").partition(b";")[0].strip().lower().endswith(b"+json"):
        call.headers = {**call.headers, _TYPE: b"application/json"}


@defect("protocol-media-type-prefix", "PROTOCOL-MEDIA-TYPE").reads(check_media_type)
@shown(NO_TYPE, "200", patched, SAME, "application/jsonx")
def media_type_prefix(call: Call) -> None:
    """A media type counts by what it begins with."""
    given = call.headers.get(_TYPE, b"")
    for own in call.operation.bodies:
        if given.lower().startswith(own.encode()):
            call.headers = {**call.headers, _TYPE: b"%s;%s" % (own.encode(), given.partition(b";")[2])}


@defect("protocol-length-off-by-one", "PROTOCOL-BODY-LIMIT").reads(check_declared_length)
@shown("200", TOO_LARGE, patched, SAME.ljust(MIB))
def length_off_by_one(call: Call) -> None:
    """A body of exactly the allowed length is refused."""
    length = call.headers.get(b"content-length", b"")
    if call.operation.bodies and length.isdigit() and int(length) == call.operation.body_limit:
        call.headers = {**call.headers, b"content-length": b"%d" % (int(length) + 1)}


def _in_chunks(call: Call) -> None:
    """Note whether the body of a request comes in chunks."""
    read_notes(_in_chunks)["now"] = call.headers.get(b"transfer-encoding") == b"chunked"


def _passed_over(run: Run) -> Outcome:
    return (run.state if read_notes(_in_chunks).get("now") else run.after), run.outcome


def named_in_chunks(scene: Scene) -> object:
    """Return whether a provider has the name that was sent in chunks."""
    sent = iter([b'{"display_name":', b' "In chunks"}'])
    scene.ask("PATCH", PROVIDER, content=sent, headers={"Content-Type": "application/json"})
    return scene.get(PROVIDER).json()["display_name"] == "In chunks"


defect("configuration-chunks-passed-over", "CONFIG-PATCH-APPLIES", on=ids.UPDATE_PROVIDER + ids.GET_PROVIDER)(
    "An update of a provider whose body comes in chunks is answered, and is not done.",
    lambda hooks: wrongly(_passed_over)(reads(require_method, _in_chunks)(remember_world(hooks))),
    shown(True, False, named_in_chunks),
)
defect("contract-body-besides-not-found", "CONTRACT-RIGHT-ANSWER", on=ids.GET)(
    "A pack is not found where the request has a body.",
    refuses_served(lambda call: call.headers.get(b"content-length", b"0") != b"0", _NO_PACK),
    shown("200", "404 pack_not_found", send, PACK, content=b"{}"),
)


@defect("contract-page-for-a-browser", "CONTRACT-CONTENT-TYPE", on=ids.LIST_PROVIDERS).by(wrong_answer_to)
@shown("application/json", "text/html", lambda scene: typed(scene, "/providers", Accept=BROWSER))
def page_for_a_browser(call: Call, answer: Answer) -> Answer:
    """A browser is shown a page in the place of the list of providers."""
    asked = call.headers.get(b"accept", b"").startswith(b"text/html") and answer.status == 200
    return with_body(answer, _PAGE, b"text/html") if asked else answer


@defect("contract-method-overridden", "CONTRACT-RIGHT-ANSWER", on=ids.UPDATE_PROVIDER + ids.GET_PROVIDER).reads(
    require_method
)
@shown("200", "400 validation_error", send, PROVIDER, headers={OVERRIDE: "PATCH"})
def method_overridden(call: Call) -> None:
    """A header names the method of a request about a provider."""
    named = call.headers.get(OVERRIDE.lower().encode(), b"").decode()
    call.method = named if named in call.route.methods else call.method
