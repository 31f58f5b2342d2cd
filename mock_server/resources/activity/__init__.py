"""What happens in workspaces and to tasks."""
