"""The judging of what passes the proxy, put in order, without credentials, and recorded."""
