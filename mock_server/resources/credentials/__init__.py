"""Credentials with which capabilities and providers sign in."""
