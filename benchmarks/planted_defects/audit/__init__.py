"""Defects of events: those that are not written or are written wrongly, their lists, and their statistics."""
