"""Resources of the API, one home each: values, what is shown of them, operations."""
