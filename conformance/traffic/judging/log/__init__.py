"""The log of events: what one page says of itself, and what was added to it."""
