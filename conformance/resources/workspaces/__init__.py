"""Workspaces: all that the suite is told of them."""

from conformance.resources.workspaces.registered import WORKSPACE

__all__ = ["WORKSPACE"]
