"""Planted races: how surely the suite finds what shows only where requests overlap."""
