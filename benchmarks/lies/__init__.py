"""Lies: a proxy before a correct server changes its answers as the contract forbids, and the suite judges that."""
