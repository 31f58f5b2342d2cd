"""Rules of credentials, by clause."""
