"""Workspaces and their tasks: all that the suite is told of them."""

from conformance.resources.workspaces.registered import WORKSPACE
from conformance.resources.workspaces.tasks import TASK

__all__ = ["TASK", "WORKSPACE"]
