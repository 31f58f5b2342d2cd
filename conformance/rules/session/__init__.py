"""Rules of the session."""
