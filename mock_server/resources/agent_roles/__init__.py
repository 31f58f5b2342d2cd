"""Agent roles."""
