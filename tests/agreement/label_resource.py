"""Labels as a home registers a resource, by somebody who writes down what `labels.overlay.yaml` says."""

from conformance.oracle.call import Call, Refusals
from conformance.oracle.declaration.fields import Field, fresh_name, marked_name, one_of_two
from conformance.oracle.declaration.ownership import OrgOwned
from conformance.oracle.declaration.registry import register
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.law import Law
from conformance.recipes.causes import FOR_SOMEBODY, Cause, twice
from conformance.recipes.steps import ConfiguredSteps

CHANGED = frozenset({"color", "description", "position"})


def _create(call: Call, refusals: Refusals) -> None:
    taken = call.state.name_taken("label", call.caller.org, call.body["name"])
    if taken is not False:
        refusals.add(409, "label_exists", "CONFIG-NAME-TAKEN", certain=taken is True)


def _nothing(_call: Call, _refusals: Refusals) -> None:
    """No state of the others stands in the way."""


LABEL = register(
    Resource(
        name="label",
        access=OrgOwned(),
        listed_by="labels.list",
        shown_by="labels.get",
        removed_by="labels.delete",
        updated_by="labels.update",
        made_by=("labels.create",),
        fields={
            "name": Field(fresh_name, marked=marked_name),
            "color": one_of_two("color", "red", "green"),
            "description": one_of_two("description", "One.", "Another."),
            "position": one_of_two("position", 1, 2),
        },
        refusals={
            "labels.create": _create,
            **dict.fromkeys(("labels.list", "labels.get", "labels.update", "labels.delete"), _nothing),
        },
        wrongful=lambda _: [("label_exists", "CONFIG-NAME-TAKEN")],
        causes={"label_exists": Cause(twice, FOR_SOMEBODY)},
        laws={"labels.update": Law(CHANGED | {"updated_at"}, keeps="CONFIG-PATCH-REST")},
        applied={"labels.create": "CONFIG-CREATE-APPLIES", "labels.update": "CONFIG-PATCH-APPLIES"},
        clears=frozenset({"description"}),
        written=CHANGED,
        steps=ConfiguredSteps,
    )
)
