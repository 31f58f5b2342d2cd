"""How many small changes of the source of a right server the suite finds, of changes that nobody wrote."""
