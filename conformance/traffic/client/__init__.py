"""What the sender of recorded requests owes to the contract: rules of its own, beside those of the server."""
