"""The gates that a request passes on its way to the operation, one function each.

A gate looks at the call in flight, notes there what it finds out, and refuses with an `ApiError`. It
returns nothing, or what is to be awaited. Whoever has waited passes them again (`Call.passes_again`): a gate
that counts or takes something does so the first time alone. None knows an operation by name.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from mock_server.pipeline.gates.access import billing, credential, org, scope
from mock_server.pipeline.gates.body import body, media_type
from mock_server.pipeline.gates.parameters import parameters
from mock_server.pipeline.gates.simulated import fault, preference
from mock_server.pipeline.gates.target import declared_length, known_method, known_path
from mock_server.worlds.call import Call

Gate = Callable[[Call], Awaitable[None] | None]

NAMES: dict[Gate, str] = {
    known_path: "routing",  # 404
    known_method: "routing",  # 405
    preference: "preference",  # what the client prefers, 400
    fault: "fault",  # what is to go wrong; it may wait
    declared_length: "declared length",  # 413
    credential: "credential",  # 401
    scope: "scope",  # 403
    billing: "billing",  # 423
    parameters: "validation",  # 400
    media_type: "validation",  # 415
    body: "validation",  # 413 when it turns out too long, 400; it waits
    org: "org",  # 403
}
"""The gates in the order in which a request is refused, and their names in the journal.

After them come the operation's own refusals: existence and ownership, content, state, upstream.
"""
GATES: tuple[Gate, ...] = tuple(NAMES)

WORLD = "world"
"""The journal's name for the end of a request whose world was reset or replaced before it was answered."""
OPERATION = "operation"
"""The journal's name for the operation itself."""
BACKEND = "backend"
"""The journal's name for the server that an operation was passed on to."""
RESPONSE_CHECK = "response check"
"""The journal's name for the check of what leaves."""
