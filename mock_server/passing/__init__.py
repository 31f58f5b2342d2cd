"""Operations that are passed on to another server, while the mock serves the rest."""
