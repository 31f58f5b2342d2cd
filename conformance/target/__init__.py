"""The server to judge: the embedded mock, a URL or a profile, and its first answers."""
