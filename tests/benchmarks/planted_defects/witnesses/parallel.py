"""What shows the defects of requests that are under way at the same time."""

from tests.benchmarks.planted_defects.scene import Json, Scene, packed, said
from tests.benchmarks.planted_defects.witness import witness

PAGER = "/packs/pack_acme_pager"
GUIDE = f"{PAGER}/files/guides/escalation.md"


def patched(visibility: str) -> tuple[str, str, Json]:
    return "PATCH", PAGER, {"json": {"visibility": visibility}}


@witness("parallel-name-taken-twice", right=["201", "409 pack_exists"], wrong=["201", "201"])
def two_of_a_name(scene: Scene) -> list[str]:
    upload: tuple[str, str, Json] = ("POST", "/packs/upload", {"files": {"archive": packed()}})
    return sorted(said(answer) for answer in scene.at_once(upload, upload))


@witness("parallel-providers-of-one-name", right=["201", "409 provider_exists"], wrong=["201", "201"])
def two_providers_of_a_name(scene: Scene) -> list[str]:
    body = {"name": "twice", "kind": "openai", "domain": "api.twice.example"}
    creation: tuple[str, str, Json] = ("POST", "/providers", {"json": body})
    return sorted(said(answer) for answer in scene.at_once(creation, creation))


@witness("parallel-write-lost", right=("community", b"new"), wrong="one of the two")
def two_writes(scene: Scene) -> object:
    octets = {"content": b"new", "headers": {"Content-Type": "application/octet-stream"}}
    scene.at_once(patched("community"), ("PUT", GUIDE, octets))
    left = (scene.pack("pack_acme_pager")["visibility"], scene.get(GUIDE).content)
    return "one of the two" if (left[0] == "community") != (left[1] == b"new") else left


@witness("parallel-write-refused", right=["200", "200"], wrong=["200", "409 pack_in_use"])
def two_changes(scene: Scene) -> list[str]:
    return sorted(said(answer) for answer in scene.at_once(patched("community"), patched("community")))


@witness("parallel-owners-both-go", right=["200", "409 last_owner"], wrong=["200", "200"])
def two_owners_who_go(scene: Scene) -> list[str]:
    members = "/orgs/org_acme/memberships"
    scene.ask("PATCH", f"{members}/usr_acme_operator", json={"role": "owner"})
    owners = ("usr_acme_owner", "usr_acme_operator")
    changes: list[tuple[str, str, Json]] = [
        ("PATCH", f"{members}/{who}", {"json": {"role": "member"}}) for who in owners
    ]
    return sorted(said(answer) for answer in scene.at_once(*changes))


@witness("parallel-steps-both-taken", right=["200", "409 invalid_state"], wrong=["200", "200"])
def two_steps(scene: Scene) -> list[str]:
    stop: tuple[str, str, Json] = ("POST", "/workspaces/ws_01HZ/stop", {})
    return sorted(said(answer) for answer in scene.at_once(stop, stop))
