"""Callers, credentials, cookies, the control key, and the origins whose pages may call."""
