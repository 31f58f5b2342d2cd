"""The state of a world as a value: objects, clock, ids, file contents, and its document."""
