"""Deliberate defects that a mock of a clone can have, by `--deviation`: what the suite's judging power is measured on.

Each is a row, or a function, beside the witness that shows it (`planting/defect.py`); a mistake that many operations
can make is written once, in `planting`. The few that the wheel has stand in `mock_server/deviations/`.
"""
