"""The rules by which a refusal is wrong where the request has to be served."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.oracle.call import Call

UNJUST = tuple[tuple[str, str], ...]
"""Code of a refusal, and the rule that it breaks."""

_BILLING = {"read": "BILLING-READ-FREE", "wind-down": "BILLING-WIND-DOWN-FREE"}


def unjust(call: Call) -> UNJUST:
    """For a request that nothing stands in the way of: what each refusal would break, where a rule says so."""
    return tuple(_unjust(call))


def _unjust(call: Call) -> Iterator[tuple[str, str]]:
    operation = call.operation
    known = [call.state.packs.get(value) for value in call.values.values()]
    if any(fact is not None and not fact.visible_to(call.caller.org) for fact in known):
        yield "permission_denied", "OWNERSHIP-PRIVATE-HIDDEN"
    yield "permission_denied", "SCOPE-SUFFICIENT" if operation.permissions else "SCOPE-ANY-CALLER"
    creating = (
        "BILLING-TRIAL-COUNTS" if call.state.postures.get(call.caller.org) == "trial" else "BILLING-CREATE-REFUSED"
    )
    yield "billing_inactive", _BILLING.get(operation.billing, creating)
    fact = call.state.packs.get(call.named("pack") or "")
    own = fact is not None and fact.owned_by(call.caller.org)
    for resource in operation.resources:
        if resource.name == "pack":
            yield resource.not_found, "OWNERSHIP-OWN-SERVED" if own else "OWNERSHIP-SHARED-READABLE"
        elif resource.name == "file":
            yield resource.not_found, "FILE-BYTES"
    if not operation.resources:
        yield "pack_exists", "CREATE-NAME-PER-ORG"
    yield "pack_in_use", "DELETE-IN-USE" if operation.method == "DELETE" else "PACK-PATCH-OWN-ROLES"
    yield "payload_too_large", "PROTOCOL-BODY-LIMIT"
    yield "unsupported_media_type", "PROTOCOL-MEDIA-TYPE"
