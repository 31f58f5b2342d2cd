"""Judges any server that claims the Evershell contract, and says how much of it was really reached."""
