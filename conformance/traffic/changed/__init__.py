"""Recorded exchanges, held against a contract before and after it was changed."""
