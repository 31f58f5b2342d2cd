"""What the API is about, one home a resource: its values, what is shown of them, its operations."""
