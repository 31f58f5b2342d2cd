"""API keys of an org: all that the suite is told of them."""

from conformance.resources.api_keys.registered import API_KEY

__all__ = ["API_KEY"]
