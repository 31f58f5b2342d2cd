"""Recorded traffic of a front end, judged on each planted defect: what a recording shows, and what is found of it."""
