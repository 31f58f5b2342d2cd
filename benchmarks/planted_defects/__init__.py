"""Deliberate defects that a mock of a clone can have, by `--deviation`: what the suite's judging power is measured on.

The few that the wheel has stand in `mock_server/deviations/`, with the decorators that plant them.
"""
