"""Defects in the shape of errors."""

from __future__ import annotations

from typing import Any

from mock_server.deviations import deviation
from mock_server.deviations.answers import (
    edited,
    error_with,
    fields_renamed,
    with_answer,
    with_body,
    with_code,
    with_header,
    with_status,
)
from mock_server.deviations.operations import READ_FILE, UPLOAD
from mock_server.worlds.answer import Answer, error_code
from mock_server.worlds.call import Call


@deviation("envelope-bare", "ENVELOPE-EVERY-ERROR", "CONTRACT-CONTENT-TYPE", plant=with_status(404))
def bare(answer: Answer) -> Answer:
    """A 404 is a line of plain text."""
    return with_body(answer, b"404 page not found\n", b"text/plain; charset=utf-8")


@deviation("envelope-unknown-path-html", "ENVELOPE-EVERY-ERROR", "PROTOCOL-UNKNOWN-PATH", plant=with_code("not_found"))
def unknown_path_html(answer: Answer) -> Answer:
    """A path that no operation has gets the web server's own page."""
    return with_body(answer, b"<html><body><h1>404 Not Found</h1></body></html>", b"text/html")


@deviation("envelope-problem-json", "ENVELOPE-EVERY-ERROR", "CONTRACT-CONTENT-TYPE", plant=with_status(415))
def problem_json(answer: Answer) -> Answer:
    """A 415 is sent as application/problem+json."""
    return with_header(answer, b"content-type", b"application/problem+json")


@deviation("envelope-extra-key", "ENVELOPE-KEYS", "CONTRACT-BODY-SCHEMA", plant=with_status(*range(400, 600)))
def extra_key(answer: Answer) -> Answer:
    """The error object has a key `status` beside those of the envelope."""
    return error_with(answer, status=answer.status)


@deviation("envelope-trace", "ENVELOPE-KEYS", "CONTRACT-BODY-SCHEMA", on=READ_FILE, plant=with_code("file_not_found"))
def trace(answer: Answer) -> Answer:
    """The error for a file that is not there says where in the server it was raised."""
    return error_with(answer, trace="storage/images.go:118 open: no such file")


@deviation(
    "envelope-code-of-another-status",
    "ENVELOPE-CODE-STATUS",
    "CONTRACT-BODY-SCHEMA",
    "PROTOCOL-BODY-LIMIT",
    plant=with_status(413),
)
def code_of_another_status(answer: Answer) -> Answer:
    """A body that is too large is a 413 with the code of a validation error."""
    return error_with(answer, code="validation_error", details={"fields": {"body": "Too long."}})


@deviation("envelope-code-unknown", "ENVELOPE-CODE-STATUS", "BILLING-CREATE-REFUSED", plant=with_status(423))
def code_unknown(answer: Answer) -> Answer:
    """Who has not paid is refused with a code that is not in the closed enum."""
    return error_with(answer, code="payment_required")


@deviation("contract-details-null", "CONTRACT-BODY-SCHEMA", plant=with_status(403))
def details_null(answer: Answer) -> Answer:
    """A 403 has details of null where it has none."""
    return error_with(answer, details=None)


@deviation("envelope-fields-elsewhere", "ENVELOPE-FIELDS", plant=with_status(400))
def fields_elsewhere(answer: Answer) -> Answer:
    """A validation error puts every field under `request`."""
    return fields_renamed(answer, lambda _name: "request")


@deviation("envelope-fields-archive", "ENVELOPE-FIELDS", on=UPLOAD, plant=with_status(400))
def fields_archive(answer: Answer) -> Answer:
    """What is wrong inside an archive is named by the name of its pack.yaml."""
    return fields_renamed(answer, lambda name: "pack.yaml" if name == "archive" else name)


@deviation("contract-wrong-type", "CONTRACT-BODY-SCHEMA", "CREATE-SIZE", "CREATE-READABLE", plant=with_answer)
def wrong_type(_call: Call, answer: Answer) -> Answer:
    """The size of a pack is text."""
    is_json = answer.headers[b"content-type"] == b"application/json"
    return edited(answer, _size_as_text) if is_json and error_code(answer) is None else answer


def _size_as_text(body: Any) -> Any:
    if isinstance(body, dict) and "size_bytes" in body:
        return {**body, "size_bytes": str(body["size_bytes"])}
    return body
