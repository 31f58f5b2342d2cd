// The two APIs that the page has: the control API, and the API itself in a world. Both refuse in one envelope.

import { API } from './base.js';
import { DEFAULT_WORLD } from './route.js';

export const EVENT_STREAM = 'text/event-stream';

const CONTROL = '/_mock';
const TOKEN = 'evershell-mock-control-token';
let askForToken = async () => false;
let asking = null;
let declined = false;

/** A refusal, with the code and message of the envelope. */
export class Refused extends Error {
  constructor(status, error) {
    super(error?.message ?? `The answer is ${status}.`);
    this.status = status;
    this.code = error?.code ?? null;
    this.fields = error?.details?.fields ?? {};
  }
}

/** An error: there was no answer. */
export class Unreachable extends Error {
  constructor() {
    super('The mock does not answer. Nothing is known to have been done; this page tries again by itself.');
  }
}

/** Set the function that asks the user for the control token; it is given the reason. */
export function onTokenAsked(ask) {
  askForToken = ask;
}

export function setToken(token) {
  sessionStorage.setItem(TOKEN, token);
}

/** Ask for the control token again, even when the user gave none the last time. */
export function askForTokenAgain() {
  declined = false;
}

export function authorization() {
  const token = sessionStorage.getItem(TOKEN);
  return token === null ? {} : { Authorization: `Bearer ${token}` };
}

/** Call fetch below a control API; where the control token is missing or wrong, ask for it and try again. */
export async function controlled(path, options = {}, base = CONTROL) {
  for (;;) {
    const had = sessionStorage.getItem(TOKEN);
    const answer = await fetched(base + path, {
      ...options,
      headers: { ...options.headers, ...authorization() },
    });
    if (answer.status !== 401) return answer;
    if (sessionStorage.getItem(TOKEN) !== had) continue;
    const { error } = await answer.json();
    if (!declined)
      asking ??= askForToken(had === null ? '' : error.message).finally(() => {
        asking = null;
      });
    declined = declined || !(await asking);
    if (declined) throw new Refused(401, error);
  }
}

async function fetched(url, options) {
  try {
    return await fetch(url, options);
  } catch (problem) {
    if (problem.name === 'AbortError') throw problem;
    throw new Unreachable();
  }
}

let listener = () => {};

/** Set the function that hears of each control call that succeeded: its method, its path and its answer. */
export function onControlled(hear) {
  listener = hear;
}

/** Return the JSON of a control call; throws Refused or Unreachable. A Blob is sent as it is. */
export async function control(method, path, body, base = CONTROL) {
  const options = { method };
  if (body !== undefined) {
    options.body = body instanceof Blob ? body : JSON.stringify(body);
    options.headers = { 'Content-Type': 'application/json' };
  }
  const answer = await controlled(path, options, base);
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refused(answer.status, told.error);
  listener(method, path, told);
  return told;
}

/**
 * The worlds that exist. Behind a front those of all nodes, each with its node; each node has a default world, of which
 * the one counts that is asked.
 */
export async function allWorlds() {
  const { node } = await control('GET', '/health');
  const nodes = node === undefined ? [] : await nodesOfFront();
  if (nodes.length === 0) return (await control('GET', '/worlds')).worlds;
  const lists = await Promise.all(
    nodes.map((each) => control('GET', '/worlds', undefined, `/_nodes/${each}${CONTROL}`)),
  );
  return lists.flatMap(({ worlds }) => worlds).filter((each) => each.name !== DEFAULT_WORLD || each.node === node);
}

/** The names of the nodes behind this page's origin; none where there is no front. */
async function nodesOfFront() {
  const answer = await fetched('/_nodes');
  return answer.ok ? (await answer.json()).nodes : [];
}

/** The path of a world in the control API. */
export function inWorld(world, below = '') {
  return `/worlds/${encodeURIComponent(world)}${below}`;
}

/** The base path of the API in a world. */
export function basePath(world) {
  return `/_worlds/${encodeURIComponent(world)}${API}`;
}

/** The base URL of a world for clients. */
export function baseUrl(world) {
  return location.origin + (world === DEFAULT_WORLD ? API : basePath(world));
}

/** The header of what a view reads by itself, which is in the journal and counted apart from what clients ask. */
const OWN = { 'X-Mock-Console': '1' };

/** What a view shows of the API: the answer to a GET as `send` gives it, which is no client's request. */
export function readShown(world, request) {
  return send(world, { ...request, method: 'GET', headers: { ...request.headers, ...OWN } });
}

/**
 * A request of the API that somebody sends, and its answer whatever it is: status, code, headers, bytes. Unreachable
 * where there is none. `cookie`: as whom this browser is signed in; without a token and it, as nobody.
 */
export async function send(world, { method, path, token, cookie = false, headers = {}, body }) {
  const begun = performance.now();
  const answer = await fetched(basePath(world) + path, {
    method,
    body,
    headers: { ...headers, ...bearing(token) },
    credentials: cookie ? 'same-origin' : 'omit',
  });
  const type = answer.headers.get('content-type') ?? '';
  const bytes = await (answer.ok && type.startsWith(EVENT_STREAM) ? beginning(answer) : whole(answer));
  const error =
    !answer.ok && type.startsWith('application/json') ? JSON.parse(new TextDecoder().decode(bytes)).error : null;
  return {
    status: answer.status,
    ok: answer.ok,
    headers: [...answer.headers],
    type,
    bytes,
    error,
    ms: performance.now() - begun,
  };
}

/** The answer to a request for a stream of the API that a view follows, which goes on until `signal` ends it. */
export function openStream(world, { path, token, headers, signal }) {
  return fetched(basePath(world) + path, {
    headers: { ...OWN, ...headers, ...bearing(token) },
    credentials: 'omit',
    signal,
  });
}

function bearing(token) {
  return token ? { Authorization: `Bearer ${token}` } : {};
}

async function whole(answer) {
  const buffer = await answer.arrayBuffer().catch(() => {
    throw new Unreachable();
  });
  return new Uint8Array(buffer);
}

/** What comes of a stream at once: it does not end. */
async function beginning(answer) {
  const reader = answer.body.getReader();
  const { value } = await reader.read().catch(() => {
    throw new Unreachable();
  });
  await reader.cancel();
  return value ?? new Uint8Array();
}

let personas = null;

/** The personas. */
export async function loadPersonas() {
  personas ??= control('GET', '/personas').catch((problem) => {
    personas = null;
    throw problem;
  });
  return (await personas).personas;
}

/** The orgs of a world, by their ids. */
export async function loadOrgs(world) {
  const { orgs } = await control('GET', inWorld(world, '/orgs'));
  return new Map(orgs.map((each) => [each.id, each]));
}

/** Drop what was loaded, since another mock may answer differently. */
export function forget() {
  personas = null;
}
