"""States without an object, of the mock's own collections, and what the contract says beside its operations."""

from typing import Any

from mock_server.contract.framework import resolve_refs
from mock_server.contract.keywords import archive_limits, read_grants
from mock_server.contract.schema import Compiler
from mock_server.resources.catalogue import find_collections
from mock_server.state.state import State, make_empty_state
from mock_server.state.value import replace
from tests.openapi import DOCUMENT

GRANTS = read_grants(DOCUMENT)
_UPLOAD = resolve_refs(DOCUMENT)["components"]["schemas"]["UploadPack"]
LIMITS = archive_limits({"multipart/form-data": _UPLOAD}, Compiler())
"""Of archives."""


def empty(**fields: Any) -> State:
    """A state that holds nothing; fields by name."""
    return replace(make_empty_state(find_collections(DOCUMENT), grants=GRANTS), **fields)
