"""What shows the defects in what a caller may do."""

from tests.benchmarks.planted_defects.scene import SLACK, Scene, said
from tests.benchmarks.planted_defects.witness import witness

DENIED = "403 permission_denied"


def with_scopes(scene: Scene, *scopes: str) -> str:
    token: str = scene.state("credential has scopes", org_id="org_acme", scopes=scopes)["token"]
    return token


@witness("scopes-not-checked", right=DENIED, wrong="200")
def reader_shares(scene: Scene) -> str:
    return said(scene.patch("pack_01HZ", "community", "acme-read-only"))


@witness("scopes-delete-free", right=DENIED, wrong="200")
def member_deletes(scene: Scene) -> str:
    return said(scene.delete("pack_01HZ", "acme-member"))


@witness("scopes-by-prefix", right=DENIED, wrong="200")
def submitter_shares(scene: Scene) -> str:
    return said(scene.patch("pack_01HZ", "community", "acme-submit-observe"))


@witness("scopes-by-resource", right=DENIED, wrong="200")
def reader_of_caps_shares(scene: Scene) -> str:
    return said(scene.patch("pack_01HZ", "community", with_scopes(scene, "caps:read")))


@witness("scopes-of-a-colleague", right=DENIED, wrong="200")
def member_after_owner(scene: Scene) -> str:
    scene.patch("pack_01HZ", "community")
    return said(scene.patch("pack_01HZ", "org", "acme-member"))


@witness("scopes-noop-free", right=DENIED, wrong="200")
def member_changes_nothing(scene: Scene) -> str:
    return said(scene.patch("pack_01HZ", "org", "acme-member"))


@witness("scopes-denied-as-unknown", right=DENIED, wrong="404 pack_not_found")
def member_replaces_image(scene: Scene) -> str:
    return said(scene.ask("PUT", "/packs/pack_01HZ", "acme-member", json={"image_ref": f"{SLACK}:1.3.0"}))


@witness("scopes-keys-read-only", right="200", wrong=DENIED)
def key_shares(scene: Scene) -> str:
    return said(scene.patch("pack_01HZ", "community", "acme-full-access"))


@witness("scopes-owners-delete", right="200", wrong=DENIED)
def operator_deletes(scene: Scene) -> str:
    return said(scene.delete("pack_01HZ", "acme-operator"))


@witness("scopes-first-only", right="200", wrong=DENIED)
def scope_comes_second(scene: Scene) -> str:
    return said(scene.patch("pack_01HZ", "community", with_scopes(scene, "workspace:read", "caps:write")))


@witness("scopes-list-for-readers", right="200", wrong=DENIED)
def member_lists(scene: Scene) -> str:
    return said(scene.get("/packs", "acme-member"))


@witness("scopes-files-for-writers", right="200", wrong=DENIED)
def member_reads_file(scene: Scene) -> str:
    return said(scene.get("/packs/pack_01HZ/files/pack.yaml", "acme-member"))


@witness("scopes-none-at-all", right="200", wrong=DENIED)
def scopeless_reads(scene: Scene) -> str:
    return said(scene.get("/packs/pack_01HZ", with_scopes(scene)))
