"""Recorded exchanges, judged one by one in an open world."""
