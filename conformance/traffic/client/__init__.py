"""The duties of the sender of recorded requests: rules of its own, beside those of the server."""
