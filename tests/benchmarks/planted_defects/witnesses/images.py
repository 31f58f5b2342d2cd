"""What shows the defects of replaced images."""

from typing import Any

import httpx

from tests.benchmarks.planted_defects.scene import SLACK, Scene, said
from tests.benchmarks.planted_defects.witness import witness

INVALID = "400 validation_error"


def replaced(scene: Scene, pack_id: str, image_ref: str, who: str = "acme-owner") -> httpx.Response:
    return scene.ask("PUT", f"/packs/{pack_id}", who, json={"image_ref": image_ref})


@witness("images-metadata-stays", right="1.3.0", wrong="1.2.0")
def version(scene: Scene) -> Any:
    return replaced(scene, "pack_01HZ", f"{SLACK}:1.3.0").json()["version"]


@witness("images-updated-at-stays", right="moves", wrong="stays")
def updated_at(scene: Scene) -> str:
    before = scene.pack("pack_01HZ")["updated_at"]
    return "stays" if replaced(scene, "pack_01HZ", f"{SLACK}:1.3.0").json()["updated_at"] == before else "moves"


@witness("images-origin-of-clones", right="clone", wrong="image_ref")
def origin_of_a_clone(scene: Scene) -> Any:
    image_ref = "registry.example.com/acme/git-basics:3.0.0"
    scene.state("image is available", image_ref=image_ref, name="git-basics", version="3.0.0")
    return replaced(scene, "pack_acme_git_basics", image_ref).json()["image_origin"]


@witness("images-taken-back", right="community", wrong="org")
def visibility(scene: Scene) -> Any:
    image_ref = "registry.example.com/globex/metrics:1.0.0"
    return replaced(scene, "pack_globex_metrics", image_ref, "globex-owner").json()["visibility"]


@witness("images-any-tag", right=INVALID, wrong="201")
def unknown_tag(scene: Scene) -> str:
    return said(scene.create(f"{SLACK}:9.9.9", "globex-owner"))


@witness("images-repository-by-name", right=INVALID, wrong="200")
def other_repository(scene: Scene) -> str:
    image_ref = "registry.example.com/other/slack:2.0.0"
    scene.state("image is available", image_ref=image_ref, name="slack", version="2.0.0")
    return said(replaced(scene, "pack_01HZ", image_ref))


@witness("images-renaming", right=INVALID, wrong="200")
def other_name(scene: Scene) -> str:
    return said(replaced(scene, "pack_01HZ", f"{SLACK}:renamed"))
