"""Rules of workspaces, as far as they keep what they are of in use."""
