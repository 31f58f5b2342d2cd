"""Defects in what a request leaves behind."""
