"""Defects in which packs a caller sees, and what of them."""
