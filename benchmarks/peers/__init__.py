"""The servers that the mock is compared with: the same three operations, answered with as many bytes of data."""
