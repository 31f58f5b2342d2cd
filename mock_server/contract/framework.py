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
    from connexion.middleware.abstract import SpecMiddleware
    from connexion.middleware.main import API
    from connexion.operations import OpenAPIOperation
    from connexion.resolver import Resolver
    from connexion.spec import Specification

__all__ = [
    "AsyncApp",
    "InvalidSpecification",
    "OpenAPIOperation",
    "Resolver",
    "SpecMiddleware",
    "add_contract",
    "check_contract",
    "resolve_refs",
]


def check_contract(document: dict[str, Any]) -> None:
    """Validate a contract whose references do not lead back to themselves; raises InvalidSpecification."""

    def check() -> bool:
        return Specification.from_dict(deepcopy(document)) is not None

    load_or_make("validated contract", pickle.dumps(document), check, library="connexion")


def add_contract(app: AsyncApp, document: dict[str, Any], *, base_path: str, **options: Any) -> None:
    """Have the application serve a contract, which Connexion reads and validates once.

    Validating takes longer than all else that makes an application. Raises InvalidSpecification.
    """

    def read() -> Any:
        app.add_api(document, base_path=base_path, **options)
        return app.middleware.apis.pop().specification

    specification = load_or_make("specification", pickle.dumps(document), read, library="connexion")
    app.middleware.apis.append(API(specification, base_path=base_path, **vars(app.middleware.options) | options))
