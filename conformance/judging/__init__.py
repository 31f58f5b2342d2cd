"""The judge of an exchange, whoever sent it: a run, a client whose traffic was recorded, or one behind a proxy."""
