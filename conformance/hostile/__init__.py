"""Hostile values and credentials as tables, and how a run spreads them over the operations."""
