"""The comparison of two schemas by the values that they take."""
