"""What shows the defects that any reader of the contract can see."""

from typing import Any

from tests.benchmarks.planted_defects.scene import FREE, SLACK, Scene, packed, said
from tests.benchmarks.planted_defects.witness import witness

JSON = {"Content-Type": "application/json"}


@witness("contract-details-null", right="absent", wrong=None)
def details_of_a_denial(scene: Scene) -> Any:
    return scene.patch("pack_01HZ", "org", "acme-member").json()["error"].get("details", "absent")


@witness("contract-wrong-type", right="int", wrong="str")
def size(scene: Scene) -> str:
    return type(scene.pack("pack_01HZ")["size_bytes"]).__name__


@witness("contract-request-id-empty", right="an id", wrong="nothing")
def id_of_the_list(scene: Scene) -> str:
    return "an id" if scene.get("/packs").headers["x-request-id"] else "nothing"


@witness("contract-length-missing", right="0", wrong="absent")
def length_of_an_empty_file(scene: Scene) -> str:
    path = "/packs/pack_acme_pager/files/guides/escalation.md"
    scene.put(path, b"")
    return scene.get(path).headers.get("content-length", "absent")


@witness("contract-session-as-text", right="application/json", wrong="text/plain; charset=utf-8")
def session_of_a_key(scene: Scene) -> str:
    return scene.get("/me/session", "acme-read-only").headers["content-type"]


@witness("contract-wrong-key-is-nobody", right="401 unauthenticated", wrong="200")
def unknown_key(scene: Scene) -> str:
    return said(scene.get("/packs/pack_02HZ", "sk_mock_known_to_nobody"))


@witness("contract-extra-key-ignored", right="400 validation_error", wrong="200")
def image_and_more(scene: Scene) -> str:
    return said(scene.ask("PUT", "/packs/pack_01HZ", json={"image_ref": f"{SLACK}:1.3.0", "note": "new"}))


@witness("contract-unknown-visibility", right="400 validation_error", wrong="201")
def upload_for_nobody(scene: Scene) -> str:
    return said(scene.upload(packed(), visibility="private"))


@witness("contract-undeclared-status", right="400 validation_error", wrong="422 validation_error")
def unknown_value(scene: Scene) -> str:
    return said(scene.patch("pack_01HZ", "private"))


@witness("contract-server-error", right="400 validation_error", wrong="500")
def half_an_object(scene: Scene) -> str:
    return said(scene.ask("PATCH", "/packs/pack_01HZ", content=b'{"visibility"', headers=JSON))


@witness("contract-encoded-id", right="200", wrong="404 pack_not_found")
def encoded_letter(scene: Scene) -> str:
    return said(scene.get("/packs/pack%5F01HZ"))


@witness("contract-post-as-get", right="405 method_not_allowed", wrong="200")
def posted_session(scene: Scene) -> str:
    return said(scene.ask("POST", "/me/session"))


@witness("contract-charset-refused", right="200", wrong="415 unsupported_media_type")
def charset_named(scene: Scene) -> str:
    headers = {"Content-Type": "application/json; charset=utf-8"}
    return said(scene.ask("PATCH", "/packs/pack_01HZ", content=b'{"visibility": "org"}', headers=headers))


@witness("contract-payment-required", right="423 billing_inactive", wrong="402 billing_inactive")
def status_of_the_refusal(scene: Scene) -> str:
    return said(scene.create(FREE, "initech-owner"))


@witness("contract-id-ends-at-nul", right="404 pack_not_found", wrong="200")
def nul_after_an_id(scene: Scene) -> str:
    return said(scene.get("/packs/pack_01HZ%00.."))


@witness("contract-id-with-format", right="404 pack_not_found", wrong="200")
def format_after_an_id(scene: Scene) -> str:
    return said(scene.get("/packs/pack_01HZ.json"))


@witness("contract-id-not-utf-8", right="404 pack_not_found", wrong="200")
def bytes_after_an_id(scene: Scene) -> str:
    return said(scene.get("/packs/pack_01HZ%FF"))
