"""Changes of the contract's own vocabulary: who may, how much, what is promised and how well founded it is."""

from __future__ import annotations

import pytest

from tests.conformance.changes.edits import Row, add, drop, judged_as_its_row, operation, put, remove, row, schema
from tests.openapi import DOCUMENT

BREAKS = "breaks breaks"
LOOSENED = "no breaks"
CREATE = operation("post", "/packs")
DELETE = operation("delete", "/packs/{id}")
LIST = operation("get", "/workspaces")
TASKS = operation("post", "/tasks")
STREAM = operation("get", "/activity/stream")
OWNER = operation("patch", "/orgs/{id}/memberships/{user_id}")
PACK_ID = ("components", "parameters", "PackId", "x-resource")
RULE = {"clause": "packs", "level": "must", "provenance": "reference", "text": "Every pack has a name."}
ARCHIVE = schema("UploadPack", "properties", "archive", "x-archive")
LIMITS = DOCUMENT["components"]["schemas"]["UploadPack"]["properties"]["archive"]["x-archive"]
CREDENTIALS = schema("CredentialKind", "x-kinds")
SETTINGS = schema("ProviderKind", "x-kinds", "vertex", "settings")
UPLOAD_OK = operation("post", "/packs/upload", "responses", "400", "x-provenance")
TYPES = ("x-resource-types",)
KEPT = (*TYPES, "role", "archive", "kept_by")
UNDECLARED = drop("x-resource-types")

ROWS = [
    row(
        "scope added to none",
        "scope-tightened",
        BREAKS,
        put(*operation("get", "/packs/{id}/files"), "x-permissions", {"any": ["caps:read"]}),
    ),
    row("other scope", "scope-tightened", BREAKS, put(*CREATE, "x-permissions", {"any": ["caps:admin"]})),
    row("own scope removed", "scope-tightened", BREAKS, put(*LIST, "x-permissions", {"any": ["workspace:read"]})),
    row(
        "second scope asked",
        "scope-tightened",
        BREAKS,
        put(*CREATE, "x-permissions", {"all": [["caps:write"], ["packs:write"]]}),
    ),
    row("scope removed", "scope-loosened", LOOSENED, drop(*CREATE, "x-permissions")),
    row(
        "alternative scope",
        "scope-loosened",
        LOOSENED,
        put(*CREATE, "x-permissions", {"any": ["caps:write", "packs:write"]}),
    ),
    row(
        "one of two scopes removed",
        "scope-loosened",
        LOOSENED,
        put(*TASKS, "x-permissions", {"any": ["tasks:write", "tasks:write:own"]}),
    ),
    row("way to sign in removed", "credential-tightened", BREAKS, put(*STREAM, "security", [{"bearer": []}])),
    row(
        "way to sign in added",
        "credential-loosened",
        LOOSENED,
        put(*LIST, "security", [{"bearer": []}, {"apiKeyQuery": []}]),
    ),
    row("no credential asked", "credential-loosened", LOOSENED, put(*LIST, "security", [])),
    row(
        "anonymous no longer",
        "credential-tightened",
        BREAKS,
        drop(*LIST, "security"),
        before=(put(*LIST, "security", []),),
    ),
    row(
        "query key has another name",
        "credential-tightened",
        BREAKS,
        put("components", "securitySchemes", "apiKeyQuery", "name", "key"),
    ),
    row("billing from wind-down to create", "billing-tightened", BREAKS, put(*DELETE, "x-billing", "create")),
    row("billing from read to wind-down", "billing-tightened", BREAKS, put(*LIST, "x-billing", "wind-down")),
    row("billing from create to wind-down", "billing-loosened", LOOSENED, put(*CREATE, "x-billing", "wind-down")),
    row("billing from wind-down to read", "billing-loosened", LOOSENED, put(*DELETE, "x-billing", "read")),
    row("role added", "role-tightened", BREAKS, put(*DELETE, "x-role", "owner")),
    row("role removed", "role-loosened", LOOSENED, drop(*OWNER, "x-role")),
    row("other role", "role-tightened", BREAKS, put(*OWNER, "x-role", "operator")),
    row("body limit lowered", "max-body-lowered", BREAKS, put(*CREATE, "x-max-body", 65536)),
    row("body limit raised", "max-body-raised", LOOSENED, put(*CREATE, "x-max-body", 2097152)),
    row("body limit removed", "max-body-raised", LOOSENED, drop(*CREATE, "x-max-body")),
    row(
        "body limit added",
        "max-body-lowered",
        BREAKS,
        put(*operation("post", "/workspaces/{id}/stop"), "x-max-body", 10),
    ),
    row("role loses a scope", "grants-lost", BREAKS, remove("x-roles", "operator", "caps:write")),
    row("role gains a scope", "grants-gained", LOOSENED, add("x-roles", "member", "tasks:write")),
    row("role removed from x-roles", "grants-removed", BREAKS, drop("x-roles", "member")),
    row("role added to x-roles", "grants-added", LOOSENED, put("x-roles", "auditor", ["audit:read"])),
    row("key loses a scope", "grants-lost", BREAKS, remove("x-permission-sets", "full_access", "caps:write")),
    row("key gains a scope", "grants-gained", LOOSENED, add("x-permission-sets", "read_only", "members:read")),
    row("permission set removed", "grants-removed", BREAKS, drop("x-permission-sets", "read_only")),
    row("permission set added", "grants-added", LOOSENED, put("x-permission-sets", "audit", ["audit:read"])),
    *(
        row(f"{key} of an archive {how}", f"archive-{kind}", grades, put(*ARCHIVE, key, value))
        for key, how, kind, grades, value in (
            ("max_unpacked", "lowered", "narrowed", BREAKS, 1024),
            ("max_entries", "raised", "widened", LOOSENED, 20_000),
            ("max_file", "lowered", "narrowed", BREAKS, 1024),
            ("max_path", "raised", "widened", LOOSENED, 8192),
            ("files", "without one", "narrowed", BREAKS, ["pack.yaml"]),
            ("folders", "with one more", "widened", LOOSENED, ["guides", "scripts", "data", "templates", "docs"]),
            ("folders", "with another", "changed", BREAKS, ["guides", "scripts", "data", "docs"]),
        )
    ),
    row("kind needs another key", "kind-tightened", BREAKS, put(*CREDENTIALS, "api_key", "needs", ["region"])),
    row("kind needs a key no longer", "kind-loosened", LOOSENED, drop(*CREDENTIALS, "basic_auth", "needs")),
    row("kind has a setting less", "kind-tightened", BREAKS, remove(*SETTINGS, "project")),
    row("kind has a setting more", "kind-loosened", LOOSENED, add(*SETTINGS, "zone")),
    row("kinds said no longer", "kinds-said", "may may", drop(*schema("ProviderKind", "x-kinds"))),
    row(
        "names of files",
        "file-names",
        "may may",
        put(*schema("SubmitTaskForm", "properties", "file", "items", "x-file-name"), "^[a-z]+$"),
    ),
    row("archive said no longer", "archive-unsaid", "may may", drop(*ARCHIVE)),
    row("archive said", "archive-said", "may may", put(*ARCHIVE, LIMITS), before=(drop(*ARCHIVE),)),
    row(
        "manifest narrowed",
        "request-narrowed",
        BREAKS,
        put(*schema("PackManifest", "properties", "category", "maxLength"), 8),
    ),
    row("path names any org", "org-loosened", LOOSENED, drop("components", "parameters", "OwnOrgId", "x-org")),
    row(
        "path names the own org",
        "org-tightened",
        BREAKS,
        put("components", "parameters", "OwnOrgId", "x-org", "own"),
        before=(drop("components", "parameters", "OwnOrgId", "x-org"),),
    ),
    row(
        "code of the 404", "not-found-code", BREAKS, put(*PACK_ID, "not_found", "file_not_found"), before=(UNDECLARED,)
    ),
    row(
        "parameter names nothing",
        "resource-unnamed",
        "may no",
        drop("components", "parameters", "RoleId", "x-resource"),
        before=(UNDECLARED,),
    ),
    row(
        "parameter names a resource",
        "resource-named",
        LOOSENED,
        put(
            "components",
            "parameters",
            "NewSecretName",
            "x-resource",
            {"name": "secret", "not_found": "secret_not_found"},
        ),
        before=(UNDECLARED,),
    ),
    row("resource renamed", "resource-renamed", "no no", put(*PACK_ID, "name", "bundle"), before=(UNDECLARED,)),
    row("event added", "event-added", LOOSENED, put(*operation("get", "/packs"), "x-event", "pack.listed")),
    row("event beside another", "event-added", LOOSENED, put(*CREATE, "x-event", ["pack.created", "org.changed"])),
    row("event removed", "event-removed", "may breaks", drop(*CREATE, "x-event")),
    row("event renamed", "event-changed", BREAKS, put(*CREATE, "x-event", "pack.made")),
    row("binding rule added", "rule-added", LOOSENED, put("x-rules", "PACK-NAMED", RULE)),
    row(
        "assumed rule added",
        "assumed-rule-added",
        "no may",
        put("x-rules", "PACK-NAMED", {**RULE, "provenance": "assumed"}),
    ),
    row(
        "mentioned rule added",
        "assumed-rule-added",
        "no may",
        put("x-rules", "PACK-NAMED", {**RULE, "provenance": "mentioned"}),
    ),
    row("rule removed", "rule-removed", "may no", drop("x-rules", "AUTH-FORGED")),
    row(
        "rule reworded", "rule-reworded", "may may", put("x-rules", "AUTH-FORGED", "text", "A forged session is a 401.")
    ),
    row(
        "rule renamed",
        "rule-renamed",
        "no no",
        lambda d: d["x-rules"].update({"AUTH-FAKED": d["x-rules"].pop("AUTH-FORGED")}),
    ),
    row(
        "rule about fewer operations",
        "rule-reaches-less",
        "may no",
        put("x-rules", "AUTH-FORGED", "operations", ["packs.*"]),
        before=(put("x-rules", "AUTH-FORGED", "operations", ["*"]),),
    ),
    row(
        "rule about more operations",
        "rule-reaches-more",
        LOOSENED,
        put("x-rules", "AUTH-FORGED", "operations", ["packs.*", "session.get"]),
        before=(put("x-rules", "AUTH-FORGED", "operations", ["packs.*"]),),
    ),
    row(
        "assumed rule about more operations",
        "assumed-rule-reaches-more",
        "no may",
        put("x-rules", "AUTH-HEADER-DECIDES", "operations", ["*"]),
        before=(put("x-rules", "AUTH-HEADER-DECIDES", "operations", ["packs.*"]),),
    ),
    row("level lowered", "level-lowered", "may no", put("x-rules", "AUTH-FORGED", "level", "should")),
    row(
        "level raised",
        "level-raised",
        LOOSENED,
        put("x-rules", "AUTH-FORGED", "level", "must"),
        before=(put("x-rules", "AUTH-FORGED", "level", "should"),),
    ),
    row("rule binding", "provenance-up", LOOSENED, put("x-rules", "AUTH-HEADER-DECIDES", "provenance", "reference")),
    row("rule assumed", "provenance-down", "may no", put("x-rules", "AUTH-FORGED", "provenance", "assumed")),
    row("status of an answer binding", "provenance-up", LOOSENED, put(*UPLOAD_OK, "status", "reference")),
    row("codes of an answer assumed", "provenance-down", "may no", put(*UPLOAD_OK, "codes", "mentioned")),
    row("keyword binding", "provenance-up", LOOSENED, put(*schema("Slug", "x-provenance"), "pattern", "seed")),
    row(
        "keyword assumed",
        "provenance-down",
        "may no",
        put(*schema("Pack", "properties", "image_origin", "x-provenance"), "enum", "assumed"),
    ),
    row(
        "header binding",
        "provenance-up",
        LOOSENED,
        put("components", "headers", "RequestId", "x-provenance", "reference"),
    ),
    row(
        "parameter binding",
        "provenance-up",
        LOOSENED,
        put("components", "parameters", "LastEventId", "x-provenance", "seed"),
    ),
    row(
        "operationId",
        "operation-id",
        "may no",
        put(*operation("get", "/me/session"), "operationId", "session.read"),
        before=(drop("x-features", "session"),),
    ),
    row("unique", "type-tightened", BREAKS, put(*TYPES, "api_key", "unique", "label")),
    row("unique no longer", "type-loosened", LOOSENED, drop(*TYPES, "membership", "unique")),
    row(
        "unique in less",
        "type-tightened",
        BREAKS,
        put(*TYPES, "role", "unique", "name"),
        before=(put(*TYPES, "role", "unique", ["name", "environment"]),),
    ),
    row("unique in more", "type-loosened", LOOSENED, put(*TYPES, "role", "unique", ["name", "environment"])),
    row("unique in another", "type-tightened", BREAKS, put(*TYPES, "role", "unique", "display_name")),
    row("immutable", "type-tightened", BREAKS, add(*TYPES, "provider", "immutable", "domain")),
    row("immutable no longer", "type-loosened", LOOSENED, remove(*TYPES, "provider", "immutable", "kind")),
    row("merged", "type-means", BREAKS, drop(*TYPES, "provider", "merged")),
    row("owner only", "type-hides", BREAKS, add(*TYPES, "pack", "owner_only", "image_ref")),
    row("visible to more", "type-shows", LOOSENED, add(*TYPES, "pack", "visible", {"tier": "verified"})),
    row("visible to fewer", "type-hides", BREAKS, put(*TYPES, "pack", "visible", ["own"])),
    row("listed to all", "type-shows", LOOSENED, put(*TYPES, "pack", "listed", "all")),
    row("personal no longer", "type-shows", LOOSENED, drop(*TYPES, "credential", "personal")),
    row(
        "personal",
        "type-hides",
        BREAKS,
        put(*TYPES, "credential", "personal", {"field": "user_id", "all": "auth:write"}),
        before=(drop(*TYPES, "credential", "personal"),),
    ),
    row("personal otherwise", "type-changed", "may may", put(*TYPES, "credential", "personal", "all", "caps:write")),
    row(
        "reference", "type-tightened", BREAKS, put(*TYPES, "role", "refers", "model", {"to": "provider", "by": "name"})
    ),
    row("reference no longer", "type-loosened", LOOSENED, drop(*TYPES, "role", "refers", "pack_ids")),
    row("reference to another", "type-tightened", BREAKS, put(*TYPES, "role", "refers", "pack_ids", "to", "provider")),
    row("switched off never", "type-loosened", LOOSENED, drop(*TYPES, "secret", "switched_off")),
    row(
        "switched off",
        "type-tightened",
        BREAKS,
        put(*TYPES, "membership", "switched_off", {"subsystem": "members", "code": "auth_disabled"}),
    ),
    row(
        "kept in use by less",
        "type-loosened",
        LOOSENED,
        remove(*KEPT, "while", "status", "stopping"),
        before=(remove(*TYPES, "provider", "archive", "kept_by", "while", "status", "stopping"),),
    ),
    row("kept in use by more", "type-tightened", BREAKS, add(*KEPT, "while", "status", "failed")),
    row("prefix of ids", "type-changed", "may may", put(*TYPES, "role", "id", "prefix", "agent_")),
    row("code of more", "type-changed", "may may", add(*TYPES, "role", "code", "workspaces.stop")),
    row("type no longer declared", "type-said", "may may", drop(*TYPES, "api_key")),
    row("feature no longer", "feature", "may may", drop("x-features", "billing"), before=(put("x-rules", {}),)),
    row("feature otherwise", "feature", "may may", put("x-features", "billing", "refusal", "auth_disabled")),
    row("body of errors", "error-body", BREAKS, put("x-error-body", {"code": "$code"})),
    row("body of errors said no longer", "error-body-said", "may may", drop("x-error-body")),
    row("deprecated", "deprecated", "no no", put(*CREATE, "deprecated", True)),
    row(
        "base URL",
        "address-removed",
        BREAKS,
        put("servers", 0, "url", "https://{slug}.evershell.ai/v2"),
        before=(add("servers", {"url": "https://{slug}.evershell.ai/v2"}),),
    ),
    row("second base URL", "address-added", "no no", add("servers", {"url": "https://{slug}.evershell.example/v1"})),
    row("unknown keyword of an operation", "vocabulary", "may may", put(*CREATE, "x-scope", "org")),
    row(
        "unknown keyword of an answer",
        "vocabulary",
        "may may",
        put("components", "responses", "PackNotFound", "x-retry", "never"),
    ),
]


@pytest.mark.parametrize("case", ROWS, ids=str)
def test_a_change_of_the_vocabulary_has_the_grades_of_its_row(case: Row) -> None:
    judged_as_its_row(case)
