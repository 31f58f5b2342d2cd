"""Content packs: how one is made, what is right for it, and all that the suite is told of them."""

from conformance.oracle.declaration.ownership import FOREIGN_COMMUNITY, PLATFORM
from conformance.resources.packs.recipes import (
    ANY,
    CREATE,
    DELETE,
    GET,
    UPLOAD,
    UPLOADED,
    choose_pullable_next,
    create_owned_pack,
    find_sharing_effect,
    image,
    let_purge_fail,
    make_next_image,
    reference_pack,
    upload_pack,
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
    "choose_pullable_next",
    "create_owned_pack",
    "find_sharing_effect",
    "image",
    "let_purge_fail",
    "make_next_image",
    "pack_files",
    "pack_yaml",
    "reference_pack",
    "upload_pack",
]
