"""openapi.yaml, read by code of its own."""
