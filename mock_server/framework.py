"""Connexion, as far as we name it: imported in this one place, without the warnings that come with it.

It is a framework for all of a server, and here it only reads, validates and resolves contracts and holds the
application. So what it imports for the rest is left until somebody uses it.
"""

import warnings

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

__all__ = ["AsyncApp", "InvalidSpecification", "Resolver", "SpecMiddleware"]
