"""Secrets of an org: what is right for one, and all that the suite is told of them."""

from conformance.resources.secrets.registered import SECRET

__all__ = ["SECRET"]
