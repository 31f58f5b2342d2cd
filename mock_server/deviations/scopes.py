"""Defects in what a caller may do."""

from __future__ import annotations

from mock_server.call import Call
from mock_server.deviations import deviation
from mock_server.errors import PermissionDenied
from mock_server.gates.access import scope
from mock_server.seams import Seams


@deviation("scopes-not-checked", "SCOPE-REQUIRED")
def not_checked(seams: Seams) -> Seams:
    """Any signed-in caller may do anything."""

    def lenient(_call: Call) -> None:
        return

    return seams.with_gate(scope, lenient)


@deviation("scopes-by-prefix", "SCOPE-REQUIRED")
def by_prefix(seams: Seams) -> Seams:
    """Any scope that ends in `:write` opens what asks for one that does."""

    def lenient(call: Call) -> None:
        if not any(each.endswith(":write") for each in call.caller.scopes):
            scope(call)

    return seams.with_gate(scope, lenient)


@deviation("scopes-keys-read-only", "SCOPE-SUFFICIENT")
def keys_read_only(seams: Seams) -> Seams:
    """An API key may write nothing, whatever its scopes."""

    def strict(call: Call) -> None:
        if call.operation.scopes and call.caller.kind == "api_key":
            raise PermissionDenied("An API key may not write.")
        scope(call)

    return seams.with_gate(scope, strict)
