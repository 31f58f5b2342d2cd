"""What has changed in an operation: one module a subject."""
