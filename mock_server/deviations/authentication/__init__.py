"""Defects in who is taken for a caller, and in what the session says of one."""
