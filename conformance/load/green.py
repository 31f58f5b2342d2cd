"""Gevent's sockets, locks and sleeps in the place of Python's: whoever imports this does so before all else."""

import os

from gevent import monkey

os.environ.setdefault("LOCUST_SKIP_MONKEY_PATCH", "1")  # Locust would take the place of `select` too
# What a kept connection is asked before each request never waits, so it need not pass through gevent's loop.
monkey.patch_all(select=False)
