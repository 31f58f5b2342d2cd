"""Connexion, by its public names. No other module imports it."""

from __future__ import annotations

import pickle
import warnings
from hashlib import sha256
from typing import Any

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", message="jsonschema.*Ref.* is deprecated", category=DeprecationWarning)
    warnings.filterwarnings("ignore", message="Using .httpx. with .starlette.testclient.")
    from connexion import AsyncApp
    from connexion.exceptions import InvalidSpecification
    from connexion.json_schema import resolve_refs
    from connexion.middleware.abstract import SpecMiddleware
    from connexion.middleware.main import API
    from connexion.operations import OpenAPIOperation
    from connexion.resolver import Resolver

__all__ = [
    "AsyncApp",
    "InvalidSpecification",
    "OpenAPIOperation",
    "Resolver",
    "SpecMiddleware",
    "add_contract",
    "resolve_refs",
]

_MOST_KEPT = 4
_specifications: dict[bytes, Any] = {}
"""What Connexion has read, by the digest of the document; the latest last."""


def add_contract(app: AsyncApp, document: dict[str, Any], *, base_path: str, **options: Any) -> None:
    """Have the application serve a contract, which Connexion reads and validates once a process.

    Validating takes half of what making an application does. Raises InvalidSpecification.
    """
    key = sha256(pickle.dumps(document)).digest()
    known = _specifications.pop(key, None)
    if known is None:
        app.add_api(document, base_path=base_path, **options)
        known = app.middleware.apis[-1].specification
    else:
        _take_back(known, document)
        app.middleware.apis.append(API(known, base_path=base_path, **vars(app.middleware.options) | options))
    _specifications[key] = known
    for oldest in [*_specifications][:-_MOST_KEPT]:
        _specifications.pop(oldest, None)


def _take_back(read: Any, document: dict[str, Any]) -> None:
    """Leave each operation its own parameters: Connexion adds those of its path to them for each application."""
    for path, item in document["paths"].items():
        for name, part in item.items():
            if isinstance(part, dict) and "parameters" in part:
                del read["paths"][path][name]["parameters"][len(part["parameters"]) :]
