"""Ways in which right servers differ: what the contract leaves free, each switched on by its name."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Variant(StrEnum):
    """One way that a right server may take and this one does not, unless it is told to."""

    IMAGE_REF_FOR_ALL = "image-ref-for-all"
    SERVER_SET_REFUSED = "server-set-refused"
    SERVER_SET_IGNORED = "server-set-ignored"
    CANCEL_WITHOUT_BODY = "cancel-without-body"
    NO_PHASES = "no-phases"
    SLASH_IN_LISTS = "slash-in-lists"
    SLASH_IN_READS = "slash-in-reads"
    PACKS_WITH_SLASH = "packs-with-slash"
    UTF16_LENGTHS = "utf16-lengths"
    LOWER_CASE = "lower-case"
    YAML_REWRITTEN = "yaml-rewritten"
    NUL_REFUSED = "nul-refused"
    LISTS_REVERSED = "lists-reversed"
    TITLE_CASE = "title-case"
    WHOLE_SECONDS = "whole-seconds"
    TWO_CREDENTIALS_REFUSED = "two-credentials-refused"
    FIRST_PART = "first-part"
    PART_TWICE_REFUSED = "part-twice-refused"
    BYTE_ORDER_MARK = "byte-order-mark"
    BODY_REFUSED = "body-refused"
    BODY_TOO_LARGE = "body-too-large"
    REPLAY_ALL = "replay-all"
    ROLE_NAMED_TWICE = "role-named-twice"
    ESCAPE_REFUSED = "escape-refused"
    LATE_EVENTS = "late-events"
    EMPTY_COLUMNS = "empty-columns"
    TENTHS = "tenths"
    ROLE_UNKNOWN_INVALID = "role-unknown-invalid"
    ABSENT_DELETED = "absent-deleted"
    SHARED_DELETE_HIDDEN = "shared-delete-hidden"
    PARAMETER_REFUSED = "parameter-refused"
    DENIED_ALIKE = "denied-alike"
    TAG_NEEDED = "tag-needed"
    ARCHIVED_REFUSED = "archived-refused"
    EMPTY_PATH_UNKNOWN = "empty-path-unknown"
    EMPTY_CURSOR = "empty-cursor"
    EVENT_TIMES_CUT = "event-times-cut"
    OTHER_KIND_NAMED = "other-kind-named"
    TASKS_COMPACT = "tasks-compact"


VARIANTS: Mapping[Variant, str] = {
    Variant.IMAGE_REF_FOR_ALL: "Callers of other orgs are shown the image_ref of a pack.",
    Variant.SERVER_SET_REFUSED: "Members of a creation that the server sets are refused.",
    Variant.SERVER_SET_IGNORED: "Members of a creation that the server sets are ignored, whatever their type.",
    Variant.CANCEL_WITHOUT_BODY: "The 202 of a task that is cancelled has no body.",
    Variant.NO_PHASES: "Workspaces provision and stop, and tasks are worked on, in no time.",
    Variant.SLASH_IN_LISTS: "Paths begin with a slash in lists of files alone.",
    Variant.SLASH_IN_READS: "Paths begin with a slash where one file is read alone.",
    Variant.PACKS_WITH_SLASH: "Paths of the files of packs begin with a slash.",
    Variant.UTF16_LENGTHS: "Texts are measured in UTF-16 units.",
    Variant.LOWER_CASE: "E-mail addresses and domains are kept in lower case.",
    Variant.YAML_REWRITTEN: "Capabilities are shown as the same YAML, written anew.",
    Variant.NUL_REFUSED: "A text with U+0000 is refused, in JSON, in a form and in pack.yaml.",
    Variant.LISTS_REVERSED: "Lists begin with what was made last.",
    Variant.TITLE_CASE: "A display name made of a name has small letters after the first of each word.",
    Variant.WHOLE_SECONDS: "Times are kept in whole seconds, those of events too.",
    Variant.TWO_CREDENTIALS_REFUSED: "Two Authorization headers are a 400.",
    Variant.FIRST_PART: "Of two parts of one name the first counts.",
    Variant.PART_TWICE_REFUSED: "Two parts of one name are a 400.",
    Variant.BYTE_ORDER_MARK: "A byte order mark before JSON is as if it were not there.",
    Variant.BODY_REFUSED: "A body on a GET or DELETE is a 400.",
    Variant.BODY_TOO_LARGE: "A body on a GET is a 413, and one on a DELETE a 415.",
    Variant.REPLAY_ALL: "After a Last-Event-ID of no event a stream begins with all that is kept.",
    Variant.ROLE_NAMED_TWICE: "A role_id beside the role_name of the same role is served.",
    Variant.ESCAPE_REFUSED: "A malformed escape in an id is a 400.",
    Variant.LATE_EVENTS: "Events and statistics show a moment later.",
    Variant.EMPTY_COLUMNS: "A column of which an event has nothing is an empty text.",
    Variant.TENTHS: "Times show tenths of a second.",
    Variant.ROLE_UNKNOWN_INVALID: "A role in a body that the org lacks is a 400.",
    Variant.ABSENT_DELETED: "To delete a secret that is not there is a 200.",
    Variant.SHARED_DELETE_HIDDEN: "To delete a pack of others that is shared is a 404.",
    Variant.PARAMETER_REFUSED: "A query parameter that is not known is a 400, which calls one without a name `query`.",
    Variant.DENIED_ALIKE: "Somebody else's workspace is a 403 permission_denied but where it is read.",
    Variant.TAG_NEEDED: "A reference to an image without a tag is a 400.",
    Variant.ARCHIVED_REFUSED: "To archive a provider or a role that is archived is a 409.",
    Variant.EMPTY_PATH_UNKNOWN: "The path of a file that is empty is a 404 not_found.",
    Variant.EMPTY_CURSOR: "An empty cursor is as if there were none.",
    Variant.EVENT_TIMES_CUT: "Times of events are shown in whole seconds, and known more exactly.",
    Variant.OTHER_KIND_NAMED: "A secret of another kind is what a refusal names, where the needed one lacks too.",
    Variant.TASKS_COMPACT: "A task that runs is compacted once, and runs again.",
}
"""What each does."""
