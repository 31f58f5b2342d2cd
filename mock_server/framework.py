"""Connexion, as far as we name it: imported in this one place, without the warnings that come with it."""

import warnings

with warnings.catch_warnings():
    # Connexion imports Starlette's test client, which warns about httpx: nothing that we use.
    warnings.filterwarnings("ignore", message="Using `httpx` with `starlette.testclient`")
    # It resolves references with classes that jsonschema has deprecated: not ours to mend.
    warnings.filterwarnings("ignore", message="jsonschema.*Ref.* is deprecated", category=DeprecationWarning)
    from connexion import AsyncApp
    from connexion.exceptions import InvalidSpecification
    from connexion.middleware.abstract import SpecMiddleware
    from connexion.resolver import Resolver

__all__ = ["AsyncApp", "InvalidSpecification", "Resolver", "SpecMiddleware"]
