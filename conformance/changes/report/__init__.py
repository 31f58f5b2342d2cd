"""The reports of a comparison of contracts: one module a format."""
