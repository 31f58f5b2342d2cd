"""Resources of contracts that are not ours: objects that are kept as they were sent, and what is done with them."""
