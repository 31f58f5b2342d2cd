"""The paths of the mock that a 404 points to."""

from __future__ import annotations

API = "/v1"
CONSOLE = "/_mock/"
DOCS = "/_mock/docs/"
CLIENT = "/_mock/client.tgz"
PERSONAS = "/_mock/personas"
HEALTH = "/_mock/health"

DIRECTIONS = f"The API is at {API}, its contract at {DOCS}, the console at {CONSOLE}, whom one can be at {PERSONAS}."
