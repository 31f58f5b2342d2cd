"""A small server of its own that keeps the contract, as another team might write one."""
