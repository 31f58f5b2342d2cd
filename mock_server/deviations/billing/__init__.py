"""Defects in what is paid for."""
