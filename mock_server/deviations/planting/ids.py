"""The operations of the contract that a defect may be of; several are added up."""

from __future__ import annotations

SESSION = ("session.get",)
LIST = ("packs.list",)
CREATE = ("packs.create",)
UPLOAD = ("packs.upload",)
GET = ("packs.get",)
PATCH = ("packs.update_visibility",)
DELETE = ("packs.delete",)
REPLACE_IMAGE = ("packs.replace_image",)
LIST_FILES = ("packs.list_files",)
READ_FILE = ("packs.read_file",)
REPLACE_FILE = ("packs.replace_file",)
LIST_PROVIDERS = ("providers.list",)
CREATE_PROVIDER = ("providers.create",)
GET_PROVIDER = ("providers.get",)
UPDATE_PROVIDER = ("providers.update",)
ARCHIVE_PROVIDER = ("providers.archive",)
UNARCHIVE_PROVIDER = ("providers.unarchive",)
LIST_CREDENTIALS = ("credentials.list",)
CREATE_CREDENTIAL = ("credentials.create",)
GET_CREDENTIAL = ("credentials.get",)
DELETE_CREDENTIAL = ("credentials.delete",)
START_CREDENTIAL = ("credentials.start_oauth",)
LIST_SECRETS = ("secrets.list",)
SET_SECRET = ("secrets.set",)
DELETE_SECRET = ("secrets.delete",)
LIST_API_KEYS = ("api_keys.list",)
CREATE_API_KEY = ("api_keys.create",)
REVOKE_API_KEY = ("api_keys.revoke",)
LIST_EVENTS = ("audit.list",)
COUNT_EVENTS = ("audit.stats",)
FILES = READ_FILE + REPLACE_FILE
JSON_BODIES = CREATE + REPLACE_IMAGE + PATCH
ON_PACK = GET + PATCH + DELETE + REPLACE_IMAGE + LIST_FILES + FILES
