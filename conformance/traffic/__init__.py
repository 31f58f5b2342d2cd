"""Traffic that somebody recorded: it is read, and judged by what the suite knows, in an open world."""
