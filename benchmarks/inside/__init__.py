"""What a request costs inside the process: the application called directly, in CPU time, on however busy a machine."""
