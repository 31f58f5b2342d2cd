"""The code under test: it knows a base URL and a token, and nothing of a mock."""

import json
import urllib.error
import urllib.request


class Unpaid(Exception):
    """The org's billing does not allow it."""


def publish(base_url: str, token: str, pack_id: str) -> str:
    """Make a pack visible to everybody; its name."""
    request = urllib.request.Request(
        f"{base_url}/packs/{pack_id}",
        method="PATCH",
        data=json.dumps({"visibility": "community"}).encode(),
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request) as answer:
            name: str = json.load(answer)["name"]
            return name
    except urllib.error.HTTPError as refusal:
        with refusal:
            if json.load(refusal)["error"]["code"] == "billing_inactive":
                raise Unpaid from refusal
        raise
