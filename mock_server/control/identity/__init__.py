"""Personas, tokens, and the sign-in of a browser."""
