"""Content packs: how one is made, what is right for it, and all that the suite is told of them."""

from conformance.oracle.declaration.ownership import FOREIGN_COMMUNITY, PLATFORM
from conformance.resources.packs.recipes import (
    ANY,
    CREATE,
    DELETE,
    GET,
    UPLOAD,
    UPLOADED,
    image,
    next_image,
    own,
    pullable_next,
    purge_fails,
    referenced,
    shared_unasked,
    uploaded,
)
from conformance.resources.packs.sample_files import FILE, FILE_CONTENT, archive_parts, pack_files, pack_yaml

__all__ = [
    "ANY",
    "CREATE",
    "DELETE",
    "FILE",
    "FILE_CONTENT",
    "FOREIGN_COMMUNITY",
    "GET",
    "PLATFORM",
    "UPLOAD",
    "UPLOADED",
    "archive_parts",
    "image",
    "next_image",
    "own",
    "pack_files",
    "pack_yaml",
    "pullable_next",
    "purge_fails",
    "referenced",
    "shared_unasked",
    "uploaded",
]
