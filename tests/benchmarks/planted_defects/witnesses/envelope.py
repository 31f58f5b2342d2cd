"""What shows the defects of the envelope."""

from tests.archives import zipped
from tests.benchmarks.planted_defects.scene import FREE, Scene, said, wrong_fields
from tests.benchmarks.planted_defects.witness import witness

MIB = 1024 * 1024
NONE = "/packs/pack_none"


@witness("envelope-bare", right="application/json", wrong="text/plain; charset=utf-8")
def pack_not_found(scene: Scene) -> str:
    return scene.get(NONE).headers["content-type"]


@witness("envelope-unknown-path-html", right="application/json", wrong="text/html")
def path_not_found(scene: Scene) -> str:
    return scene.get("/nowhere").headers["content-type"]


@witness("envelope-problem-json", right="application/json", wrong="application/problem+json")
def body_of_text(scene: Scene) -> str:
    return scene.ask("POST", "/packs", content=b"hello", headers={"Content-Type": "text/plain"}).headers["content-type"]


@witness("envelope-extra-key", right="code message request_id", wrong="code message request_id status")
def keys_of_an_error(scene: Scene) -> str:
    return " ".join(sorted(scene.get(NONE).json()["error"]))


@witness("envelope-trace", right="code message request_id", wrong="code message request_id trace")
def keys_for_a_file(scene: Scene) -> str:
    return " ".join(sorted(scene.get("/packs/pack_01HZ/files/none.md").json()["error"]))


@witness("envelope-code-of-another-status", right="413 payload_too_large", wrong="413 validation_error")
def long_body(scene: Scene) -> str:
    content = b'{"visibility": "org"' + b" " * MIB + b"}"
    headers = {"Content-Type": "application/json"}
    return said(scene.ask("PATCH", "/packs/pack_01HZ", content=content, headers=headers))


@witness("envelope-fields-elsewhere", right=["visibility"], wrong=["request"])
def field_left_out(scene: Scene) -> list[str]:
    return wrong_fields(scene.ask("PATCH", "/packs/pack_01HZ", json={}))


@witness("envelope-fields-archive", right=["archive"], wrong=["pack.yaml"])
def archive_without_manifest(scene: Scene) -> list[str]:
    return wrong_fields(scene.upload(zipped({"behavior.md": b"x"})))


@witness("envelope-request-id-repeats", right=2, wrong=1)
def ids_of_two(scene: Scene) -> int:
    return len({scene.get("/me/session").headers["x-request-id"] for _ in range(2)})


@witness("envelope-request-id-begins-again", right=21, wrong=20)
def ids_of_many(scene: Scene) -> int:
    return len({scene.get("/me/session").headers["x-request-id"] for _ in range(21)})


@witness("envelope-request-id-kept", right="another", wrong="the same")
def id_after_a_refusal(scene: Scene) -> str:
    refused = scene.get(NONE).headers["x-request-id"]
    return "the same" if scene.get("/me/session").headers["x-request-id"] == refused else "another"


@witness("envelope-request-id-header", right="equal", wrong="different")
def id_twice(scene: Scene) -> str:
    answer = scene.get(NONE)
    same = answer.headers["x-request-id"] == answer.json()["error"]["request_id"]
    return "equal" if same else "different"


@witness("envelope-code-unknown", right="423 billing_inactive", wrong="423 payment_required")
def creation_unpaid(scene: Scene) -> str:
    return said(scene.create(FREE, "initech-owner"))
