"""What Schemathesis cannot make up from the control contract, as real data.

A request that is to be accepted brings a state as it was exported, an archive that is a pack's under the
reference of an image, and the name of a state that can be made. What is to be refused stays as it was made up.
"""

from functools import cache
from typing import Any

import schemathesis
from hypothesis import strategies as st

from mock_server import in_process
from tests.mock_server.gates.test_form import archive

schemathesis.openapi.media_type("application/gzip", st.builds(archive, st.sampled_from(["sample", "other-pack"])))


@schemathesis.serializer("application/gzip")
def gzip(_context: Any, value: Any) -> bytes:
    """Bytes as they are, and anything that was made up in their place as text."""
    return value if isinstance(value, bytes) else str(value).encode()


@schemathesis.hook
def before_call(_context: Any, case: schemathesis.Case, _kwargs: dict[str, Any]) -> None:
    """Put real data into what is to be accepted."""
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    match case.operation.definition.raw["operationId"]:
        case "state.replace":
            case.body = _state()
        case "images.replace":
            case.path_parameters["image_ref"] = "registry.example.com/team/sample:1.0.0"
        case "states.change":
            params = {"org_id": "org_acme", "posture": "past_due"}
            case.body = {"action": "setup", "state": "org has billing posture", "params": params}


@cache
def _state() -> Any:
    with in_process() as mock:
        return mock.world().ask("GET", "/state")
