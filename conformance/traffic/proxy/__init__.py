"""A proxy before a server, which judges what passes: the connections here, the judging in a process of its own."""
