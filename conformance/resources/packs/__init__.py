"""Content packs: their archives, how one is made, and what is right for them."""
