"""Activity of workspaces and tasks."""
