"""The provider-states protocol: a world brought into a named state, and out of it again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mock_server.control import Desk, control
from mock_server.control.errors import StateUnknown
from mock_server.control.similar_names import unknown
from mock_server.control.states.context import Setting
from mock_server.control.states.credential_states import (
    expired_credential,
    forget_credential,
    revoked_credential,
    scoped_credential,
)
from mock_server.control.states.org_states import billing_posture, usual_posture
from mock_server.control.states.pack_states import (
    available_image,
    failing_purge,
    make_pack,
    make_role,
    remove_image,
    remove_pack,
    remove_role,
    working_purge,
)
from mock_server.resources.operation import Reply, Request
from mock_server.state.state import State

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Provider:
    """How one state is made, and undone. A teardown that matches nothing changes nothing."""

    setup: Callable[[Setting], tuple[State, Values]]
    teardown: Callable[[Setting], State]


PROVIDERS: Mapping[str, Provider] = {
    "org has billing posture": Provider(billing_posture, usual_posture),
    "pack exists": Provider(make_pack, remove_pack),
    "role references pack": Provider(make_role, remove_role),
    "image is available": Provider(available_image, remove_image),
    "registry purge fails": Provider(failing_purge, working_purge),
    "credential is expired": Provider(expired_credential, forget_credential),
    "credential is revoked": Provider(revoked_credential, forget_credential),
    "credential has scopes": Provider(scoped_credential, forget_credential),
}


@control("states.change")
async def change(desk: Desk, request: Request) -> Reply:
    """Set a state up, answering its values, or tear it down, answering none.

    StateUnknown for a name that is not in the list; OrgMissing and PackNotFound for what a state
    stands on; NameTaken where something stands in its way; MemoryFull where it does not fit.
    """
    body = request.body
    provider = PROVIDERS.get(body["state"])
    if provider is None:
        raise StateUnknown(unknown("state", body["state"], PROVIDERS))
    world = desk.worlds.get(request.path["world"])
    setting = Setting.of(world.state, desk.seed.state, world.now(), body.get("params"), body.get("values"))
    if body["action"] == "setup":
        state, values = provider.setup(setting)
        desk.commit(world, state)
        return Reply(200, values)
    world.commit(provider.teardown(setting))
    return Reply(200, {})
