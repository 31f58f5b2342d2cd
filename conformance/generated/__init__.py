"""Requests that Schemathesis generates from the contract, fed with real data and judged twice."""
