"""Schemathesis' checks, each under the rule of the contract that it judges."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import schemathesis
from schemathesis import Case, CheckContext

from conformance.generated.conversion import response
from conformance.generated.schemathesis_adapter import Failure, FailureGroup, probes_content_type
from conformance.http.event_stream import MEDIA_TYPE
from conformance.http.exchange import Exchange

RULES: Mapping[str, str] = MappingProxyType(
    {
        "not_a_server_error": "CONTRACT-NO-SERVER-ERROR",
        "status_code_conformance": "CONTRACT-STATUS-DECLARED",
        "content_type_conformance": "CONTRACT-CONTENT-TYPE",
        "response_headers_conformance": "CONTRACT-HEADERS",
        "response_schema_conformance": "CONTRACT-BODY-SCHEMA",
        "negative_data_rejection": "CONTRACT-INVALID-REFUSED",
        "missing_required_header": "CONTRACT-INVALID-REFUSED",
        "positive_data_acceptance": "CONTRACT-VALID-ACCEPTED",
        "unsupported_method": "CONTRACT-METHOD-UNDECLARED",
        "allow_header_conformance": "CONTRACT-METHOD-UNDECLARED",
    }
)
"""The rule of each check that is on."""

Check = Callable[[CheckContext, schemathesis.Response, Case[Any]], bool | None]


def failures(case: Case[Any], exchange: Exchange, *, is_shape_free: bool = False) -> list[tuple[str, Failure]]:
    """Return the failures of an answer, each with the rule that it breaks.

    `is_shape_free`: nothing is asked of its media type and body, as of a body that may be left out, and is, or of a
    refusal that no operation has to declare.
    """
    found: list[tuple[str, Failure]] = []
    # After a 5xx to a wrong Content-Type this check would send a request of its own, past the suite's client.
    off = {"not_a_server_error"} if probes_content_type(case) else set()
    if is_shape_free:
        off |= {"content_type_conformance", "response_schema_conformance"}
    elif exchange.media_type == MEDIA_TYPE:
        off.add("response_schema_conformance")  # it reads each event by the schema of the whole stream
    checks = [_collecting(name, found) for name in RULES if name not in off]
    case.validate_response(response(exchange), checks=checks)
    return found


def _collecting(name: str, found: list[tuple[str, Failure]]) -> Check:
    """Return the check as one that collects its failures instead of raising them, so that all checks run."""
    check: Check = getattr(schemathesis.checks, name)

    def run(ctx: CheckContext, answer: schemathesis.Response, case: Case[Any]) -> bool | None:
        try:
            return check(ctx, answer, case)
        except FailureGroup as group:
            found.extend((RULES[name], failure) for failure in group.exceptions)
        except Failure as failure:
            found.append((RULES[name], failure))
        except (ValueError, RecursionError):
            # The check cannot read an answer that is nested too deeply; the laws find it against its schema.
            return None
        return None

    run.__name__ = name
    return run
