"""Rules of events: those that changes write, and how they are listed."""
