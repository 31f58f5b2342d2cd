"""What a write does, as every caller sees it: to its object, and to all others."""
