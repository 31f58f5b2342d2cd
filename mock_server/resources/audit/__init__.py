"""Events of an org: how they are written, listed and counted."""
