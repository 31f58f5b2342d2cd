"""The command `init`: a profile of a server, with its comments."""
