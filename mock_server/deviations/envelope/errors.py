"""Defects in the shape of errors."""

from __future__ import annotations

from typing import Any

from mock_server.deviations import deviation
from mock_server.deviations.answers import (
    edited,
    error_with,
    fields_renamed,
    with_body,
    with_code_spoilt,
    with_header,
    with_status_spoilt,
)
from mock_server.pipeline.hooks import Seams
from mock_server.worlds.answer import Answer, error_code
from mock_server.worlds.call import Call


@deviation("envelope-bare", "ENVELOPE-EVERY-ERROR", "CONTRACT-CONTENT-TYPE")
def bare(seams: Seams) -> Seams:
    """A 404 is a line of plain text."""
    return with_status_spoilt(
        seams, {404}, lambda answer: with_body(answer, b"404 page not found\n", b"text/plain; charset=utf-8")
    )


@deviation("envelope-unknown-path-html", "ENVELOPE-EVERY-ERROR", "PROTOCOL-UNKNOWN-PATH")
def unknown_path_html(seams: Seams) -> Seams:
    """A path that no operation has gets the web server's own page."""
    page = b"<html><body><h1>404 Not Found</h1></body></html>"
    return with_code_spoilt(seams, "not_found", lambda answer: with_body(answer, page, b"text/html"))


@deviation("envelope-problem-json", "ENVELOPE-EVERY-ERROR", "CONTRACT-CONTENT-TYPE")
def problem_json(seams: Seams) -> Seams:
    """A 415 is sent as application/problem+json."""
    return with_status_spoilt(
        seams, {415}, lambda answer: with_header(answer, b"content-type", b"application/problem+json")
    )


@deviation("envelope-extra-key", "ENVELOPE-KEYS", "CONTRACT-BODY-SCHEMA")
def extra_key(seams: Seams) -> Seams:
    """The error object has a key `status` beside those of the envelope."""
    return with_status_spoilt(seams, range(400, 600), lambda answer: error_with(answer, status=answer.status))


@deviation("envelope-trace", "ENVELOPE-KEYS", "CONTRACT-BODY-SCHEMA", on=("packs.read_file",))
def trace(seams: Seams) -> Seams:
    """The error for a file that is not there says where in the server it was raised."""
    return with_code_spoilt(
        seams, "file_not_found", lambda answer: error_with(answer, trace="storage/images.go:118 open: no such file")
    )


@deviation("envelope-code-of-another-status", "ENVELOPE-CODE-STATUS", "CONTRACT-BODY-SCHEMA", "PROTOCOL-BODY-LIMIT")
def code_of_another_status(seams: Seams) -> Seams:
    """A body that is too large is a 413 with the code of a validation error."""
    return with_status_spoilt(
        seams,
        {413},
        lambda answer: error_with(answer, code="validation_error", details={"fields": {"body": "Too long."}}),
    )


@deviation("envelope-code-unknown", "ENVELOPE-CODE-STATUS", "BILLING-CREATE-REFUSED")
def code_unknown(seams: Seams) -> Seams:
    """Who has not paid is refused with a code that is not in the closed enum."""
    return with_status_spoilt(seams, {423}, lambda answer: error_with(answer, code="payment_required"))


@deviation("contract-details-null", "CONTRACT-BODY-SCHEMA")
def details_null(seams: Seams) -> Seams:
    """A 403 has details of null where it has none."""
    return with_status_spoilt(seams, {403}, lambda answer: error_with(answer, details=None))


@deviation("envelope-fields-elsewhere", "ENVELOPE-FIELDS")
def fields_elsewhere(seams: Seams) -> Seams:
    """A validation error puts every field under `request`."""
    return with_status_spoilt(seams, {400}, lambda answer: fields_renamed(answer, lambda _name: "request"))


@deviation("envelope-fields-archive", "ENVELOPE-FIELDS", on=("packs.upload",))
def fields_archive(seams: Seams) -> Seams:
    """What is wrong inside an archive is named by the name of its pack.yaml."""
    return with_status_spoilt(
        seams, {400}, lambda answer: fields_renamed(answer, lambda name: "pack.yaml" if name == "archive" else name)
    )


@deviation("contract-wrong-type", "CONTRACT-BODY-SCHEMA", "CREATE-SIZE", "CREATE-READABLE")
def wrong_type(seams: Seams) -> Seams:
    """The size of a pack is text."""

    def spoil(body: Any) -> Any:
        if isinstance(body, dict) and "size_bytes" in body:
            return {**body, "size_bytes": str(body["size_bytes"])}
        return body

    def change(_call: Call, answer: Answer) -> Answer:
        is_json = answer.headers[b"content-type"] == b"application/json"
        return edited(answer, spoil) if is_json and error_code(answer) is None else answer

    return seams.with_answer(change)
