"""Measures the mock beside its peers, in one run."""
