"""Labels as a home registers a resource, by somebody who writes down what `labels.overlay.yaml` says."""

from conformance.oracle.call import Call, Refusals
from conformance.oracle.declaration.behavior import Behavior, refuse_nothing
from conformance.oracle.declaration.fields import Field, make_fresh_name, make_two_valued_field, mark_name
from conformance.oracle.declaration.ownership import OrgOwned
from conformance.oracle.declaration.registry import register
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.law import AllowedChange
from conformance.recipes.causes import FOR_SOMEBODY, Cause, send_twice
from conformance.recipes.steps import ConfiguredSteps

CHANGED = frozenset({"color", "description", "position"})


def _create(call: Call, refusals: Refusals) -> None:
    taken = call.state.is_name_taken("label", call.caller.org, call.body["name"])
    if taken is not False:
        refusals.add(409, "label_exists", "CONFIG-NAME-TAKEN", certain=taken is True)


LABEL = register(
    Resource(
        name="label",
        operations=(
            Behavior("labels.list", part="list", refuses=refuse_nothing),
            Behavior("labels.get", part="read", refuses=refuse_nothing),
            Behavior(
                "labels.create",
                part="create",
                refuses=_create,
                applies="CONFIG-CREATE-APPLIES",
                causes={"label_exists": Cause(send_twice, FOR_SOMEBODY)},
            ),
            Behavior(
                "labels.update",
                part="update",
                refuses=refuse_nothing,
                may_change=AllowedChange(CHANGED | {"updated_at"}, keeps="CONFIG-PATCH-REST"),
                applies="CONFIG-PATCH-APPLIES",
            ),
            Behavior("labels.delete", part="remove", refuses=refuse_nothing),
        ),
        access=OrgOwned(),
        fields={
            "name": Field(make_fresh_name, marked=mark_name),
            "color": make_two_valued_field("color", "red", "green"),
            "description": make_two_valued_field("description", "One.", "Another."),
            "position": make_two_valued_field("position", 1, 2),
        },
        blames={"label_exists": "CONFIG-NAME-TAKEN"},
        clears=frozenset({"description"}),
        written=CHANGED,
        steps=ConfiguredSteps,
    )
)
