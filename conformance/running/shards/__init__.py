"""A run in parts that several machines judge."""
