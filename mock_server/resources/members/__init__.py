"""People in orgs, and those who are invited."""
