"""Defects in what is taken for well-formed."""
