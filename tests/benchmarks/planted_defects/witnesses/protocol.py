"""What shows the defects of paths, methods, media types and lengths."""

from tests.benchmarks.planted_defects.scene import Scene, said, wrong_fields
from tests.benchmarks.planted_defects.witness import witness

MIB = 1024 * 1024
PACK = "/packs/pack_01HZ"
SAME = b'{"visibility": "org"}'
UNKNOWN = "404 not_found"
NO_METHOD = "405 method_not_allowed"
NO_TYPE = "415 unsupported_media_type"
TOO_LARGE = "413 payload_too_large"


def patched(scene: Scene, content: bytes, media_type: str = "application/json") -> str:
    return said(scene.ask("PATCH", PACK, content=content, headers={"Content-Type": media_type}))


@witness("protocol-path-case", right=UNKNOWN, wrong="200")
def capitals(scene: Scene) -> str:
    return said(scene.get("/Packs"))


@witness("protocol-trailing-slash", right=UNKNOWN, wrong="200")
def slash_at_the_end(scene: Scene) -> str:
    return said(scene.get("/me/session/"))


@witness("protocol-slash-redirect", right=UNKNOWN, wrong="308")
def slash_after_the_list(scene: Scene) -> str:
    return said(scene.get("/packs/"))


@witness("protocol-allow-incomplete", right="DELETE, GET, PATCH, PUT", wrong="DELETE, GET, PUT")
def allow_of_a_pack(scene: Scene) -> str:
    return scene.ask("POST", PACK).headers["allow"]


@witness("protocol-allow-generous", right="GET", wrong="GET, DELETE")
def allow_of_the_session(scene: Scene) -> str:
    return scene.ask("DELETE", "/me/session").headers["allow"]


@witness("protocol-method-unknown", right=NO_METHOD, wrong=UNKNOWN)
def method_of_a_file(scene: Scene) -> str:
    return said(scene.ask("POST", f"{PACK}/files/pack.yaml"))


@witness("protocol-head-as-get", right="405", wrong="200")
def head(scene: Scene) -> str:
    return said(scene.ask("HEAD", "/packs"))


@witness("protocol-options-served", right=NO_METHOD, wrong="204")
def options(scene: Scene) -> str:
    return said(scene.ask("OPTIONS", "/packs"))


@witness("protocol-upload-is-a-pack", right=NO_METHOD, wrong="404 pack_not_found")
def pack_named_upload(scene: Scene) -> str:
    return said(scene.get("/packs/upload"))


@witness("protocol-media-type-ignored", right=NO_TYPE, wrong="200")
def json_as_text(scene: Scene) -> str:
    return patched(scene, SAME, "text/plain")


@witness("protocol-media-type-prefix", right=NO_TYPE, wrong="200")
def type_and_more(scene: Scene) -> str:
    return patched(scene, SAME, "application/jsonx")


@witness("protocol-comments", right="400 validation_error", wrong="200")
def comment_before(scene: Scene) -> str:
    return patched(scene, b"/* as before */ " + SAME)


@witness("protocol-json-suffix", right=NO_TYPE, wrong="200")
def json_of_a_kind(scene: Scene) -> str:
    return patched(scene, SAME, "application/merge-patch+json")


@witness("protocol-length-off-by-one", right="200", wrong=TOO_LARGE)
def longest_body(scene: Scene) -> str:
    return patched(scene, SAME.ljust(MIB))


@witness("protocol-patch-unlimited", right=TOO_LARGE, wrong="200")
def longer_body(scene: Scene) -> str:
    return patched(scene, SAME.ljust(MIB + 1))


@witness("protocol-too-large-invalid", right=TOO_LARGE, wrong="400 validation_error")
def longer_file(scene: Scene) -> str:
    return said(scene.put("/packs/pack_acme_pager/files/data/tones.bin", bytes(8 * MIB + 1)))


@witness("protocol-empty-body", right=["body"], wrong=["visibility"])
def empty_body(scene: Scene) -> list[str]:
    return wrong_fields(scene.ask("PATCH", PACK, content=b"", headers={"Content-Type": "application/json"}))


@witness("protocol-utf-16", right="400 validation_error", wrong="200")
def wide_characters(scene: Scene) -> str:
    return patched(scene, SAME.decode().encode("utf-16"))
