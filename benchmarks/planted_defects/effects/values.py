"""Defects of values: what is written is trimmed, normalised, unescaped, cut, sorted or recoded on its way."""

from __future__ import annotations

import gzip
import html
from collections.abc import Callable
from typing import Any
from unicodedata import normalize

from benchmarks.planted_defects.effects.configuration import ROLE_WRITES, made
from benchmarks.planted_defects.effects.content import PAGER, read
from benchmarks.planted_defects.effects.credentials import KEY
from benchmarks.planted_defects.effects.members import invite
from benchmarks.planted_defects.planting import workspaces as ws
from benchmarks.planted_defects.planting.defect import Declarer, shown
from benchmarks.planted_defects.planting.mistakes import edits, leaves
from benchmarks.planted_defects.planting.objects import changes
from benchmarks.planted_defects.planting.runs import again, body_of, showing
from benchmarks.planted_defects.scene import Scene, pack_files
from benchmarks.planted_defects.workspaces.submitting import SUBMIT, SUBMITTER
from mock_server.deviations.planting import ids
from mock_server.deviations.planting.deviation import Plan
from mock_server.deviations.planting.packs import with_meta, wrong_new_pack, wrong_pack
from mock_server.deviations.planting.wrong_operations import Outcome, Run
from mock_server.resources.agent_roles import ROLES
from mock_server.resources.api_keys import API_KEYS
from mock_server.resources.credentials import STORED
from mock_server.resources.members import MEMBERS, show_member
from mock_server.resources.packs.pack import Pack
from mock_server.resources.workspaces.task import TASKS, Task
from mock_server.state.collection import Collection
from mock_server.state.value import replace

defect = Declarer(__name__)

TEXTS = ("display_name", "description", "model", "environment_description")
"""The texts of a role."""
OF_PACK = ("display_name", "description", "category")
TONES = f"/packs/{PAGER}/files/data/tones.bin"
APPLIES = ("CONFIG-CREATE-APPLIES", "CONFIG-PATCH-APPLIES")
ASTRAL = 0x10000
BLOCK, KILOBYTE, FIVE, WORD = 4096, 1024, 5, 2**16
WITH_PORT = "registry.example.com:5000/witness/pack:1.0.0"


def spoils(collection: Collection[Any], change: Callable[[Any], Any], *names: str) -> Plan:
    """Plan that some fields of the object that an operation leaves are others; nothing of those that it has not."""

    def changed(_before: Any, right: Any, _run: Run) -> Any:
        there = {name: getattr(right, name) for name in names}
        return replace(right, **{name: change(value) for name, value in there.items() if value})

    return changes(collection, changed)


def _spoils_meta(change: Callable[[Any], Any], *names: str) -> Plan:
    """Plan that a new pack shows some of what its pack.yaml says otherwise."""

    def changed(pack: Pack) -> Pack:
        there = {name: getattr(pack.image.meta, name) for name in names}
        return with_meta(pack, **{name: change(value) for name, value in there.items() if value is not None})

    return wrong_new_pack.make_plan(changed)


def _submitted(run: Run) -> Task:
    return run.after.all(TASKS)[body_of(run)["task_id"]]


def _cut(text: str) -> str:
    return text.encode()[:KILOBYTE].decode(errors="ignore")


def _without_astral(text: str) -> str:
    return "".join("?" if ord(each) >= ASTRAL else each for each in text)


def _recoded(content: bytes) -> bytes:
    return content.decode("utf-16", "replace").encode() if content[:2] in (b"\xff\xfe", b"\xfe\xff") else content


def _unpacked(content: bytes) -> bytes:
    try:
        return gzip.decompress(content)
    except (OSError, EOFError):
        return content


def _without_last_byte(content: bytes) -> bytes:
    return content[:-1] if content and len(content) % BLOCK == 0 else content


def role(scene: Scene, column: str, value: Any) -> Any:
    """Return what a new role shows of a value."""
    return made(scene, "/agent-roles", column, **{column: value})


def credential(scene: Scene, column: str, value: Any) -> Any:
    """Return what a new credential shows of a value."""
    return scene.ask("POST", "/credentials", json={**KEY, column: value}).json()[column]


def label(scene: Scene, value: str) -> Any:
    return scene.ask("POST", "/api-keys", json={"label": value, "permission_set": "read_only"}).json()["label"]


def pack(scene: Scene, column: str, written: str) -> Any:
    """Return what a pack shows whose pack.yaml has this line too."""
    return scene.upload(pack_files(more=f"{written}\n")).json().get(column)


def image(scene: Scene) -> Any:
    scene.state("image is available", image_ref=WITH_PORT, name="witness", version="1.0.0")
    return scene.create(WITH_PORT).json()["image_ref"]


def image_by_digest(scene: Scene) -> bool:
    """Return whether a pack shows the digest by which its image is named, beside the tag."""
    before = scene.pack("pack_01HZ")
    named = f"{before['image_ref']}@{before['image_digest']}"
    return bool(scene.ask("PUT", "/packs/pack_01HZ", json={"image_ref": named}).json()["image_ref"] == named)


def described(scene: Scene, text: str) -> Any:
    path = f"/workspaces/{ws.IDLE}/tasks"
    task_id = scene.ask("POST", path, SUBMITTER, json={"description": text}).json()["task_id"]
    return scene.get(f"{path}/{task_id}").json()["description"]


def secrets(scene: Scene) -> int:
    for name in ("Witness", "WITNESS"):
        scene.ask("PUT", f"/secrets/{name}", json={"value": "a value of the witness"})
    return sum(each["name"].lower() == "witness" for each in scene.get("/secrets").json()["secrets"])


defect("configuration-letters-composed", *APPLIES, on=ROLE_WRITES)(
    "The texts of a role are kept in composed letters.",
    spoils(ROLES, lambda text: normalize("NFC", text), *TEXTS),
    shown("e\u0301", "\u00e9", role, "model", "e\u0301"),
)
defect("configuration-blanks-trimmed", *APPLIES, on=ROLE_WRITES)(
    "The texts of a role lose the blanks at their ends, where anything else is in them.",
    spoils(ROLES, lambda text: text.strip() or text, *TEXTS),
    shown(" both ", "both", role, "description", " both "),
)
defect("configuration-joiners-dropped", *APPLIES, on=ROLE_WRITES)(
    "The texts of a role lose what joins letters and cannot be seen.",
    spoils(ROLES, lambda text: text.translate(dict.fromkeys((0x200B, 0x200C, 0x200D))) or text, *TEXTS),
    shown("a\u200db", "ab", role, "display_name", "a\u200db"),
)
defect("configuration-backslashes-read", *APPLIES, on=ROLE_WRITES)(
    "A backslash and an n in a text of a role are kept as the end of a line.",
    spoils(ROLES, lambda text: text.replace("\\n", "\n"), *TEXTS),
    shown("C:\\new", "C:\new", role, "description", "C:\\new"),
)
defect("configuration-cut-at-kilobyte", *APPLIES, on=ROLE_WRITES)(
    "Of the descriptions of a role no more is kept than their first 1,024 bytes.",
    spoils(ROLES, _cut, "description", "environment_description"),
    shown(600, 512, lambda scene: len(role(scene, "description", "\u00e4" * 600))),
)
defect("configuration-numbers-wrapped", *APPLIES, on=ROLE_WRITES)(
    "The most tokens of a role are kept in two bytes.",
    spoils(ROLES, lambda number: number % WORD or 1, "max_context_tokens"),
    shown(70_000, 4464, role, "max_context_tokens", 70_000),
)
defect("credentials-sixth-scope-lost", "CREDENTIAL-APPLIES", on=ids.CREATE_CREDENTIAL)(
    "A new credential keeps five of its scopes at the most.",
    spoils(STORED, lambda scopes: scopes[:FIVE], "scopes"),
    shown(6, 5, lambda scene: len(credential(scene, "scopes", [*"abcdef"]))),
)
defect("credentials-scopes-sorted", "CREDENTIAL-APPLIES", on=ids.CREATE_CREDENTIAL)(
    "The scopes of a new credential are kept in the order of the alphabet.",
    spoils(STORED, lambda scopes: tuple(sorted(scopes)), "scopes"),
    shown([*"ba"], [*"ab"], credential, "scopes", [*"ba"]),
)
defect("credentials-scopes-once", "CREDENTIAL-APPLIES", on=ids.CREATE_CREDENTIAL)(
    "A scope that is sent twice is kept once.",
    spoils(STORED, lambda scopes: tuple(dict.fromkeys(scopes)), "scopes"),
    shown([*"aba"], [*"ab"], credential, "scopes", [*"aba"]),
)
defect("credentials-keys-in-small-letters", "CREDENTIAL-APPLIES", on=ids.CREATE_CREDENTIAL)(
    "The keys of a new credential's provider_config are kept in small letters.",
    spoils(STORED, lambda config: {key.lower(): value for key, value in config.items()}, "provider_config"),
    shown({"Key": "a"}, {"key": "a"}, credential, "provider_config", {"Key": "a"}),
)
defect("creation-labels-escaped", "CREATE-READABLE", on=ids.CREATE_API_KEY)(
    "The label of a new key is kept as HTML writes it.",
    spoils(API_KEYS, html.escape, "label"),
    shown("a & b", "a &amp; b", label, "a & b"),
)
defect("creation-line-ends-alike", "CREATE-METADATA", "CREATE-DISPLAY-NAME", on=ids.UPLOAD)(
    "Carriage returns are lost from the texts of a pack.yaml.",
    _spoils_meta(lambda text: text.replace("\r\n", "\n").replace("\r", "\n"), *OF_PACK),
    shown("a\r\nb", "a\nb", pack, "description", 'description: "a\\r\\nb"'),
)
defect("creation-empty-forgotten", "CREATE-METADATA", on=ids.UPLOAD)(
    "A category and a description that are empty in pack.yaml are kept as none at all.",
    _spoils_meta(lambda text: text or None, "description", "category"),
    shown("", None, pack, "category", 'category: ""'),
)
defect("creation-sixth-suggestion-lost", "CREATE-METADATA", on=ids.UPLOAD)(
    "A pack shows five of the packs that its pack.yaml suggests at the most.",
    _spoils_meta(lambda text: ",".join(text.split(",")[:FIVE]), "suggested_packs"),
    shown("a,b,c,d,e,f", "a,b,c,d,e", pack, "suggested_packs", "suggested_packs: [a, b, c, d, e, f]"),
)
defect("ownership-port-lost", "OWNERSHIP-IMAGE-REF", on=ids.CREATE)(
    "The reference to the image of a new pack is shown without the port of its host.",
    wrong_new_pack.make_plan(lambda pack: replace(pack, image_ref=pack.image_ref.replace(":5000/", "/"))),
    shown(WITH_PORT, WITH_PORT.replace(":5000", ""), image),
)
defect("images-digest-lost", "IMAGE-REREAD", on=ids.REPLACE_IMAGE)(
    "A new image that is named by tag and digest is shown by its tag alone.",
    wrong_pack.make_plan(lambda _before, right, _request: replace(right, image_ref=right.image_ref.partition("@")[0])),
    shown(True, False, image_by_digest),
)
defect("files-recoded", "FILE-BYTES", "FILE-REPLACED", on=ids.READ_FILE)(
    "A file in UTF-16 is read in UTF-8.",
    edits(_recoded),
    shown(b"\xff\xfea\0", b"a", read, TONES, b"\xff\xfea\0"),
)
defect("files-unpacked", "FILE-BYTES", "FILE-REPLACED", on=ids.READ_FILE)(
    "A file that gzip has packed is read unpacked.",
    edits(_unpacked),
    shown(False, True, lambda scene: read(scene, TONES, gzip.compress(b"a")) == b"a"),
)
defect("files-blocks-cut", "FILE-BYTES", "FILE-REPLACED", on=ids.READ_FILE)(
    "The last byte is lost of a file that fills blocks of 4,096 bytes.",
    edits(_without_last_byte),
    shown(BLOCK, BLOCK - 1, lambda scene: len(read(scene, TONES, bytes(BLOCK)))),
)
defect("tasks-astral-replaced", "TASK-READABLE", on=SUBMIT)(
    "Characters beyond the basic plane are question marks in the description of a task.",
    leaves(TASKS, _submitted, description=lambda run: _without_astral(_submitted(run).description)),
    shown("\U0001f4e6", "?", described, "\U0001f4e6"),
)


@defect("members-plus-dropped", "MEMBER-PENDING", on=ids.INVITE).wrongly
@shown("a+b@acme.example", "a@acme.example", lambda scene: invite(scene, email="a+b@acme.example").json()["email"])
def plus_dropped(run: Run) -> Outcome:
    """An invitation shows an address without what stands behind a plus."""
    row = run.after.all(MEMBERS)[run.org_id, body_of(run)["id"]]
    local, _, host = row.email.partition("@")
    kept = replace(row, email=f"{local.partition('+')[0]}@{host}")
    return showing(run, show_member(kept, run.org_id), run.after.put(MEMBERS, kept))


@defect("secrets-names-folded", "SECRET-SET", on=ids.SET_SECRET).wrongly
@shown(2, 1, secrets)
def names_folded(run: Run) -> Outcome:
    """A secret is set in the place of one whose name differs in the case of letters alone."""
    name = run.request.path["name"]
    there = [each.name for each in run.state.select(run.state.collection("secrets"), org_id=run.org_id)]
    taken = next((each for each in there if each.casefold() == name.casefold()), name)
    return again(run, path={**run.request.path, "name": taken})
