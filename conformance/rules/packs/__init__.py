"""Rules of content packs."""
