"""What a run found, as data, and the reports of it."""
