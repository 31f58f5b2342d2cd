"""Content packs: their archives, how one is made, and what is right for them."""

from conformance.resources.packs.registered import FILE, PACK

__all__ = ["FILE", "PACK"]
