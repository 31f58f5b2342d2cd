"""Rules of agent roles."""
