"""Events: what is right for a list of them, and how those are found that a request wrote."""

from conformance.resources.events.declaration import EVENT

__all__ = ["EVENT"]
