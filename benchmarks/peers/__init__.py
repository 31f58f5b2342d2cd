"""What the mock is measured against: the same three operations, answered with the same bytes' worth of data."""
