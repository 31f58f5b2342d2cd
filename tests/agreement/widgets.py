"""A made-up collection with its three operations: all that a new resource of the mock is."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta

from mock_server.operation import Reply, Request, operation
from mock_server.resources.orgs import ORGS
from mock_server.state.collection import Collection, is_same_org
from mock_server.state.state import State
from mock_server.state.value import Value


class Widget(Value):
    """Something that an org has."""

    id: str
    org_id: str
    name: Annotated[str, Meta(min_length=1)]
    kind: Literal["round", "square"]
    created_at: datetime
    archived_at: datetime | None = None


WIDGETS = Collection(
    Widget,
    "widgets",
    id_prefix="wdg",
    refers={"org_id": ORGS},
    unique=("org_id", "name"),
    indexes=("org_id",),
    schema="Widget",
    visible=is_same_org,
)


@operation("widgets.list")
def list_widgets(state: State, request: Request) -> tuple[State, Reply]:
    org_id = request.caller.org_id
    return state, Reply(200, {"widgets": [WIDGETS.show(each, org_id) for each in state.select(WIDGETS, org_id=org_id)]})


@operation("widgets.create")
def create(state: State, request: Request) -> tuple[State, Reply]:
    state, widget_id = state.assign_id(WIDGETS)
    caller, body = request.caller, request.body
    widget = Widget(widget_id, caller.org_id, body["name"], body["kind"], request.now)
    return state.put(WIDGETS, widget), Reply(201, WIDGETS.show(widget, caller.org_id))


@operation("widgets.delete")
def delete(state: State, request: Request) -> tuple[State, Reply]:
    widget = request.find(state, WIDGETS)
    return state.drop(WIDGETS, widget.id), Reply(200, {"status": "deleted"})
