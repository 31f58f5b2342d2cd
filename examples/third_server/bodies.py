"""Read the bodies of requests while they arrive, and keep no more of them than is taken."""

from __future__ import annotations

from dataclasses import dataclass

from examples.third_server.errors import ApiError
from examples.third_server.forms import Form, FormReader

JSON = "application/json"
JSON_LIMIT = 1_048_576
DRAIN_LIMIT = 256 * 1024 * 1024


@dataclass(frozen=True)
class Body:
    """Say which media types an operation takes, and how much of them."""

    media_types: tuple[str, ...] = (JSON,)
    limit: int = JSON_LIMIT
    file_part: str = ""
    text_parts: tuple[str, ...] = ()


class BodyReader:
    """Take a body piece by piece, and say at its end what is wrong with it."""

    def __init__(self, content_type: str, expected: Body) -> None:
        self._media_type = content_type.split(";", 1)[0].strip().lower()
        self._expected = expected
        self._form: FormReader | None = None
        self._refused: ApiError | None = None
        self._kept = bytearray()
        self._total = 0
        if self._media_type == "multipart/form-data" and self._media_type in expected.media_types:
            self._form = FormReader(content_type, expected.limit, expected.file_part, expected.text_parts)

    def feed(self, chunk: bytes) -> bool:
        """Take the next piece; return whether more of it is read."""
        self._total += len(chunk)
        if self._total > DRAIN_LIMIT:
            return False
        if self._refused is None and chunk:
            self._keep(chunk)
        return True

    def finish(self) -> tuple[bytes, Form | None]:
        """Return the bytes of a body, and what it has where it is a form."""
        known = self._media_type in self._expected.media_types
        if not known and (self._total or self._media_type or JSON not in self._expected.media_types):
            raise ApiError("unsupported_media_type")
        if self._refused is not None:
            raise self._refused
        return bytes(self._kept), self._form.finish() if self._form is not None else None

    def _keep(self, chunk: bytes) -> None:
        """Keep a piece of a body, unless that makes it too large."""
        if self._form is not None:
            try:
                self._form.feed(chunk)
            except ApiError as error:
                self._refused, self._form = error, None
        elif self._total > self._expected.limit:
            text = f"The body may have at most {self._expected.limit} bytes."
            self._refused = ApiError("payload_too_large", text)
        else:
            self._kept += chunk
