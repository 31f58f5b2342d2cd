"""Answers in the place of those that the state would give: a client prefers one, or a fault makes it."""

from __future__ import annotations

import re
from html import escape
from http import HTTPStatus

from mock_server.contract.compiled import Operation
from mock_server.contract.samples import Sample

HEADER = "X-Mock-Undeclared"
"""Marks an answer that the contract does not declare: one that somebody asked for, or a 501 of the mock."""

STATUSES = range(400, 600)
CODE = re.compile(r"[a-z][a-z0-9_]{0,63}")
"""A code that may be chosen for such an error (a whole match)."""

_CODES = {429: "too_many_requests", 500: "internal_error", 503: "unavailable"}
_WAIT_S = {429: "1", 503: "1"}  # what Retry-After asks for


class ForcedAnswer(Exception):
    """Answers a request with a sample of its operation, or with an error that is marked as undeclared."""

    def __init__(
        self, status: int, sample: Sample, *, headers: tuple[tuple[str, str], ...] = (), undeclared: bool = False
    ) -> None:
        super().__init__(status, sample.code)
        self.status = status
        self.sample = sample
        self.headers = sample.headers + headers
        self.undeclared = undeclared


def choose(
    operation: Operation, *, status: int | None = None, code: str | None = None, name: str | None = None
) -> tuple[int, Sample] | None:
    """The first sample that the operation has of this status, code and name, as far as they are given."""
    for each, response in operation.responses.items():
        if status is None or status == each:
            for sample in response.samples:
                if (code is None or code == sample.code) and (name is None or name == sample.name):
                    return each, sample
    return None


def list_offered(operation: Operation) -> list[dict[str, object]]:
    """List what `choose` can find: each status with its codes and the names of its examples."""
    return [
        {
            "status": status,
            "codes": list(dict.fromkeys(sample.code for sample in response.samples if sample.code)),
            "examples": list(dict.fromkeys(sample.name for sample in response.samples if sample.name)),
        }
        for status, response in operation.responses.items()
        if response.samples
    ]


def describe_offered(operation: Operation) -> str:
    """List what `choose` can find, as a sentence."""
    answers = []
    for each in list_offered(operation):
        names = [*each["codes"], *each["examples"]]  # type: ignore[misc]  # lists, both
        answers.append(f"{each['status']} ({', '.join(names)})" if names else str(each["status"]))
    return f"{operation.id} declares {', '.join(answers)}."


def make_undeclared(
    status: int, *, code: str | None = None, html: bool = False, message: str | None = None
) -> ForcedAnswer:
    """Return an error of this status, whether the contract declares it or not: in the envelope, or a gateway's page."""
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = "Undeclared Error"
    headers = [(HEADER, "true")]
    if status in _WAIT_S:
        headers.append(("Retry-After", _WAIT_S[status]))
    if html:
        sample = Sample(None, None, "text/html", _make_page(f"{status} {phrase}"), tuple(headers))
    else:
        message = message or f"{phrase}. The contract does not declare this answer; the mock was asked for it."
        of_phrase = re.sub(r"[^a-z0-9]+", "_", phrase.lower().replace("'", ""))
        code = code or _CODES.get(status) or of_phrase
        sample = Sample(code, None, "application/json", message, tuple(headers))
    return ForcedAnswer(status, sample, undeclared=True)


def _make_page(title: str) -> bytes:
    title = escape(title)
    return (
        f"<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n"
        f"<center><h1>{title}</h1></center>\r\n<hr><center>gateway</center>\r\n</body>\r\n</html>\r\n"
    ).encode()
