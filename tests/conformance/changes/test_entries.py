"""A change is told once, where it was made, with what was lost and gained."""

from __future__ import annotations

import re

from tests.conformance.changes.edits import Edit, add, changes, contract, drop, operation, put, remove, schema

NEW_PROVIDER = schema("CreateProvider", "properties")
A_SECOND_SLUG = put(*NEW_PROVIDER, "alias", {"$ref": "#/components/schemas/Slug"})


def test_a_component_is_one_entry_with_all_of_its_operations() -> None:
    (found,) = changes(remove(*schema("ErrorBody", "required"), "request_id"))
    assert (found.kind, found.where) == ("answer-field-optional", "ErrorBody.request_id")
    assert set(found.operations) == set(contract().operations)


def test_a_component_of_both_directions_is_two() -> None:
    found = changes(add(*schema("ProviderKind", "enum"), "llama"))
    assert [(each.kind, each.where, str(each.clients), str(each.servers)) for each in found] == [
        ("answer-widened", "ProviderKind", "breaks", "no"),
        ("request-widened", "ProviderKind", "no", "breaks"),
    ]
    assert "providers.create" in found[1].operations
    assert "providers.list" in found[0].operations


def test_a_field_within_allof_stands_in_its_own_component() -> None:
    (found,) = changes(put(*schema("Credential", "properties", "name"), {"type": "string", "maxLength": 5}))
    assert found.where == "Credential.name"
    assert "credentials.create" in found.operations


def test_what_was_lost_and_gained_is_shown() -> None:
    (removed,) = changes(remove(*schema("Pack", "properties", "tier", "enum"), "verified"))
    assert (removed.lost, removed.gained, removed.text) == ('"verified"', "", '"verified" is removed')
    (bound,) = changes(put("components", "parameters", "EventLimit", "schema", "maximum", 1000))
    assert '"minimum": 1001' in bound.lost
    assert bound.gained == ""
    (scope,) = changes(
        put(*operation("get", "/packs/{id}/files"), "x-permissions", {"any": ["caps:read", "caps:write"]})
    )
    assert (scope.lost, scope.gained) == ("no scope", "caps:read or caps:write")
    (code,) = changes(
        add(*schema("PackInUseError", "allOf", 1, "properties", "error", "properties", "code", "enum"), "pack_exists")
    )
    assert (code.where, code.gained) == ("PackInUseError.error.code", "pack_exists")
    assert set(code.operations) == {"packs.update_visibility", "packs.delete"}


def test_the_same_change_of_many_operations_is_one_entry() -> None:
    statuses = [
        put("paths", path, method, "responses", "429", {"description": "Too many."})
        for path, item in contract().document["paths"].items()
        for method in item
        if method != "parameters"
    ]
    (found,) = changes(*statuses)
    assert (found.kind, found.where, len(found.operations)) == (
        "status-added",
        "status 429",
        len(contract().operations),
    )


def test_every_field_that_changed_is_told() -> None:
    found = changes(
        drop(*schema("Pack", "properties", "category")),
        put(*schema("Pack", "properties", "tier"), "nullable", True),
        add(*schema("Pack", "required"), "created_at"),
    )
    assert [(each.where, each.kind) for each in found] == [
        ("Pack.tier", "answer-widened"),
        ("Pack.category", "answer-field-removed"),
        ("Pack.created_at", "answer-field-required"),
    ]


def test_a_fingerprint_stays_while_the_change_is_the_same() -> None:
    edit = remove(*schema("Pack", "required"), "version")
    (alone,) = changes(edit)
    with_others = changes(edit, drop(*schema("Role", "properties", "model")), put("info", "version", "3.0.0"))
    assert alone.fingerprint in {each.fingerprint for each in with_others}
    (other,) = changes(remove(*schema("Pack", "required"), "tier"))
    assert other.fingerprint != alone.fingerprint


def test_a_field_that_is_a_reference_is_named_by_its_own_place() -> None:
    """What it refers to has not changed."""
    other: tuple[Edit, ...] = (put(*NEW_PROVIDER, "credential_name", {"$ref": "#/components/schemas/Domain"}),)
    written = put(*NEW_PROVIDER, "credential_name", {"type": "string", "maxLength": 5})
    for edits in ((A_SECOND_SLUG,), other, (written,), (drop(*NEW_PROVIDER, "credential_name"),)):
        (found,) = changes(*edits)
        assert found.where in ("CreateProvider.alias", "CreateProvider.credential_name")
    wide, narrow = (
        {"type": "object", "properties": {name: {"type": "string"} for name in names}} for names in ("ab", "a")
    )
    (inside,) = changes(
        put(*NEW_PROVIDER, "of", {"$ref": "#/components/schemas/Narrow"}),
        before=(
            put(*schema("Wide"), wide),
            put(*schema("Narrow"), narrow),
            put(*NEW_PROVIDER, "of", {"$ref": "#/components/schemas/Wide"}),
        ),
    )
    assert (inside.where, inside.kind) == ("CreateProvider.of.b", "request-field-ignored")


def test_two_fields_that_refer_to_one_component_are_two_entries() -> None:
    found = changes(drop(*NEW_PROVIDER, "credential_name"), drop(*NEW_PROVIDER, "alias"), before=(A_SECOND_SLUG,))
    assert [each.where for each in found] == ["CreateProvider.alias", "CreateProvider.credential_name"]
    assert len({each.fingerprint for each in found}) == 2


def test_of_long_values_the_place_is_shown_where_they_differ() -> None:
    """And another value makes another fingerprint, however late it differs."""
    long = f"^{'(abc|def|ghi)' * 20}"

    def patterned(end: str) -> Edit:
        return put(*NEW_PROVIDER, "display_name", {"type": "string", "pattern": f"{long}{end}$"})

    (first,), (second,) = (changes(patterned(end), before=(patterned("x"),)) for end in ("y", "z"))
    assert re.search(r'ghi\)x\$" is now .*ghi\)y\$"$', first.told), first.told
    assert first.fingerprint != second.fingerprint


def test_a_choice_is_told_as_that() -> None:
    either = [{"$ref": "#/components/schemas/Slug"}, {"type": "integer"}]
    (added,) = changes(put(*NEW_PROVIDER, "credential_name", {"oneOf": either}))
    assert added.told.startswith('oneOf of Slug, {"type": "integer"} takes the place of {"type": "string", "pattern": ')
    required = [{"required": ["category"]}, {"required": ["description"]}]
    (of_all,) = changes(put(*schema("Pack"), "oneOf", required))
    assert (of_all.where, of_all.told) == (
        "Pack",
        'oneOf of {"required": ["category"]}, {"required": ["description"]} is added',
    )
    (more,) = changes(
        add(*NEW_PROVIDER, "credential_name", "oneOf", {"type": "boolean"}),
        before=(put(*NEW_PROVIDER, "credential_name", {"oneOf": either}),),
    )
    assert (more.kind, more.told) == ("request-widened", 'oneOf has {"type": "boolean"} now')
