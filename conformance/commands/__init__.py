"""The commands of `evershell-conformance`."""
