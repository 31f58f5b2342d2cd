"""Defects in what a caller may do."""
