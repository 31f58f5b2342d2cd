"""How many planted defects the suite finds, by which of its parts, and which rules it blames."""
