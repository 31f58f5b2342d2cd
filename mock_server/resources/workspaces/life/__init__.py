"""The lives of workspaces and their tasks: what leads from status to status, by whom, and when the clock does."""
