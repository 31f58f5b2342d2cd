"""What the run made on the target, and what it may touch at all."""
