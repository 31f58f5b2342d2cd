"""Credentials of an org and of its people: what is right for one, and all that the suite is told of them."""
