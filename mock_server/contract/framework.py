"""Connexion, as far as we name it: imported in this one place, without the warnings that come with it.

It is a framework for all of a server, and here it only reads, validates and resolves contracts and holds the
application. So what it imports for the rest is left until somebody uses it, and a contract that fits the schema of
OpenAPI is found to by jsonschema-rs, in a hundredth of the time. Whatever does not, Connexion judges in its own words.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

from mock_server.contract.wellformed import surely_fits
from mock_server.deferred import deferring

_UNUSED = {
    "connexion.apps.abstract": {"starlette.testclient"},  # for `AsyncApp.test_client`
    "connexion.json_schema": {"requests"},  # for references to other hosts, which a contract must not have
    "connexion.middleware.swagger_ui": {"starlette.templating"},  # the mock has one middleware, its own
    "connexion.security": {"httpx"},  # for tokens that another server would be asked about
    "connexion.spec": {"jinja2"},  # for a contract as a file, which Connexion would take for a template
}

with warnings.catch_warnings(), deferring(_UNUSED):
    # It resolves references with classes that jsonschema has deprecated: not ours to mend.
    warnings.filterwarnings("ignore", message="jsonschema.*Ref.* is deprecated", category=DeprecationWarning)
    from connexion import AsyncApp
    from connexion.exceptions import InvalidSpecification
    from connexion.middleware.abstract import SpecMiddleware
    from connexion.resolver import Resolver
    from connexion.spec import OpenAPISpecification, create_spec_validator

__all__ = ["Application", "InvalidSpecification", "Resolver", "SpecMiddleware"]

_NOTHING = {"openapi": "3.0.3", "info": {"title": "", "version": ""}, "paths": {}}


class Application(AsyncApp):  # type: ignore[misc]  # Connexion has no types
    """Connexion's application, with contracts that are validated in less time."""

    def add_api(self, specification: dict[str, Any], **options: Any) -> None:
        """Validate a contract and resolve its references; InvalidSpecification where it is not valid."""
        validated = _Specification(_with_names(specification))
        # Connexion makes a specification of what it is given, so it is given the least, in whose place this one goes.
        super().add_api(_NOTHING, **options)
        self.middleware.apis[-1].specification = validated


class _Specification(OpenAPISpecification):  # type: ignore[misc]  # as above
    @classmethod
    def _validate_spec(cls, spec: dict[str, Any]) -> None:
        def defaults_fit(objects: Sequence[Any]) -> bool:
            # All that Connexion asks of an object with a default, once the rest of it is known to be in order.
            validator = create_spec_validator(spec)({"properties": {}})
            return all(validator.is_valid(each) for each in objects)

        # Compiled for each contract, as it takes less time than the memory is worth that it would hold on to.
        if not surely_fits(spec, cls.openapi_schema, defaults_fit):
            super()._validate_spec(spec)


def _with_names(node: Any) -> Any:
    """The same with text for names, of which YAML makes numbers (`200:`)."""
    return {str(name): _with_names(each) for name, each in node.items()} if isinstance(node, dict) else node
