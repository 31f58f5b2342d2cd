"""Serve the Evershell control plane API from a SQLite database."""
