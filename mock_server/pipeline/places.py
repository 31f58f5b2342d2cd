"""Where the things are that somebody looks for who asks the mock for a path that it does not have."""

from __future__ import annotations

API = "/v1"
CONSOLE = "/_mock/"
DOCS = "/_mock/docs/"
PERSONAS = "/_mock/personas"
HEALTH = "/_mock/health"

DIRECTIONS = f"The API is at {API}, its contract at {DOCS}, the console at {CONSOLE}, whom one can be at {PERSONAS}."
