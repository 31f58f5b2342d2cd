"""Worlds: their state, journal, faults, snapshots and memory."""
