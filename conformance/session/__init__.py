"""One test's session with the target: it sends, learns, judges and cleans up."""
