"""The declaration of credentials."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from conformance.contract.contract import Contract, JsonObject
from conformance.oracle.breach import Breach
from conformance.oracle.call import Call, WrongfulRefusal
from conformance.oracle.declaration.behavior import Behavior
from conformance.oracle.declaration.ownership import OrgOwned
from conformance.oracle.declaration.provider_state import NAME, ORG, Param, ProviderState
from conformance.oracle.declaration.registry import register
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.law import AllowedChange
from conformance.profile import Caller
from conformance.recipes.causes import FOR_SOMEBODY, Cause, send_twice
from conformance.resources.credentials.oracle import (
    CODE,
    CREATE,
    CREDENTIAL,
    DELETE,
    PERSONAL,
    START,
    VALIDATION,
    refuse_creation,
    refuse_start,
    refuse_write,
)
from conformance.resources.credentials.recipes import (
    ACTIVE,
    FIELDS,
    KINDS,
    PROVIDER,
    CredentialBodies,
    CredentialSteps,
    choose_right_body,
    create_personal,
)
from conformance.results.difference import from_field

STATES = {
    "credential exists": ProviderState(
        "The org has a new credential.",
        (
            ORG,
            NAME,
            Param("provider"),
            Param("kind"),
            Param("status"),
            Param("provider_config", "an object"),
            Param("allow_user_override", "true or false"),
        ),
        ("credential_id",),
    ),
    ACTIVE: ProviderState(
        "The provider of the credential has answered so.",
        (ORG, Param("credential_id"), Param("status", choices=("active", "needs_reauth", "failed", "revoked"))),
    ),
}


class CredentialResource(Resource):
    """Credentials, of an org or of one of its people."""

    def blame(self, call: Call) -> Iterator[WrongfulRefusal]:
        """Yield the wrongful refusals, among them that of a personal credential for what it says."""
        yield from Resource.blame(self, call)
        said = call.body if call.operation.operation_id == CREATE else None
        if isinstance(said, Mapping) and said.get("personal") is True:
            yield VALIDATION, "CREDENTIAL-OVERRIDE"

    def check_made(
        self, _contract: Contract, sent: Mapping[str, Any], shown: JsonObject, user_id: str | None
    ) -> Iterator[Breach]:
        """Yield a breach where a personal credential is not the caller's, or one of the org is somebody's."""
        rule, person = str(PERSONAL.stays), shown.get("user_id")
        if sent.get("personal") is not True and person is not None:
            evidence = from_field("user_id", None, person)
            yield Breach(rule, "no user_id on a credential of the org", "one", evidence=evidence)
        elif sent.get("personal") is True and user_id is not None and person != user_id:
            yield Breach(rule, "the caller's user_id", "another", evidence=from_field("user_id", user_id, person))

    def choose_state_params(self, _session: Any, _org: str) -> Mapping[str, Any]:
        return {
            "provider": PROVIDER,
            "kind": CODE,
            "status": "needs_reauth",
            "provider_config": {"client_id": "value of client_id"},
            "allow_user_override": True,
        }

    def make_personal(self, session: Any, person: Caller) -> Any:
        return create_personal(session, person)

    def choose_right_body(self, session: Any, caller: Caller | None) -> JsonObject:
        return choose_right_body(session, caller)


register(
    CredentialResource(
        name=CREDENTIAL,
        operations=(
            Behavior(
                CREATE,
                refuses=refuse_creation,
                applies="CREDENTIAL-APPLIES",
                causes={"credential_exists": Cause(send_twice, FOR_SOMEBODY)},
            ),
            Behavior(DELETE, refuses=refuse_write),
            Behavior(START, refuses=refuse_start, may_change=AllowedChange(keeps="CREDENTIAL-ACTIVE")),
        ),
        access=OrgOwned(personal=PERSONAL),
        states=STATES,
        fields=FIELDS,
        shown_once=frozenset({"next"}),
        no_secret=frozenset({"next"}),
        outside=frozenset({"status"}),
        kinds=KINDS,
        blames={"credential_exists": "CREDENTIAL-NAME-TAKEN"},
        generated=CredentialBodies,
        steps=CredentialSteps,
    )
)
