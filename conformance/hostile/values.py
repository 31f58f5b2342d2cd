"""The table of hostile values, of all kinds: a row here is tried at every operation that it suits."""

from __future__ import annotations

from conformance.hostile.addresses import ADDRESSES
from conformance.hostile.headers import HEADERS
from conformance.hostile.json_bodies import JSON_BODIES
from conformance.hostile.kind import HostileValue
from conformance.hostile.media_types import MEDIA_TYPES

VALUES: tuple[HostileValue, ...] = (*JSON_BODIES, *MEDIA_TYPES, *ADDRESSES, *HEADERS)
