"""Requests for any resource: right ones, and one cause for each error code."""
