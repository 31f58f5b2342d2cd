"""What the command `evershell-conformance` does."""
