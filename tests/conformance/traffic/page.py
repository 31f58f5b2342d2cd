"""What a page of a front end asks a server: scripts for Chromium, signed in as the owner of org_acme."""

from __future__ import annotations

_BEGIN = """async (origin) => {
  const { personas } = await (await fetch(`${origin}/_mock/personas`)).json();
  const { token } = personas.find((each) => each.name === 'acme-owner');
  const signed = { Authorization: `Bearer ${token}` };
  const ask = (method, path, body) => fetch(`${origin}/v1${path}`, {
    method, headers: { ...signed, 'Content-Type': 'application/json' }, body: body && JSON.stringify(body),
  });
  const upload = () => {
    const form = new FormData();
    form.append('description', 'With a file.');
    form.append('file', new Blob([new Uint8Array([0, 255, 1, 2])]), 'a.bin');
    return fetch(`${origin}/v1/tasks`, { method: 'POST', headers: signed, body: form });
  };
"""


def script(steps: str) -> str:
    """A function of the origin that asks `ask(METHOD, PATH, BODY)`, `upload()` and what else the steps say."""
    return f"{_BEGIN}{steps}}}"
