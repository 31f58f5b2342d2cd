"""API keys of an org: all that the suite is told of them."""
