"""Who is calling: callers, credentials, cookies, the control key, and the origins that may call."""
