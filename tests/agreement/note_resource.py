"""A made-up resource, registered in the suite as one of the contract's own is: this is all that it takes."""

from conformance.oracle.declaration.fields import Field, fresh_name
from conformance.oracle.declaration.ownership import OrgOwned
from conformance.oracle.declaration.registry import register
from conformance.oracle.declaration.resource import Resource

NOTE = register(
    Resource(
        name="note",
        access=OrgOwned(),
        listed_by="notes.list",
        removed_by="notes.delete",
        made_by=("notes.create",),
        fields={"name": Field(fresh_name)},
    )
)
