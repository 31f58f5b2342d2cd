"""Secrets of an org: what is right for one, and all that the suite is told of them."""
