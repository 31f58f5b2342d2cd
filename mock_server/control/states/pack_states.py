"""Provider states of packs, of the roles that reference them, and of the registry."""

from __future__ import annotations

from operator import attrgetter
from typing import Any, get_args

from mock_server.control.errors import NameTaken
from mock_server.control.states.context import StateContext
from mock_server.control.states.removal import without
from mock_server.errors import ValidationFailed
from mock_server.resources.agent_roles.role import ROLES, Role
from mock_server.resources.orgs import Org
from mock_server.resources.packs.images import Image, build
from mock_server.resources.packs.pack import (
    PACKS,
    PLATFORM_TIERS,
    ImageOrigin,
    Pack,
    Visibility,
    with_purge_failures,
    without_pack,
)
from mock_server.resources.packs.pack_yaml import MANIFEST, ContentError
from mock_server.resources.packs.registry import Reference, platform_reference, with_image, without_image
from mock_server.resources.providers.provider import PROVIDERS, Provider
from mock_server.state.blobs import blob
from mock_server.state.state import State

_REGISTRY = "registry.example.com"
_VERSION = "1.0.0"
_VISIBILITIES: tuple[Visibility, ...] = get_args(Visibility)
_ORIGINS: tuple[ImageOrigin, ...] = get_args(ImageOrigin)


def make_pack(context: StateContext) -> tuple[State, dict[str, Any]]:
    """Make a pack of an org, or of the platform where `org_id` is absent."""
    context.only("org_id", "tier", "name", "visibility", "image_origin")
    org_id = context.org().id if "org_id" in context.params else None
    tier = "community" if org_id else context.choice("tier", PLATFORM_TIERS, "recommended")
    state, pack_id = context.state.new_id(PACKS)
    name = context.text("name", pack_id.lower().replace("_", "-"))
    if state.where(PACKS, org_id=org_id, name=name):
        raise NameTaken(f"There is already a pack named {name}.")
    origin = context.choice("image_origin", _ORIGINS, "image_ref")
    image = _image(context, name, _VERSION)
    owner = org_id or "platform"
    image_ref = (
        platform_reference(owner, name, _VERSION) if origin == "upload" else f"{_REGISTRY}/{owner}/{name}:{_VERSION}"
    )
    pack = Pack(
        id=pack_id,
        org_id=org_id,
        tier=tier,
        visibility=context.choice("visibility", _VISIBILITIES, "org"),
        image_origin=origin,
        image_ref=image_ref,
        image=image,
        created_at=context.now,
        updated_at=context.now,
    )
    return with_image(state, image_ref, image).put(PACKS, pack), {"pack_id": pack_id}


def remove_pack(context: StateContext) -> State:
    """Remove the pack that the setup made."""
    return without_pack(context.state, context.made("pack_id"))


def make_role(context: StateContext) -> tuple[State, dict[str, Any]]:
    """Make a role of an org that references a pack, on the oldest provider in use or on one of its own."""
    context.only("org_id", "pack_id", "archived")
    org, pack = context.org(), context.pack()
    state, provider_id, made = _provider_in_use(context, org)
    state, role_id = state.new_id(ROLES)
    role = Role(
        id=role_id,
        org_id=org.id,
        name=role_id.lower().replace("_", "-"),
        provider_id=provider_id,
        pack_ids=(pack.id,),
        created_at=context.now,
        updated_at=context.now,
        archived_at=context.now if context.flag("archived") else None,
    )
    return state.put(ROLES, role), {"role_id": role_id, **made}


def _provider_in_use(context: StateContext, org: Org) -> tuple[State, str, dict[str, str]]:
    """The state in which the org has a provider in use, the id of its oldest, and that as a value if it was made."""
    in_use = [each for each in context.state.where(PROVIDERS, org_id=org.id) if each.archived_at is None]
    if in_use:
        return context.state, min(in_use, key=attrgetter("created_at", "id")).id, {}
    state, provider_id = context.state.new_id(PROVIDERS)
    provider = Provider(
        id=provider_id,
        org_id=org.id,
        name=provider_id.lower().replace("_", "-"),
        kind="anthropic",
        domain="api.anthropic.example",
        created_at=context.now,
        updated_at=context.now,
    )
    return state.put(PROVIDERS, provider), provider_id, {"provider_id": provider_id}


def remove_role(context: StateContext) -> State:
    """Remove the role that the setup made, and the provider that was made for it, unless another role uses it."""
    state = without(context.state, ROLES, context.made("role_id"))
    provider_id = context.made("provider_id")
    return state if state.where(ROLES, provider_id=provider_id) else state.drop(PROVIDERS, provider_id)


def available_image(context: StateContext) -> tuple[State, dict[str, Any]]:
    """Put an image whose pack.yaml has this name and version into the registry."""
    context.only("image_ref", "name", "version")
    image_ref = _reference(context)
    return with_image(context.state, image_ref, _image(context, context.text("name"), context.text("version"))), {}


def available_image_of_pack_yaml(context: StateContext) -> tuple[State, dict[str, Any]]:
    """Put an image with this pack.yaml into the registry."""
    context.only("image_ref", "pack_yaml")
    return with_image(context.state, _reference(context), _image_of(context, context.text("pack_yaml"))), {}


def remove_image(context: StateContext) -> State:
    """Remove the image from the registry."""
    return without_image(context.state, _reference(context))


def failing_purge(context: StateContext) -> tuple[State, dict[str, Any]]:
    """Let the next purges of the image of a pack fail."""
    context.only("pack_id", "times")
    return with_purge_failures(context.state, context.pack().id, context.count("times")), {}


def working_purge(context: StateContext) -> State:
    """Let purges of the image of a pack work again."""
    return with_purge_failures(context.state, context.text("pack_id"), 0)


def _reference(context: StateContext) -> str:
    image_ref = context.text("image_ref")
    reference_of(image_ref, "params.image_ref")
    return image_ref


def reference_of(image_ref: str, field: str) -> Reference:
    """Return the parts of an OCI reference; ValidationFailed, with the name of its field, where it is none."""
    try:
        return Reference.of(image_ref)
    except ValueError as problem:
        raise ValidationFailed(fields={field: "It is not an OCI reference."}) from problem


def _image(context: StateContext, name: str, version: str) -> Image:
    return _image_of(context, f"name: {_quoted(name)}\nversion: {_quoted(version)}\n")


def _image_of(context: StateContext, manifest: str) -> Image:
    """An image with nothing but a pack.yaml; ValidationFailed where that cannot be."""
    try:
        return build({MANIFEST: blob(manifest.encode())}, context.manifest)
    except ContentError as problem:
        raise ValidationFailed(fields={"params": str(problem)}) from problem


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
