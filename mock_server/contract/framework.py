"""Connexion, by its public names. No other module imports it."""

from __future__ import annotations

import warnings

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", message="jsonschema.*Ref.* is deprecated", category=DeprecationWarning)
    warnings.filterwarnings("ignore", message="Using .httpx. with .starlette.testclient.")
    from connexion import AsyncApp
    from connexion.exceptions import InvalidSpecification
    from connexion.json_schema import resolve_refs
    from connexion.middleware.abstract import SpecMiddleware
    from connexion.operations import OpenAPIOperation
    from connexion.resolver import Resolver

__all__ = ["AsyncApp", "InvalidSpecification", "OpenAPIOperation", "Resolver", "SpecMiddleware", "resolve_refs"]
