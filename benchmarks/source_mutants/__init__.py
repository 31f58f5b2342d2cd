"""The share of small changes of a right server's source that the suite finds, of changes that nobody wrote."""
