"""A stateful mock of the Evershell control plane API, made from its contract."""
