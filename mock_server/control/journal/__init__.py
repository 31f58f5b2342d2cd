"""The journal of a world: query, verify, follow."""
