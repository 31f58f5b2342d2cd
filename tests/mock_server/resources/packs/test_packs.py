"""The nine operations on packs, as callers see them."""

from collections.abc import Mapping
from typing import Any

import pytest

SLACK = "pack_01HZ"  # acme's, of an image, visible to acme only
NOTES = "pack_acme_release_notes"  # acme's, uploaded, community; roles of globex and hooli attach it
PAGER = "pack_acme_pager"  # acme's, uploaded, attached by a role of acme
CLONE = "pack_acme_git_basics"  # acme's, a clone
LEDGER = "pack_globex_ledger"  # globex's, uploaded, hidden from acme
METRICS = "pack_globex_metrics"  # globex's, of an image, community
PLATFORM = ("pack_02HZ", "pack_platform_git_basics")
MANIFEST = b"name: sample\nversion: 1.0.0\n"


def refused(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def fields(answer: Any) -> dict[str, str]:
    assert refused(answer) == (400, "validation_error")
    return answer.json()["error"]["details"]["fields"]


def listed(api: Any, persona: str = "acme-owner") -> dict[str, Any]:
    return {pack["id"]: pack for pack in api.send("GET", "/v1/packs", persona).json()["packs"]}


def patch(api: Any, pack_id: str, visibility: str, persona: str = "acme-owner") -> Any:
    return api.send("PATCH", f"/v1/packs/{pack_id}", persona, json={"visibility": visibility})


def create(api: Any, image_ref: str, persona: str = "acme-owner", **body: str) -> Any:
    return api.send("POST", "/v1/packs", persona, json={"image_ref": image_ref, **body})


def replace_image(api: Any, pack_id: str, image_ref: str, persona: str = "acme-owner") -> Any:
    return api.send("PUT", f"/v1/packs/{pack_id}", persona, json={"image_ref": image_ref})


def read_file(api: Any, pack_id: str, path: str, persona: str = "acme-owner") -> Any:
    return api.send("GET", f"/v1/packs/{pack_id}/files/{path}", persona)


def replace_file(api: Any, pack_id: str, path: str, content: bytes, persona: str = "acme-owner") -> Any:
    headers = {"Content-Type": "application/octet-stream"}
    return api.send("PUT", f"/v1/packs/{pack_id}/files/{path}", persona, content=content, headers=headers)


def delete(api: Any, pack_id: str, persona: str = "acme-owner") -> Any:
    return api.send("DELETE", f"/v1/packs/{pack_id}", persona)


def without(pack: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in pack.items() if name not in names}


# Visibility and redaction


def test_the_list_holds_what_the_org_can_see_and_nothing_else(api: Any) -> None:
    acme, globex = listed(api), listed(api, "globex-owner")
    assert {SLACK, NOTES, PAGER, CLONE, METRICS, *PLATFORM} <= acme.keys()
    assert LEDGER not in acme
    assert {NOTES, METRICS, LEDGER, *PLATFORM} <= globex.keys()
    assert globex.keys().isdisjoint({SLACK, PAGER, CLONE})


def test_the_list_and_the_single_read_agree(api: Any) -> None:
    for persona in ("acme-owner", "globex-read-only"):
        for pack_id, pack in listed(api, persona).items():
            assert api.pack(pack_id, persona) == pack


def test_the_list_is_in_the_order_of_creation(api: Any) -> None:
    first = list(listed(api))
    made = create(api, "registry.example.com/team/pack:1.2.0").json()["id"]
    assert list(listed(api)) == [*first, made]


def test_only_the_owner_is_shown_the_org(api: Any) -> None:
    owners, others = api.pack(NOTES), api.pack(NOTES, "globex-owner")
    assert (owners["org_id"], owners["owned"]) == ("org_acme", True)
    assert owners["image_ref"] == "registry.evershell.example/org_acme/release-notes:0.1.0"
    assert others == {**without(owners, "org_id"), "owned": False}
    for pack_id in PLATFORM:
        assert api.pack(pack_id)["owned"] is False
        assert "org_id" not in api.pack(pack_id)


@pytest.mark.parametrize("pack_id", [LEDGER, "pack_none", "pack_%00", "x"])
def test_a_hidden_pack_cannot_be_told_from_none(api: Any, pack_id: str) -> None:
    answers = [
        api.send("GET", f"/v1/packs/{pack_id}", "acme-owner"),
        patch(api, pack_id, "org"),
        replace_image(api, pack_id, "registry.example.com/team/slack:1.3.0"),
        read_file(api, pack_id, "pack.yaml"),
        replace_file(api, pack_id, "behavior.md", b"x"),
        delete(api, pack_id),
    ]
    assert {refused(answer) for answer in answers} == {(404, "pack_not_found")}
    assert {answer.json()["error"]["message"] for answer in answers} == {"There is no pack of this id."}


@pytest.mark.parametrize("pack_id", [METRICS, *PLATFORM])
def test_a_visible_pack_of_others_is_read_only(api: Any, pack_id: str) -> None:
    before = api.pack(pack_id)
    assert refused(patch(api, pack_id, "org")) == (403, "permission_denied")
    assert refused(replace_image(api, pack_id, "a/b:1")) == (403, "permission_denied")
    assert refused(replace_file(api, pack_id, "pack.yaml", MANIFEST)) == (403, "permission_denied")
    assert refused(delete(api, pack_id)) == (404, "pack_not_found")
    assert read_file(api, pack_id, "pack.yaml").status_code == 200
    assert api.pack(pack_id) == before


# PATCH


def test_a_patch_changes_visibility_and_updated_at_only(api: Any) -> None:
    before = api.pack(SLACK)
    after = patch(api, SLACK, "community").json()
    assert after["visibility"] == "community"
    assert after["updated_at"] > before["updated_at"]
    assert without(after, "visibility", "updated_at") == without(before, "visibility", "updated_at")
    assert api.pack(SLACK) == after
    assert SLACK in listed(api, "globex-owner")


def test_a_patch_to_the_same_value_changes_nothing(api: Any) -> None:
    before = api.pack(SLACK)
    answer = patch(api, SLACK, "org")
    assert (answer.status_code, answer.json()) == (200, before)
    assert api.pack(SLACK) == before


def test_a_pack_that_others_use_is_not_taken_back(api: Any) -> None:
    before = api.pack(NOTES)
    answer = patch(api, NOTES, "org")
    assert refused(answer) == (409, "pack_in_use")
    assert answer.json()["error"]["details"] == {"roles": 2}  # an archived one of them
    assert api.pack(NOTES) == before
    assert patch(api, NOTES, "community").json() == before


def test_roles_of_the_own_org_do_not_stand_in_the_way(api: Any) -> None:
    assert patch(api, PAGER, "community").status_code == 200
    assert patch(api, PAGER, "org").status_code == 200


# Creation


def test_a_pack_of_an_image_is_what_its_pack_yaml_says(api: Any) -> None:
    pack = create(api, "registry.example.com/team/pack:1.2.0", visibility="community").json()
    assert without(pack, "id", "created_at", "image_digest") == {
        "org_id": "org_acme",
        "name": "pack",
        "display_name": "Pack",
        "description": "A pack that a team keeps in its own registry.",
        "version": "1.2.0",
        "tier": "community",
        "visibility": "community",
        "category": "engineering",
        "capabilities": "[]\n",
        "suggested_packs": "slack",
        "image_origin": "image_ref",
        "image_ref": "registry.example.com/team/pack:1.2.0",
        "size_bytes": 169,
        "updated_at": pack["created_at"],
        "owned": True,
    }
    assert api.pack(pack["id"]) == pack
    assert listed(api)[pack["id"]] == pack


def test_a_pack_is_the_org_s_own_unless_told_otherwise(api: Any) -> None:
    assert create(api, "registry.example.com/team/pack:1.2.0").json()["visibility"] == "org"
    assert api.upload({"pack.yaml": MANIFEST}).json()["visibility"] == "org"


@pytest.mark.parametrize(
    ("image_ref", "word"),
    [
        ("registry.example.com/team/pack:9.9.9", "holds no such image"),
        ("registry.example.com/team/not-a-pack:1.0.0", "pack.yaml"),
        ("registry.evershell.example/org_globex/ledger:4.2.0", "holds no such image"),
        ("x" * 300, "not an OCI reference"),
    ],
)
def test_an_image_that_cannot_be_a_pack(api: Any, image_ref: str, word: str) -> None:
    assert word in fields(create(api, image_ref))["image_ref"]


def test_a_name_is_taken_in_its_org_only(api: Any) -> None:
    assert refused(api.upload({"pack.yaml": b"name: slack\nversion: 9.0.0\n"})) == (409, "pack_exists")
    assert refused(create(api, "registry.example.com/team/slack:1.3.0")) == (409, "pack_exists")
    assert create(api, "registry.example.com/team/slack:1.3.0", "globex-owner").status_code == 201
    assert api.upload({"pack.yaml": b"name: incident-response\nversion: 1.0.0\n"}).status_code == 201


def test_a_name_is_free_again_after_its_pack(api: Any) -> None:
    first = api.upload({"pack.yaml": MANIFEST}).json()["id"]
    assert delete(api, first).json() == {"status": "deleted"}
    second = api.upload({"pack.yaml": MANIFEST}).json()["id"]
    assert second != first


def test_an_upload_is_kept_byte_for_byte(api: Any) -> None:
    content = {
        "pack.yaml": MANIFEST,
        "data/table.csv": b"a,b\r\n\x00\xff",
        "guides/deep/er/ö ü.md": b"",
        "behavior.md": b"x",
    }
    pack = api.upload({f"sample/{path}": data for path, data in content.items()}, visibility="community").json()
    assert (pack["image_origin"], pack["visibility"], pack["tier"]) == ("upload", "community", "community")
    assert pack["size_bytes"] == sum(map(len, content.values()))
    assert pack["image_ref"].startswith("registry.evershell.example/org_acme/sample:")
    for path, data in content.items():
        answer = read_file(api, pack["id"], path, "globex-owner")
        assert (answer.content, answer.headers["content-length"]) == (data, str(len(data)))


def test_equal_content_has_an_equal_digest_wherever_it_comes_from(api: Any) -> None:
    files = {"pack.yaml": MANIFEST, "data/a": b"1", "data/b": b"2"}
    one = api.upload(files).json()
    other = api.upload(dict(reversed(files.items())), "globex-owner").json()
    assert one["image_digest"] == other["image_digest"]
    assert one["image_digest"] != api.upload({**files, "data/b": b"3"}, "hooli-owner").json()["image_digest"]


@pytest.mark.parametrize(
    ("files", "word"),
    [
        ({"behavior.md": b"x"}, "no pack.yaml"),
        ({"pack.yaml": b"name: ["}, "YAML"),
        ({"pack.yaml": b"name: sample"}, "no version"),
        ({"pack.yaml": MANIFEST, "README.md": b"x"}, "README.md"),
        ({"pack.yaml": MANIFEST, "data/../x": b"x"}, '".."'),
    ],
)
def test_an_archive_that_cannot_be_a_pack(api: Any, files: Mapping[str, bytes], word: str) -> None:
    before = listed(api)
    assert word in fields(api.upload(files))["archive"]
    assert listed(api) == before


# Another image


def test_another_image_brings_its_own_metadata(api: Any) -> None:
    before = api.pack(SLACK)
    after = replace_image(api, SLACK, "registry.example.com/team/slack:1.3.0").json()
    assert after["version"] == "1.3.0"
    assert after["description"] != before["description"]
    assert "capabilities" not in after
    assert after["image_digest"] != before["image_digest"]
    assert after["updated_at"] > before["updated_at"]
    for same in ("id", "name", "created_at", "image_origin", "visibility", "tier"):
        assert after[same] == before[same]
    assert api.pack(SLACK) == after


def test_the_same_image_changes_nothing(api: Any) -> None:
    before = api.pack(SLACK)
    assert replace_image(api, SLACK, before["image_ref"]).json() == before


def test_an_image_can_be_named_by_its_digest(api: Any) -> None:
    after = replace_image(api, SLACK, "registry.example.com/team/slack:1.3.0").json()
    api.send("POST", f"/_mock/worlds/{api.world}/reset")
    pinned = f"registry.example.com/team/slack@{after['image_digest']}"
    again = replace_image(api, SLACK, pinned).json()
    assert (again["image_ref"], again["image_digest"]) == (pinned, after["image_digest"])


@pytest.mark.parametrize(
    ("image_ref", "word"),
    [
        ("registry.example.com/team/pack:1.2.0", "repository"),
        ("registry.example.com/team/slack:9.9.9", "holds no such image"),
        ("registry.example.com/team/slack:renamed", "chat"),
    ],
)
def test_an_image_that_cannot_be_the_next(api: Any, image_ref: str, word: str) -> None:
    before = api.pack(SLACK)
    assert word in fields(replace_image(api, SLACK, image_ref))["image_ref"]
    assert api.pack(SLACK) == before


def test_an_uploaded_pack_takes_images_of_its_own_repository(api: Any) -> None:
    pack = api.upload({"pack.yaml": MANIFEST}).json()
    next_ref = pack["image_ref"].replace(":1.0.0", ":2.0.0")
    api.set_up("image is available", image_ref=next_ref, name="sample", version="2.0.0")
    after = replace_image(api, pack["id"], next_ref).json()
    assert (after["version"], after["image_origin"], after["image_ref"]) == ("2.0.0", "upload", next_ref)
    assert "repository" in fields(replace_image(api, pack["id"], "registry.example.com/team/pack:1.2.0"))["image_ref"]


# Files


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("pack.yaml", "application/yaml"),
        ("guides/first-steps.md", "text/markdown; charset=utf-8"),
        ("data/channels.json", "application/json"),
    ],
)
def test_a_file_is_served_as_its_type(api: Any, path: str, media_type: str) -> None:
    answer = read_file(api, SLACK, path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, media_type)


def test_a_file_that_is_not_there(api: Any) -> None:
    for path in ("data/none.json", "data", "pack.yaml/x", "PACK.YAML"):
        assert refused(read_file(api, SLACK, path)) == (404, "file_not_found")
        assert refused(replace_file(api, NOTES, path, b"x")) == (404, "file_not_found")


@pytest.mark.parametrize("path", ["%2e", "%2e%2e/pack.yaml", "data%2Fx", "data//x", "data/", "x%00"])
def test_a_path_that_no_file_has(api: Any, path: str) -> None:
    assert fields(read_file(api, SLACK, path)).keys() == {"path"}
    assert fields(replace_file(api, NOTES, path, b"x")).keys() == {"path"}


def test_a_replaced_file_gives_a_new_digest_and_the_same_version(api: Any) -> None:
    before = api.pack(NOTES)
    after = replace_file(api, NOTES, "behavior.md", b"").json()
    assert after["image_digest"] != before["image_digest"]
    assert after["updated_at"] > before["updated_at"]
    size = before["size_bytes"] - after["size_bytes"]
    assert size == len("Write for the reader of the notes, not for the author of the change.\n")
    changed = ("image_digest", "updated_at", "size_bytes")
    assert without(after, *changed) == without(before, *changed)
    assert read_file(api, NOTES, "behavior.md").content == b""
    assert api.pack(NOTES) == after


def test_equal_bytes_change_nothing(api: Any) -> None:
    before = api.pack(NOTES)
    same = read_file(api, NOTES, "behavior.md").content
    assert replace_file(api, NOTES, "behavior.md", same).json() == before


def test_a_file_edit_and_an_upload_of_the_same_content_have_one_digest(api: Any) -> None:
    pack = api.upload({"pack.yaml": MANIFEST, "data/a": b"1"}).json()
    edited = replace_file(api, pack["id"], "data/a", b"2").json()
    assert (
        edited["image_digest"]
        == api.upload({"pack.yaml": MANIFEST, "data/a": b"2"}, "globex-owner").json()["image_digest"]
    )


def test_a_replaced_pack_yaml_is_read_again(api: Any) -> None:
    manifest = b"name: release-notes\nversion: 0.1.0\ndisplay_name: Notes!\ncategory: writing\n"
    after = replace_file(api, NOTES, "pack.yaml", manifest).json()
    assert (after["display_name"], after["category"]) == ("Notes!", "writing")
    assert "description" not in after


@pytest.mark.parametrize(
    "manifest",
    [
        b"",
        b"name: [",
        b"name: release-notes\nversion: 0.1.1\n",
        b"name: other\nversion: 0.1.0\n",
        b"\xff",
        b"x" * 300_000,
    ],
)
def test_a_pack_yaml_that_cannot_be_the_next(api: Any, manifest: bytes) -> None:
    before = api.pack(NOTES)
    assert "pack.yaml" in fields(replace_file(api, NOTES, "pack.yaml", manifest))["body"]
    assert api.pack(NOTES) == before


@pytest.mark.parametrize(("pack_id", "path"), [(SLACK, "behavior.md"), (CLONE, "guides/branches.md")])
def test_only_the_files_of_an_upload_are_replaced(api: Any, pack_id: str, path: str) -> None:
    assert refused(replace_file(api, pack_id, path, b"x")) == (409, "pack_not_editable")


def test_a_pinned_upload_is_known_by_its_tag_after_an_edit(api: Any) -> None:
    pack = api.upload({"pack.yaml": MANIFEST, "data/a": b"1"}).json()
    repository = pack["image_ref"].rpartition(":")[0]
    replace_image(api, pack["id"], f"{repository}@{pack['image_digest']}")
    edited = replace_file(api, pack["id"], "data/a", b"2").json()
    assert edited["image_ref"] == f"{repository}:1.0.0"
    assert replace_image(api, pack["id"], f"{repository}:1.0.0").json() == edited


# Deletion


def test_a_deleted_pack_is_gone(api: Any) -> None:
    assert delete(api, SLACK).json() == {"status": "deleted"}
    assert SLACK not in listed(api)
    assert refused(api.send("GET", f"/v1/packs/{SLACK}", "acme-owner")) == (404, "pack_not_found")
    assert refused(delete(api, SLACK)) == (404, "pack_not_found")


@pytest.mark.parametrize(("pack_id", "roles"), [(PAGER, 1), (NOTES, 2)])
def test_a_pack_in_use_is_not_deleted(api: Any, pack_id: str, roles: int) -> None:
    answer = delete(api, pack_id)
    assert refused(answer) == (409, "pack_in_use")
    assert answer.json()["error"]["details"] == {"roles": roles}
    assert pack_id in listed(api)


def test_a_failed_purge_leaves_the_pack_and_the_next_deletes_it(api: Any) -> None:
    pack = api.upload({"pack.yaml": MANIFEST}).json()
    api.set_up("registry purge fails", pack_id=pack["id"], times=2)
    for _ in range(2):
        assert refused(delete(api, pack["id"])) == (502, "registry_cleanup_failed")
        assert api.pack(pack["id"]) == pack
    assert delete(api, pack["id"]).status_code == 200


def test_a_pack_in_use_uses_up_no_failed_purge(api: Any) -> None:
    api.set_up("registry purge fails", pack_id=PAGER)
    assert refused(delete(api, PAGER)) == (409, "pack_in_use")
    assert refused(delete(api, PAGER)) == (409, "pack_in_use")


def test_the_image_of_an_uploaded_pack_is_purged(api: Any) -> None:
    pack = api.upload({"pack.yaml": MANIFEST}).json()
    delete(api, pack["id"])
    assert "holds no such image" in fields(create(api, pack["image_ref"]))["image_ref"]


def test_the_image_of_any_other_pack_stays(api: Any) -> None:
    api.set_up("registry purge fails", pack_id=SLACK)
    assert delete(api, SLACK).status_code == 200
    assert create(api, "registry.example.com/team/slack:1.2.0").status_code == 201


# The order of refusals


def test_content_that_depends_on_what_is_stored_comes_before_state(api: Any) -> None:
    assert fields(replace_file(api, CLONE, "pack.yaml", MANIFEST)).keys() == {"body"}
    assert fields(create(api, "registry.example.com/team/slack:9.9.9")).keys() == {"image_ref"}


def test_existence_comes_before_the_content_of_the_image(api: Any) -> None:
    assert refused(replace_image(api, "pack_none", "registry.example.com/none:1")) == (404, "pack_not_found")


def test_a_malformed_reference_comes_before_existence(api: Any) -> None:
    assert fields(replace_image(api, "pack_none", "not a reference")).keys() == {"image_ref"}
