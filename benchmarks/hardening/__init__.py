"""Attempts to break a mock: requests of every shape, slow clients, many at once, an hour of all of it.

Each is a command of `python -m benchmarks.hardening`, and a function that a test calls with a smaller size.
They know the mock by its command and its port alone.
"""
