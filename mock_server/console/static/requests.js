// An operation as a request that somebody may send: its parameters and body filled in with what the world has.

import { baseUrl } from './api.js';
import { filled } from './contract.js';

const ARCHIVE = 'pack.tar.gz';
const TEXT = 'Hello from the console.\n';

/** Values for the path parameters: the caller's org, an object of it that fits the operation, else the example. */
export function exampleValues(operation, packs, persona) {
  const wanted = operation.parameters.filter((each) => each.in === 'path');
  const writes = operation.method !== 'GET';
  const inFile = wanted.some((each) => each['x-resource']?.name === 'file');
  const own = packs.filter((each) => each.owner === persona?.org_id);
  const fits = own.filter(
    (each) =>
      (operation.method !== 'DELETE' || !each.roles.length) &&
      (!writes || !inFile || each.pack.image_origin === 'upload'),
  );
  const pack = fits[0] ?? own[0] ?? packs.find((each) => each.pack.visibility === 'community');
  const file = pack?.files.find((each) => each.path !== 'pack.yaml' && each.path.endsWith('.md'));
  return Object.fromEntries(
    wanted.map((each) => [
      each.name,
      each['x-resource']?.name === 'file'
        ? ((writes ? file?.path : null) ?? 'pack.yaml')
        : ((each['x-resource']?.name === 'pack' ? pack?.id : each['x-org'] === 'own' ? persona?.org_id : null) ??
          String(each.example ?? '')),
    ]),
  );
}

/** A request with its values; `form` is a multipart body of [name, value, whether it is a file], `streams`: see there. */
export function exampleRequest(operation, { world, packs, persona }) {
  const path = filled(operation, exampleValues(operation, packs, persona));
  const [media] = operation.bodies;
  const { keyHeader, method, streams } = operation;
  const headers = keyHeader ? { [keyHeader]: persona.token } : { Authorization: `Bearer ${persona.token}` };
  const request = { method, path, url: baseUrl(world) + path, headers, streams };
  if (media?.type === 'multipart/form-data') return { ...request, form: formOf(media.schema) };
  if (!media) return request;
  headers['Content-Type'] = media.type;
  const text = typeof media.example === 'string' ? media.example : TEXT;
  return { ...request, body: media.type === 'application/json' ? JSON.stringify(media.example ?? {}) : text };
}

function formOf(schema) {
  return Object.entries(schema.properties ?? {})
    .filter(([name, each]) => schema.required?.includes(name) || each.enum || each.$ref)
    .map(([name, each]) =>
      each.format === 'binary' ? [name, ARCHIVE, true] : [name, String(each.enum?.[0] ?? each.example ?? 'org'), false],
    );
}

/** The body as a page sends it; the file of a form is a small pack. */
export async function bodyOf(request) {
  if (!request.form) return request.body;
  const { gzipped } = await import('./tar.js');
  const body = new FormData();
  const made = { 'pack.yaml': 'name: my-pack\nversion: 1.0.0\n', 'behavior.md': '# my-pack\n' };
  for (const [name, value, isFile] of request.form) {
    if (isFile) body.append(name, await gzipped(made), value);
    else body.append(name, value);
  }
  return body;
}
