"""The gates that a request passes on its way to the operation, one function each.

A gate looks at the call in flight, notes there what it finds out, and refuses with an `ApiError`. It
returns nothing, or what is to be awaited. Whoever has waited passes them again (`Call.passes_again`): a gate
that counts or takes something does so the first time alone. None knows an operation by name.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from mock_server.pipeline.gates.access import check_billing, check_credential, check_org, check_scope
from mock_server.pipeline.gates.body import check_body, check_media_type
from mock_server.pipeline.gates.parameters import check_parameters
from mock_server.pipeline.gates.simulated import apply_fault, apply_preference
from mock_server.pipeline.gates.target import check_declared_length, require_method, require_path
from mock_server.worlds.call import Call

Gate = Callable[[Call], Awaitable[None] | None]

NAMES: dict[Gate, str] = {
    require_path: "routing",  # 404
    require_method: "routing",  # 405
    apply_preference: "preference",  # what the client prefers, 400
    apply_fault: "fault",  # what is to go wrong; it may wait
    check_declared_length: "declared length",  # 413
    check_credential: "credential",  # 401
    check_scope: "scope",  # 403
    check_billing: "billing",  # 423
    check_parameters: "validation",  # 400
    check_media_type: "validation",  # 415
    check_body: "validation",  # 413 when it turns out too long, 400; it waits
    check_org: "org",  # 403
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
