"""What passes the proxy, put in order, without credentials, recorded and judged."""
