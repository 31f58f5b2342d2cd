"""Connexion, by its public names. No other module imports it."""

from __future__ import annotations

import pickle
import warnings
from copy import deepcopy
from typing import Any

from mock_server.disk_cache import load_or_make

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", message="jsonschema.*Ref.* is deprecated", category=DeprecationWarning)
    warnings.filterwarnings("ignore", message="Using .httpx. with .starlette.testclient.")
    from connexion import AsyncApp
    from connexion.exceptions import InvalidSpecification
    from connexion.json_schema import resolve_refs
    from connexion.middleware import ConnexionMiddleware
    from connexion.middleware.abstract import SpecMiddleware
    from connexion.middleware.lifespan import Lifespan
    from connexion.operations import OpenAPIOperation
    from connexion.resolver import Resolver
    from connexion.spec import Specification

__all__ = [
    "AsyncApp",
    "ConnexionMiddleware",
    "InvalidSpecification",
    "Lifespan",
    "OpenAPIOperation",
    "Resolver",
    "SpecMiddleware",
    "check_contract",
    "read_specification",
    "resolve_refs",
]


def check_contract(document: dict[str, Any]) -> None:
    """Validate a contract whose references do not lead back to themselves; raises InvalidSpecification."""

    def check() -> bool:
        return Specification.from_dict(deepcopy(document)) is not None

    load_or_make("validated contract", pickle.dumps(document), check, library="connexion")


def read_specification(document: dict[str, Any]) -> Any:
    """Return a contract as Connexion reads it; raises InvalidSpecification.

    Validating takes longer than all else that makes an application, so it is done once.
    """
    return load_or_make(
        "specification", pickle.dumps(document), lambda: Specification.load(document), library="connexion"
    )
