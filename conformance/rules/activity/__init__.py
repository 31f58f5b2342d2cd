"""The rules on what happens in workspaces and to tasks."""
