"""Archives of packs: written and read, right and broken ones."""
