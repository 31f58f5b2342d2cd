"""Provider states of packs, of the roles that reference them, and of the registry."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from mock_server.control.errors import NameTaken
from mock_server.control.states.context import StateContext, without
from mock_server.control.states.parameters import OrgParams, Text
from mock_server.errors import ValidationFailed
from mock_server.resources.agent_roles import ROLES, Role
from mock_server.resources.orgs import Org
from mock_server.resources.packs.images import Held, Image, UnusableImage, build, compute_digest
from mock_server.resources.packs.pack import (
    PACKS,
    ImageOrigin,
    Pack,
    PlatformTier,
    Visibility,
    with_purge_failures,
    without_pack,
)
from mock_server.resources.packs.pack_yaml import MANIFEST, ContentError
from mock_server.resources.packs.registry import Reference, make_platform_reference, with_image, without_image
from mock_server.resources.providers import PROVIDERS, Provider
from mock_server.state.blobs import make_blob
from mock_server.state.state import State
from mock_server.state.value import Value

_REGISTRY = "registry.example.com"
_VERSION = "1.0.0"
_MOST_TIMES = 1_000_000


class PackParams(Value):
    """A pack of an org, or of the platform, which alone gives it a tier."""

    org_id: Text | None = None
    tier: PlatformTier = "recommended"
    name: Text | None = None
    visibility: Visibility = "org"
    image_origin: ImageOrigin = "image_ref"


class RoleParams(OrgParams):
    """A role of an org, and the pack that it references."""

    pack_id: Text
    archived: bool = False


class ImageParams(Value):
    """An image, and what its pack.yaml says."""

    image_ref: Text
    name: Text
    version: Text


class PackYamlParams(Value):
    """An image with a whole pack.yaml."""

    image_ref: Text
    pack_yaml: Text


class PurgeParams(Value):
    """The pack whose image is not purged, and how often."""

    pack_id: Text
    times: Annotated[int, msgspec.Meta(ge=1, le=_MOST_TIMES)] = 1


def make_pack(context: StateContext, params: PackParams) -> tuple[State, dict[str, Any]]:
    """Make a pack of an org, or of the platform where `org_id` is absent."""
    org_id = None if params.org_id is None else context.find_org(params.org_id).id
    state, pack_id = context.state.assign_id(PACKS)
    name = params.name or pack_id.lower().replace("_", "-")
    if state.select(PACKS, org_id=org_id, name=name):
        raise NameTaken(f"There is already a pack named {name}.")
    image = _make_image(context, name, _VERSION)
    owner = org_id or "platform"
    of_platform = params.image_origin == "upload"
    image_ref = (
        make_platform_reference(owner, name, _VERSION) if of_platform else f"{_REGISTRY}/{owner}/{name}:{_VERSION}"
    )
    pack = Pack(
        id=pack_id,
        org_id=org_id,
        tier="community" if org_id else params.tier,
        visibility=params.visibility,
        image_origin=params.image_origin,
        image_ref=image_ref,
        image=image,
        created_at=context.now,
        updated_at=context.now,
    )
    return with_image(state, image_ref, image).put(PACKS, pack), {"pack_id": pack_id}


def remove_pack(context: StateContext) -> State:
    """Remove the pack that the setup made."""
    return without_pack(context.state, context.read_made("pack_id"))


def make_role(context: StateContext, params: RoleParams) -> tuple[State, dict[str, Any]]:
    """Make a role of an org that references a pack, on the oldest provider in use or on one of its own."""
    org, pack = context.find_org(params.org_id), context.find_pack(params.pack_id)
    state, provider_id, made = _require_provider(context, org)
    state, role_id = state.assign_id(ROLES)
    role = Role(
        id=role_id,
        org_id=org.id,
        name=role_id.lower().replace("_", "-"),
        provider_id=provider_id,
        pack_ids=(pack.id,),
        created_at=context.now,
        updated_at=context.now,
        archived_at=context.now if params.archived else None,
    )
    return state.put(ROLES, role), {"role_id": role_id, **made}


def _require_provider(context: StateContext, org: Org) -> tuple[State, str, dict[str, str]]:
    """Return the state in which an org has a provider in use, the oldest's id, and that as a value if it was made."""
    in_use = context.find_provider_in_use(org.id)
    if in_use is not None:
        return context.state, in_use.id, {}
    state, provider_id = context.state.assign_id(PROVIDERS)
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
    state = without(context.state, ROLES, context.read_made("role_id"))
    provider_id = context.read_made("provider_id")
    return state if state.select(ROLES, provider_id=provider_id) else state.drop(PROVIDERS, provider_id)


def put_image(context: StateContext, params: ImageParams) -> tuple[State, dict[str, Any]]:
    """Put an image whose pack.yaml has this name and version into the registry."""
    image = _make_image(context, params.name, params.version)
    return with_image(context.state, _make_reference(params.image_ref), image), {}


def put_image_of_pack_yaml(context: StateContext, params: PackYamlParams) -> tuple[State, dict[str, Any]]:
    """Put an image with this pack.yaml into the registry; where that is none, one that can be pulled and is no pack."""
    files = {MANIFEST: make_blob(params.pack_yaml.encode())}
    image: Held
    try:
        image = build(files, context.manifest)
    except ContentError as problem:
        image = UnusableImage(compute_digest(files), str(problem))
    return with_image(context.state, _make_reference(params.image_ref), image), {}


def remove_image(context: StateContext) -> State:
    """Remove the image from the registry."""
    return without_image(context.state, _make_reference(context.require("image_ref")))


def let_purges_fail(context: StateContext, params: PurgeParams) -> tuple[State, dict[str, Any]]:
    """Let the next purges of the image of a pack fail."""
    return with_purge_failures(context.state, context.find_pack(params.pack_id).id, params.times), {}


def let_purges_work(context: StateContext) -> State:
    """Let purges of the image of a pack work again."""
    return with_purge_failures(context.state, context.require("pack_id"), 0)


def _make_reference(image_ref: str) -> str:
    read_reference(image_ref, "params.image_ref")
    return image_ref


def read_reference(image_ref: str, field: str) -> Reference:
    """Return the parts of an OCI reference; ValidationFailed, with the name of its field, where it is none."""
    try:
        return Reference.parse(image_ref)
    except ValueError as problem:
        raise ValidationFailed(fields={field: "It is not an OCI reference."}) from problem


def _make_image(context: StateContext, name: str, version: str) -> Image:
    return _build_image(context, f"name: {_quote(name)}\nversion: {_quote(version)}\n")


def _build_image(context: StateContext, manifest: str) -> Image:
    """Return an image with nothing but a pack.yaml; ValidationFailed where that cannot be."""
    try:
        return build({MANIFEST: make_blob(manifest.encode())}, context.manifest)
    except ContentError as problem:
        raise ValidationFailed(fields={"params": str(problem)}) from problem


def _quote(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
