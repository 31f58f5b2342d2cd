"""Defects of the envelope of errors, and of the headers and types of answers."""
