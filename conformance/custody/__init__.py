"""The custody of what the run made on the target, and the choice of requests that may be sent at all."""
