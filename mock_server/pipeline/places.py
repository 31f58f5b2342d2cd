"""The paths of the mock that a 404 points to."""

from __future__ import annotations

API = "/v1"
CONSOLE = "/_mock/"
DOCS = "/_mock/docs/"
CLIENT = "/_mock/client.tgz"
PERSONAS = "/_mock/personas"
HEALTH = "/_mock/health"

ENTRY_HEADER = "X-Mock-Journal"
"""Names the entry of the journal that an answer has, as a link to the console."""
ENTRY = b"journal?entry=%d"
"""The end of that link, below the console's address of a world."""

DIRECTIONS = f"The API is at {API}, its contract at {DOCS}, the console at {CONSOLE}, whom one can be at {PERSONAS}."
