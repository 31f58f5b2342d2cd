"""Workspaces resumed, restarted, forked and stopped together: what is right, and how it is provoked."""
