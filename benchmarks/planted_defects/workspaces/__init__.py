"""Defects in workspaces and tasks: who reads which of them."""
