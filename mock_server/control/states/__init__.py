"""The provider-states protocol, and the named states."""
