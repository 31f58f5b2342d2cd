"""A made-up resource, registered in the suite as one of the contract's own is: this is all that it takes."""

from conformance.oracle.declaration.behavior import Behavior
from conformance.oracle.declaration.fields import Field, make_fresh_name
from conformance.oracle.declaration.ownership import OrgOwned
from conformance.oracle.declaration.registry import register
from conformance.oracle.declaration.resource import Resource

NOTE = register(
    Resource(
        name="note",
        operations=(
            Behavior("notes.list", part="list"),
            Behavior("notes.create", part="create"),
            Behavior("notes.delete", part="remove"),
        ),
        access=OrgOwned(),
        fields={"name": Field(make_fresh_name)},
    )
)
