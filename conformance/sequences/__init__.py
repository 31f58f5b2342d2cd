"""Sequences of requests by several callers, each answer held against the oracle and against what was before."""
