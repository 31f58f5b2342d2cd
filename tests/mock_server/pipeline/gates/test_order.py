"""The order in which a request is refused."""

from typing import Any

import pytest

from mock_server.pipeline.gates import GATES
from tests.mock_server.serving import Mock, refusal


def test_the_gates_stand_in_the_order_of_refusal() -> None:
    assert [gate.__name__ for gate in GATES] == [
        "require_path",
        "require_method",
        "apply_preference",
        "apply_fault",
        "check_declared_length",
        "check_credential",
        "check_scope",
        "check_billing",
        "check_parameters",
        "check_media_type",
        "check_body",
        "check_org",
    ]


# Each step mends the first thing that is wrong and leaves the rest: what is refused then is the next.
WRONG: dict[str, Any] = {
    "method": "LOCK",
    "path": "/v1/packs/pack_none/no/such/path?page=1",
    "headers": {"Content-Type": "text/plain"},
    "content": b"\xff" * 2**21,
}
STEPS: list[tuple[dict[str, Any], str | None, tuple[int, str]]] = [
    ({}, None, (404, "not_found")),
    ({"path": "/v1/packs/pack_none?page=1"}, None, (405, "method_not_allowed")),
    ({"method": "PATCH"}, None, (413, "payload_too_large")),
    ({"content": b"\xff"}, None, (401, "unauthenticated")),
    ({}, "initech-read-only", (403, "permission_denied")),
    ({}, "initech-full-access", (423, "billing_inactive")),
    ({}, "acme-full-access", (400, "validation_error")),
    ({"path": "/v1/packs/pack_none"}, "acme-full-access", (415, "unsupported_media_type")),
    ({"headers": {"Content-Type": "application/json"}}, "acme-full-access", (400, "validation_error")),
    ({"content": b'{"visibility": "org"}'}, "acme-full-access", (404, "pack_not_found")),
    ({"path": "/v1/packs/pack_globex_metrics"}, "acme-full-access", (403, "permission_denied")),
    ({"path": "/v1/packs/pack_acme_release_notes"}, "acme-full-access", (409, "pack_in_use")),
]


@pytest.mark.parametrize("step", range(len(STEPS)), ids=[f"{status}-{code}" for _, _, (status, code) in STEPS])
def test_what_is_wrong_first_is_refused_first(mock: Mock, step: int) -> None:
    request = dict(WRONG)
    for mended, _, _ in STEPS[: step + 1]:
        request.update(mended)
    _, persona, expected = STEPS[step]
    answer = mock.send(request.pop("method"), request.pop("path"), persona, **request)
    assert refusal(answer) == expected
