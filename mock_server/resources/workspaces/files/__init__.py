"""Files of workspaces: the sandbox that an agent works in, snapshots of it, and what tasks bring along."""
