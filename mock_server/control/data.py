"""Control calls on the data of a world: billing postures and registry images."""

from __future__ import annotations

from mock_server.control import ControlContext, control
from mock_server.control.errors import OrgNotFound
from mock_server.control.similar_names import named
from mock_server.control.states.org_states import with_posture
from mock_server.errors import ValidationFailed
from mock_server.resources.operation import Reply, Request
from mock_server.resources.orgs import ORGS
from mock_server.resources.packs.archive import SMALL, image_of
from mock_server.resources.packs.pack_yaml import ContentError
from mock_server.resources.packs.registry import Reference, with_image
from mock_server.resources.run_in_thread import aside


@control("billing.replace")
async def replace_billing(context: ControlContext, request: Request) -> Reply:
    """Give an org a billing posture; OrgNotFound where there is no such org."""
    world = context.worlds.get(request.path["world"])
    org = named("org", request.path["org_id"], world.state.all(ORGS), OrgNotFound)
    changed = with_posture(org, request.body["posture"], world.now())
    world.commit(world.state.put(ORGS, changed))
    return Reply(200, {"posture": changed.posture(world.now())})


@control("images.replace")
async def replace_image(context: ControlContext, request: Request) -> Reply:
    """Put an image into the registry, under the reference in the path.

    Raises ValidationFailed on `image_ref` for a text that is no reference or has another digest, on `body` for
    content that is no archive of a pack; MemoryFull where the image does not fit.
    """
    image_ref = request.path["image_ref"]
    try:
        reference = Reference.of(image_ref)
    except ValueError as problem:
        raise ValidationFailed(fields={"image_ref": "It is not an OCI reference."}) from problem
    try:
        image = await aside(lambda: image_of(request.body), size=len(request.body), small=SMALL)
    except ContentError as problem:
        raise ValidationFailed(fields={"body": str(problem)}) from problem
    if reference.digest not in {None, image.digest}:
        raise ValidationFailed(fields={"image_ref": f"The digest of the image is {image.digest}."})
    world = context.world(request)
    context.commit(world, with_image(world.state, image_ref, image))
    return Reply(200, {"image_ref": image_ref, "image_digest": image.digest})
