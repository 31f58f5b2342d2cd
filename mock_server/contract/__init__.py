"""openapi.yaml, compiled once into frozen values."""
