"""Reports for those who show what was found at lines of a repository: what they have in common, and one a format."""
