"""Providers of models: what is right for one, and all that the suite is told of them."""

from conformance.resources.providers.registered import PROVIDER

__all__ = ["PROVIDER"]
