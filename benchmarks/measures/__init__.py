"""The measurements: each module starts the servers it needs and gives figures."""
