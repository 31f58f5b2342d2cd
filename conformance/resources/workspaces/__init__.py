"""Workspaces and their tasks: all that the suite is told of them."""

from conformance.resources.workspaces.declaration import WORKSPACE
from conformance.resources.workspaces.files import SANDBOX_FILE, SNAPSHOT_FILE
from conformance.resources.workspaces.tasks import TASK

__all__ = ["SANDBOX_FILE", "SNAPSHOT_FILE", "TASK", "WORKSPACE"]
