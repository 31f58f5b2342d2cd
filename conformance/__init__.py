"""A judge of any server that claims the Evershell contract, which says how much of it was really reached."""
