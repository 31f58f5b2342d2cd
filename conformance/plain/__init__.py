"""Judging by a document that has no rules of its own: its resources, values that fit it, and the life of an object."""
