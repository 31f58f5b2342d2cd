"""Changes in an operation: one module a subject."""
