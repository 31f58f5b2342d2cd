"""Recordings of HTTP: what is read of them, and which of their exchanges are judged."""
