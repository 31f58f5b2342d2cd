"""What a resource is declared with, and the registry of what was declared."""
