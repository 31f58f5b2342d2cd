"""What the run made on the target, and which requests may be sent at all."""
