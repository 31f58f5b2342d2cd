"""Content packs: their files and images, the registry, and the operations on them."""
