"""Workspaces, their files and their tasks: what is right for them, and all that the suite is told of them."""

from conformance.resources.workspaces.declaration import WORKSPACE

__all__ = ["WORKSPACE"]
