"""Tasks of workspaces: all that the suite is told of them."""

from conformance.resources.workspaces.tasks.registered import TASK

__all__ = ["TASK"]
