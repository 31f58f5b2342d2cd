"""A made-up resource, registered in the suite as one of the contract's own is: this is all that it takes."""

from conformance.oracle.declaration import Field, OrgOwned, fresh_name
from conformance.oracle.resource import Resource, register

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
