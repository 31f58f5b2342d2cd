"""The rules of clients. No server is asked for them, so they stand beside the contract and not in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from conformance.contract.contract import Contract, Provenance, Rule

CLAUSE = "client"
QUERY, KEY, BODY = "CLIENT-QUERY", "CLIENT-KEY", "CLIENT-BODY"
MEDIA_TYPE, PATH, METHOD = "CLIENT-MEDIA-TYPE", "CLIENT-PATH", "CLIENT-METHOD"
CREDENTIAL_URL, CREDENTIAL_MISSING = "CLIENT-CREDENTIAL-URL", "CLIENT-CREDENTIAL-MISSING"
SCHEME, SIZE, STORM, HEADER = "CLIENT-SCHEME", "CLIENT-SIZE", "CLIENT-STORM", "CLIENT-HEADER"
SIDES = ("server", "client", "both")

_TEXTS: Mapping[str, str] = {
    QUERY: "A query has no parameter but those that its operation declares, each with a value that fits.",
    HEADER: "A header that the operation declares is there where it has to be, with a value that fits.",
    KEY: "A JSON body has no key that its schema does not have.",
    BODY: "A body is there where its operation needs one, and fits its schema.",
    MEDIA_TYPE: "A body is of a media type that its operation takes.",
    PATH: "A path is one that the contract has, with values that fit their parameters.",
    METHOD: "A method is one that the path has.",
    CREDENTIAL_URL: "No credential is in a URL, but for an API key where the operation takes one there.",
    CREDENTIAL_MISSING: "A request carries a credential.",
    SCHEME: "A credential is sent with the scheme Bearer.",
    SIZE: "A body is no longer than its operation takes.",
    STORM: "A request that was refused is not sent again and again as it was.",
}
RULES: Mapping[str, Rule] = {
    rule: Rule(rule, CLAUSE, "must", Provenance.REFERENCE, text) for rule, text in _TEXTS.items()
}
"""The client's rules by id.

A served breach is a violation, a refused one an advisory, since tests ask so on purpose.
"""


def with_rules(contract: Contract, side: str) -> Contract:
    """Return the contract with the rules of the side that is judged."""
    of_server = contract.rules if side != "client" else {}
    return replace(contract, rules={**of_server, **(RULES if side != "server" else {})})
