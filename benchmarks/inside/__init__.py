"""The cost of a request inside the process: the application called directly, in CPU time, on however busy a machine."""
