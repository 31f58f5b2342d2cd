"""Defects of paths, methods, media types and lengths."""
