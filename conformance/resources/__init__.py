"""What the API is about, one home a resource."""
