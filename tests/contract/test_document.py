"""What openapi.yaml promises of itself: every response whole, every statement founded, every rule said."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema.validators import Draft7Validator, Draft202012Validator

from tests.openapi import DOCUMENT

VOCABULARY = json.loads((Path(__file__).parents[2] / "vocabulary.schema.json").read_text(encoding="utf-8"))
METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}
PROVENANCE = {"seed", "reference", "mentioned", "assumed"}
OF_RESOURCES = {
    "packs": "list create upload get replace_image update_visibility delete list_files read_file replace_file",
    "providers": "list create get update archive unarchive",
    "workspaces": "list get create stop resume restart fork stop_all get_session archive unarchive",
    "agent_roles": "stop_workspaces list create get update archive unarchive",
    "sandbox": "list_files download",
    "snapshots": "list_files read_file download",
    "tasks": "submit submit_to_workspace cancel list get",
    "activity": "stream list stream_for_workspace",
    "audit": "list_for_workspace stats_for_workspace list stats",
    "credentials": "list create get delete start_oauth",
    "secrets": "list set delete",
    "memberships": "list invite update_role remove",
    "api_keys": "list create revoke",
    "session": "get",
}
"""The operations that there are."""
LONGEST_RULE = 160
"""Characters of what a rule says."""
SERVED = {f"{resource}.{name}" for resource, names in OF_RESOURCES.items() for name in names.split()}


def resolve(node: Any) -> Any:
    """Follow references, as deep as the node goes; the document has no cycle."""
    if isinstance(node, dict):
        if "$ref" in node:
            target: Any = DOCUMENT
            for step in node["$ref"].removeprefix("#/").split("/"):
                target = target[step]
            return resolve(target)
        return {key: resolve(value) for key, value in node.items()}
    if isinstance(node, list):
        return [resolve(item) for item in node]
    return node


OPERATIONS: dict[str, dict[str, Any]] = {
    operation["operationId"]: resolve(operation)
    for path in DOCUMENT["paths"].values()
    for method, operation in path.items()
    if method in METHODS
}
BODYLESS = [("sandbox.list_files", "409"), ("sandbox.list_files", "502")]
of_each_operation = pytest.mark.parametrize("operation_id", sorted(SERVED))


def codes(schema: Any) -> Iterator[set[str]]:
    """Every enum that a schema of an error gives its code, the narrowest among them."""
    if isinstance(schema, dict):
        error = schema.get("properties", {}).get("error", {})
        enum = error.get("properties", {}).get("code", {}).get("enum")
        if enum:
            yield set(enum)
        for part in schema.get("allOf", []):
            yield from codes(part)


def test_the_vocabulary_fits_its_schema_which_has_every_keyword_of_the_table() -> None:
    """Read as an editor reads it, which knows no format of ours."""
    Draft7Validator.check_schema(VOCABULARY)
    assert [error.message for error in Draft7Validator(VOCABULARY).iter_errors(DOCUMENT)] == []
    told = set(re.findall(r"^\| `(x-[a-z-]+)` \|", DOCUMENT["info"]["description"], re.MULTILINE))
    keywords = set(VOCABULARY["definitions"]["keyword"]["enum"])
    assert {"x-permissions", "x-rules"} <= told <= keywords
    assert all(VOCABULARY["definitions"][each]["description"] for each in keywords)


def test_the_operations_are_there() -> None:
    assert OPERATIONS.keys() == SERVED


@of_each_operation
def test_an_operation_says_who_when_and_on_what_ground(operation_id: str) -> None:
    operation = OPERATIONS[operation_id]
    assert operation["x-billing"] in {"create", "wind-down", "read"}
    assert operation["x-provenance"] in PROVENANCE
    assert operation["tags"] == [operation_id.split(".", maxsplit=1)[0]]
    assert ("requestBody" in operation) == ("x-max-body" in operation)
    assert ("403" in operation["responses"]) == ("x-permissions" in operation)
    assert ("423" in operation["responses"]) == (operation["x-billing"] == "create")
    assert ("413" in operation["responses"]) == ("requestBody" in operation)
    assert ("415" in operation["responses"]) == ("requestBody" in operation)
    assert {"400", "401"} <= operation["responses"].keys()
    assert "405" not in operation["responses"]


@pytest.mark.parametrize("operation_id", sorted(each for each in OPERATIONS if OPERATIONS[each]["x-billing"] != "read"))
def test_an_operation_that_changes_something_says_which_event_it_writes(operation_id: str) -> None:
    operation = OPERATIONS[operation_id]
    assert "x-event" in operation, (
        f"{operation_id} has no x-event: say after x-billing which event a success writes, such as "
        "`x-event: provider.created`, or a list where it changes several resources (info.description; "
        "section 6 of the decisions has the types)"
    )
    types = operation["x-event"] if isinstance(operation["x-event"], list) else [operation["x-event"]]
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*|[a-z]+(_[a-z]+)+", each) for each in types), types
    assert len({*types}) == len(types)


def test_an_operation_that_reads_writes_no_event() -> None:
    assert [
        each for each in OPERATIONS if OPERATIONS[each]["x-billing"] == "read" and "x-event" in OPERATIONS[each]
    ] == []


def test_every_path_parameter_names_its_resource_and_its_404_but_where_it_need_not_be_there() -> None:
    known = set(DOCUMENT["components"]["schemas"]["ErrorCode"]["enum"])
    unnamed = []
    for item in DOCUMENT["paths"].values():
        for method in sorted(METHODS & item.keys()):
            operation = resolve({"parameters": [], **item[method]})
            given = (*resolve(item.get("parameters", [])), *operation["parameters"])
            for parameter in (each for each in given if each["in"] == "path"):
                if "x-org" in parameter:
                    assert (parameter["x-org"], "403" in operation["responses"]) == ("own", True)
                elif "x-resource" in parameter:
                    assert parameter["x-resource"]["not_found"] in known
                    assert "404" in operation["responses"]
                else:
                    unnamed.append((operation["operationId"], parameter["name"]))
    assert unnamed == [("secrets.set", "name")]


@of_each_operation
def test_a_response_is_founded_and_carries_the_request_id(operation_id: str) -> None:
    for status, response in OPERATIONS[operation_id]["responses"].items():
        kinds = {"response", "status"} | ({"codes"} if status >= "400" and "content" in response else set())
        assert response["x-provenance"].keys() == kinds, status
        assert set(response["x-provenance"].values()) <= PROVENANCE, status
        assert "X-Request-Id" in response["headers"], status
        assert ("WWW-Authenticate" in response["headers"]) == (status == "401"), status


def with_null(schema: Any) -> Any:
    """The schema as JSON Schema has it, in which null is a type of its own."""
    if isinstance(schema, list):
        return [with_null(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    found = {name: with_null(each) for name, each in schema.items()}
    return {**found, "type": [found["type"], "null"]} if found.get("nullable") is True else found


def test_two_refusals_alone_have_no_body() -> None:
    found = [
        (operation_id, status)
        for operation_id, operation in OPERATIONS.items()
        for status, response in operation["responses"].items()
        if "content" not in response
    ]
    assert found == BODYLESS


def with_body(operation_id: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield status and contents of each response that has a body."""
    for status, response in OPERATIONS[operation_id]["responses"].items():
        if (operation_id, status) not in BODYLESS:
            assert response["content"], status
            yield status, response["content"]


@of_each_operation
def test_a_response_has_named_examples_that_fit_its_schema(operation_id: str) -> None:
    for status, content in with_body(operation_id):
        for media_type, media in content.items():
            assert media["examples"], status
            for example in media["examples"].values():
                assert example["summary"], status
                if media_type == "application/json":
                    Draft202012Validator(with_null(media["schema"])).validate(example["value"])
                else:
                    assert isinstance(example["value"], str), status


@of_each_operation
def test_an_error_names_its_codes_out_of_the_closed_enum(operation_id: str) -> None:
    for status, content in with_body(operation_id):
        if status >= "400":
            narrowed, *_, closed = sorted(codes(content["application/json"]["schema"]), key=len)
            assert narrowed < closed, status
            examples = content["application/json"]["examples"].values()
            assert {example["value"]["error"]["code"] for example in examples} <= narrowed, status


def test_every_code_of_the_closed_enum_is_declared_but_for_the_two_global_ones() -> None:
    declared = {
        code
        for operation in OPERATIONS.values()
        for status, response in operation["responses"].items()
        if status >= "400" and "content" in response
        for code in min(codes(response["content"]["application/json"]["schema"]), key=len)
    }
    closed = set(DOCUMENT["components"]["schemas"]["ErrorCode"]["enum"])
    assert closed - declared == {"not_found", "method_not_allowed"}


def test_a_rule_is_whole_and_one_short_sentence() -> None:
    for rule_id, rule in DOCUMENT["x-rules"].items():
        assert rule.keys() - {"operations"} == {"clause", "level", "provenance", "text"}, rule_id
        assert rule_id == rule_id.upper()
        assert rule["level"] in {"must", "should"}, rule_id
        assert rule["provenance"] in PROVENANCE, rule_id
        assert rule["text"].endswith("."), rule_id
        assert ". " not in rule["text"], rule_id
        assert len(rule["text"]) <= LONGEST_RULE, f"{rule_id}: say what must be true; the rest is for descriptions"


@pytest.mark.parametrize(("keyword", "schema"), [("x-roles", "MemberRole"), ("x-permission-sets", "PermissionSet")])
def test_each_role_and_permission_set_gives_scopes_that_are_asked_for(keyword: str, schema: str) -> None:
    given = DOCUMENT[keyword]
    assert list(given) == DOCUMENT["components"]["schemas"][schema]["enum"]
    asked = {
        scope
        for item in DOCUMENT["paths"].values()
        for method in METHODS & item.keys()
        for groups in item[method].get("x-permissions", {}).values()
        for each in groups
        for scope in ([each] if isinstance(each, str) else each)
    }
    for scopes in given.values():
        assert len(set(scopes)) == len(scopes)
        assert set(scopes) - asked <= {"billing:write"}, "nothing asks for this scope"


def test_no_python_path_stands_in_the_contract() -> None:
    text = (Path(__file__).parents[2] / "openapi.yaml").read_text(encoding="utf-8")
    assert "mock_server" not in text
    assert "x-openapi-router-controller" not in text
