"""Describe what operations are sent, field by field."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

SLUG = r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"
SEMVER = (
    r"^(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)"
    r"(-(0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)"
    r"(\.(0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*))*)?"
    r"(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?$"
)
HOST_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
IMAGE_REF = (
    r"^(([a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])"
    r"(\.([a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*(:[0-9]+)?/)?"
    r"[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*"
    r"(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?"
    r"(@[A-Za-z][A-Za-z0-9]*([+._-][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?$"
)

Slug = Annotated[str, StringConstraints(pattern=SLUG)]
Domain = Annotated[str, StringConstraints(max_length=253, pattern=rf"^({HOST_LABEL}\.)+{HOST_LABEL}$")]
ImageRef = Annotated[str, StringConstraints(pattern=IMAGE_REF)]
Named = Annotated[str, StringConstraints(min_length=1)]
Short = Annotated[str, StringConstraints(min_length=1, max_length=128)]
Setting = Annotated[str, StringConstraints(min_length=1, max_length=256)]
Long = Annotated[str, StringConstraints(min_length=1, max_length=4096)]
Fragment = Annotated[str, StringConstraints(max_length=65536)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=65536)]
Seconds = Annotated[int, Field(ge=1, le=86400)]
Continuations = Annotated[int, Field(ge=0, le=1000)]
Tokens = Annotated[int, Field(ge=1, le=10_000_000)]
PoolSize = Annotated[int, Field(ge=0, le=100)]
PackIds = Annotated[list[Named], Field(max_length=64)]

Visibility = Literal["org", "community"]
Environment = Literal["development", "staging", "production"]
Effort = Literal["high", "medium", "low", "off"]
PoolPolicy = Literal["", "static", "dynamic"]
MemberRole = Literal["owner", "operator", "member"]
ProviderKind = Literal["anthropic", "openai", "gemini", "vertex", "azure-openai"]
PermissionSet = Literal["full_access", "submit_observe", "read_only"]
CredentialKind = Literal[
    "oauth2_authorization_code",
    "oauth2_client_credentials",
    "oauth2_jwt_bearer",
    "oauth2_jwt_bearer_with_subject",
    "oauth2_client_assertion",
    "api_key",
    "basic_auth",
    "query_api_key",
]

READ_ONLY = ("id", "org_id", "created_at", "updated_at", "archived_at")


class Strict(BaseModel):
    """Take values of the types that are asked for, and no other fields."""

    model_config = ConfigDict(extra="forbid", strict=True)

    def sent(self) -> dict[str, Any]:
        """Return the fields that were sent."""
        return self.model_dump(exclude_unset=True)


class CreatePack(Strict):
    """Name the image of a new pack."""

    image_ref: ImageRef
    visibility: Visibility = "org"


class UploadPack(Strict):
    """Say who sees an uploaded pack."""

    visibility: Visibility = "org"


class ReplacePackImage(Strict):
    """Name the next image of a pack."""

    image_ref: ImageRef


class UpdatePackVisibility(Strict):
    """Say who sees a pack."""

    visibility: Visibility


class PackManifest(BaseModel):
    """Describe what the pack.yaml of a pack says."""

    model_config = ConfigDict(extra="ignore", strict=True)
    name: Slug
    version: Annotated[str, StringConstraints(pattern=SEMVER)]
    display_name: Named = ""
    description: Annotated[str, StringConstraints(max_length=4096)] = ""
    category: Annotated[str, StringConstraints(max_length=64)] = ""
    capabilities: list[Any] = []
    suggested_packs: list[str] = []


class CreateProvider(Strict):
    """Describe a new provider."""

    name: Slug
    kind: ProviderKind
    domain: Domain
    display_name: Short = ""
    credential_name: Slug = ""
    default_model: Short = ""
    capabilities: Fragment = ""
    config: dict[str, Setting] = {}


class UpdateProvider(Strict):
    """Describe what changes of a provider."""

    domain: Domain = ""
    display_name: Short | None = None
    credential_name: Slug | None = None
    default_model: Short | None = None
    capabilities: Fragment | None = None
    config: dict[str, Setting | None] = {}


class CreateRole(Strict):
    """Describe a new agent role."""

    name: Slug
    provider_id: Named
    display_name: Short = ""
    description: Long = ""
    model: Short = ""
    capabilities: Fragment = ""
    environment_description: Long = ""
    task_timeout_seconds: Seconds = 1
    idle_timeout_seconds: Seconds = 1
    thinking_effort: Effort = "off"
    max_continuations: Continuations = 0
    max_context_tokens: Tokens = 1
    pool_size: PoolSize = 0
    pool_max_size: PoolSize = 0
    environment: Environment = "development"
    pool_policy: PoolPolicy = ""
    pack_ids: PackIds = []


class UpdateRole(Strict):
    """Describe what changes of an agent role."""

    provider_id: Named = ""
    display_name: Short | None = None
    description: Long | None = None
    model: Short | None = None
    capabilities: Fragment | None = None
    environment_description: Long | None = None
    task_timeout_seconds: Seconds | None = None
    idle_timeout_seconds: Seconds | None = None
    thinking_effort: Effort | None = None
    max_continuations: Continuations | None = None
    max_context_tokens: Tokens | None = None
    pool_size: PoolSize | None = None
    pool_max_size: PoolSize | None = None
    environment: Environment = "development"
    pool_policy: PoolPolicy = ""
    pack_ids: PackIds = []


class CreateWorkspace(Strict):
    """Say of which role a workspace is, and where it works."""

    role_id: Named = ""
    role_name: Named = ""
    environment: Environment = "development"


class Fork(Strict):
    """Say after how many tasks a fork begins."""

    fork_point_task_count: Annotated[int, Field(ge=0)]


class SubmitToWorkspace(Strict):
    """Describe a task for a workspace that is there."""

    description: Text
    thinking_effort: Effort = "off"
    max_continuations: Continuations = 0
    max_context_tokens: Tokens = 1
    reset_session: bool = False
    metadata: dict[str, Any] = {}


class SubmitTask(CreateWorkspace):
    """Describe a task, and the workspace that is made for it."""

    description: Text
    thinking_effort: Effort = "off"
    max_continuations: Continuations = 0
    max_context_tokens: Tokens = 1


class CreateCredential(Strict):
    """Describe a new credential, with its secret."""

    name: Slug
    provider: Slug
    kind: CredentialKind
    scopes: Annotated[list[Setting], Field(max_length=64)] = []
    provider_config: dict[str, Setting] = {}
    personal: bool = False
    allow_user_override: bool = False
    service_account_json: Text = ""
    client_secret: Long = ""
    api_key: Long = ""
    password: Long = ""


class SetSecret(Strict):
    """Hold the value of a secret."""

    value: Text


class CreateApiKey(Strict):
    """Describe a new API key."""

    label: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    permission_set: PermissionSet


class Invitation(Strict):
    """Say who is invited, and to which role."""

    email: Annotated[str, StringConstraints(max_length=254, pattern=r"^[^@\s]+@[^@\s.]+(\.[^@\s.]+)+$")]
    role: MemberRole


class MembershipRole(Strict):
    """Name the role that a member is given."""

    role: MemberRole
