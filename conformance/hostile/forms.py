"""Forms that are none, or whose texts are none, each made of a right one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from conformance.contract.contract import Operation
from conformance.hostile.headers import takes_form
from conformance.hostile.kind import HostileValue, RightAnswers, Spoil
from conformance.http import multipart
from conformance.http.exchange import Request
from conformance.session.harness import Harness

Made = Callable[[Sequence[multipart.Part]], bytes]
"""The function that makes the sent body of the parts of a right one, of which the last is a text."""


def _add_to_text(more: bytes) -> Made:
    """Return the form with these bytes behind its last text."""
    return lambda parts: multipart.encode([*parts[:-1], replace(parts[-1], content=parts[-1].content + more)])


FORMS: Mapping[str, tuple[Made, RightAnswers]] = {
    "form-text-beyond-latin-1": (_add_to_text("→".encode()), RightAnswers.FORESEEN),
    # Some readers put U+FFFD in the place of the byte.
    "form-text-not-utf-8": (_add_to_text(b"\xff"), RightAnswers.EITHER),
    "form-of-no-parts": (lambda _: multipart.encode([]), RightAnswers.FORESEEN),
    "form-empty": (lambda _: b"", RightAnswers.FORESEEN),
}
"""The forms that are none, or whose text is none, by name, each with what may be answered."""


def _spoil_form(made: Made) -> Spoil:
    def spoil(_harness: Harness, _operation: Operation, request: Request) -> Request | None:
        parts = multipart.decode(request.content or b"", request.find_header("content-type") or "")
        texts_last = sorted(parts, key=lambda part: part.filename is None)
        return replace(request, content=made(texts_last)) if texts_last[-1].filename is None else None

    return spoil


FORM_BODIES = [
    HostileValue(name, "CONTRACT-INVALID-REFUSED", takes_form, _spoil_form(made), right)
    for name, (made, right) in FORMS.items()
]
