"""The declaration of a resource, and the registry of what was declared."""
