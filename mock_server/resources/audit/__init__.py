"""What happened in an org: events, how they are written, listed and counted."""
