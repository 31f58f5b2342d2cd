"""The rules by which a refusal is wrong where the request has to be served."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.oracle.call import Call
from conformance.oracle.path import WrongfulRefusal
from conformance.oracle.resource import resource_named, resource_of

_BILLING = {"read": "BILLING-READ-FREE", "wind-down": "BILLING-WIND-DOWN-FREE"}


def wrongful_refusals(call: Call) -> Iterator[WrongfulRefusal]:
    """What each refusal would break, where a rule says so; of several that speak of one code the first counts."""
    operation = call.operation
    for parameter in operation.path_parameters:
        if parameter.resource and (resource := resource_named(parameter.resource.name)):
            yield from resource.in_path.wrongful(call, call.values[parameter.name], parameter.resource)
    yield "permission_denied", "SCOPE-SUFFICIENT" if operation.permissions else "SCOPE-ANY-CALLER"
    trial = call.state.postures.get(call.caller.org) == "trial"
    creating = "BILLING-TRIAL-COUNTS" if trial else "BILLING-CREATE-REFUSED"
    yield "billing_inactive", _BILLING.get(operation.billing, creating)
    if about := resource_of(operation):
        yield from about.wrongful(call)
    yield "payload_too_large", "PROTOCOL-BODY-LIMIT"
    yield "unsupported_media_type", "PROTOCOL-MEDIA-TYPE"
