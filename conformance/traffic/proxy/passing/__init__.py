"""The connections of the proxy: bytes pass as they come, and what passes is told."""
