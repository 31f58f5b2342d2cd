"""What Schemathesis cannot make up from the control contract, as real data.

A request that is to be accepted brings a state as it was exported, an archive that is a pack's under the
reference of an image, the name of a state that can be made, and that of a persona. A journal that is followed is of
a world of its own, which is deleted: so the stream ends. What is to be refused stays as it was made up.
"""

import os
import threading
from functools import cache
from itertools import count
from typing import Any

import schemathesis
from hypothesis import strategies as st

from mock_server import in_process
from tests import plain
from tests.mock_server.pipeline.gates.test_form import archive

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
        case "tokens.revoke" if isinstance(case.body, dict) and "persona" in case.body:
            case.body = {"persona": "globex-member"}


_FOLLOWED = count()
_answered = threading.Event()


@schemathesis.hook("before_call")
def let_the_stream_end(_context: Any, case: schemathesis.Case, _kwargs: dict[str, Any]) -> None:
    """Follow the journal of a world that is deleted meanwhile, unless it is the name of the world that is wrong."""
    if case.operation.definition.raw["operationId"] != "journal.stream" or "%" in case.path_parameters["world"]:
        return
    case.path_parameters["world"] = world = f"followed-{next(_FOLLOWED)}"
    _answered.clear()
    threading.Thread(target=_delete, args=(world,), daemon=True).start()


@schemathesis.hook("after_call")
def say_that_it_ended(_context: Any, _case: schemathesis.Case, _response: Any) -> None:
    """Nothing is left to be ended."""
    _answered.set()


def _delete(world: str) -> None:
    """Delete a world as soon as it is there."""
    token = os.environ["EVERSHELL_MOCK_CONTROL_TOKEN"]
    with plain.Client(headers={"Authorization": f"Bearer {token}"}) as client:
        while client.delete(f"{os.environ['EVERSHELL_MOCK_URL']}/_mock/worlds/{world}").status_code == 404:
            if _answered.is_set():
                return


@cache
def _state() -> Any:
    with in_process() as mock:
        return mock.world().ask("GET", "/state")
