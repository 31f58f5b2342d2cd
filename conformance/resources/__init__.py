"""What the API is about, one home a resource. Importing this registers every one of them."""

from conformance.resources import packs

__all__ = ["packs"]
