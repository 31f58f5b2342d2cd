"""Defects of uploads."""

from __future__ import annotations

from dataclasses import replace

from mock_server.deviations import deviation
from mock_server.errors import ValidationFailed
from mock_server.operations import Handler, Request
from mock_server.seams import Seams


@deviation("upload-one-text", "UPLOAD-OWN-TEXT")
def one_text(seams: Seams) -> Seams:
    """Every archive that is refused is refused with the same text."""

    def change(name: str, handler: Handler) -> Handler:
        prepare = handler.prepare
        if name != "packs.upload" or prepare is None:
            return handler

        async def spoilt(request: Request) -> Request:
            try:
                return await prepare(request)
            except ValidationFailed:
                raise ValidationFailed(fields={"archive": "The archive is not valid."}) from None

        return replace(handler, prepare=spoilt)

    return seams.with_handler(change)
