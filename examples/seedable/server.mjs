// A small server of four operations of the contract that is seedable: provider states, and worlds.
//
// Node's own library and this file are all that it takes: `node examples/seedable/server.mjs`.

import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';

const ROLES = {
    owner:
        'caps:write workspace:read workspace:write tasks:write:own audit:read auth:write secrets:write ' +
        'members:read members:write apikeys:write billing:write',
    operator:
        'caps:write workspace:read workspace:write tasks:write:own audit:read auth:write secrets:write ' +
        'members:read apikeys:write',
    member: 'workspace:read:own workspace:write:own tasks:write:own audit:read:own auth:write:own members:read',
};
const PERMISSION_SETS = {
    full_access: 'caps:write workspace:read workspace:write tasks:write audit:read',
    submit_observe: 'workspace:read workspace:write tasks:write audit:read',
    read_only: 'workspace:read audit:read',
};
const POSTURES = ['active', 'trial', 'trial_expired', 'past_due', 'decommissioning'];
const INACTIVE = ['trial_expired', 'past_due', 'decommissioning'];
const SIGNING_KEY = 'signs the sessions of an example, and protects nothing';
const NAME = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;
const LARGEST_BODY = 1024 * 1024;
const MOST_WORLDS = 1000;

/** The request is refused with a status and a code of the contract. */
class Refused extends Error {
    constructor(status, code, message, { details, headers } = {}) {
        super(message);
        Object.assign(this, { status, code, details, headers });
    }
}

const invalid = (name, why) =>
    new Refused(400, 'validation_error', `${name}: ${why}`, { details: { fields: { [name]: why } } });

const { values: options } = parseArgs({
    options: {
        port: { type: 'string', default: '4030' }, // 0: a free one
        offer: { type: 'string', multiple: true }, // offer this state, and no others
    },
});

// What there is

const person = (user, org, role) => ({ user, org, role, scopes: ROLES[role].split(' ') });

const apiKey = (org, permissionSet) => ({
    user: 'system',
    org,
    role: '',
    permissionSet,
    scopes: PERMISSION_SETS[permissionSet].split(' '),
});

/** Return everything that the server keeps. Each world begins so, and knows nothing of the others. */
const newWorld = () => ({
    postures: new Map([
        ['org_acme', 'active'],
        ['org_globex', 'active'],
    ]),
    withoutSecrets: new Set(),
    people: new Map([
        ['ann', person('ann', 'org_acme', 'owner')],
        ['max', person('max', 'org_acme', 'member')],
        ['gil', person('gil', 'org_globex', 'owner')],
    ]),
    keys: new Map([
        ['sk_fake_acme_full_access', apiKey('org_acme', 'full_access')],
        ['sk_fake_globex_read_only', apiKey('org_globex', 'read_only')],
    ]),
    revoked: new Set(),
    secrets: new Map([
        ['org_acme', new Map()],
        ['org_globex', new Map()],
    ]),
});

const worlds = new Map();

/** Return a world by its name. It is made when it is first asked for; the one longest unused makes room. */
function worldOf(name) {
    const world = worlds.get(name) ?? newWorld();
    worlds.delete(name);
    worlds.set(name, world);
    if (worlds.size > MOST_WORLDS) worlds.delete(worlds.keys().next().value);
    return world;
}

// Who is calling

const encoded = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const signature = (signed) => createHmac('sha256', SIGNING_KEY).update(signed).digest('base64url');
const now = () => Date.now() / 1000;

/** Return a session token of a person. */
function newSession(user, expiresAt) {
    const said = [
        { alg: 'HS256', typ: 'JWT' },
        { sub: user, exp: Math.floor(expiresAt), jti: randomBytes(8).toString('hex') },
    ];
    const signed = said.map(encoded).join('.');
    return `${signed}.${signature(signed)}`;
}

function isEqual(one, other) {
    const [left, right] = [Buffer.from(one), Buffer.from(other)];
    return left.length === right.length && timingSafeEqual(left, right);
}

/** Return whose session it is, or undefined. */
function personOf(world, token) {
    const end = token.lastIndexOf('.');
    if (end < 0 || !isEqual(signature(token.slice(0, end)), token.slice(end + 1))) return undefined;
    const claims = JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString());
    return claims.exp > now() ? world.people.get(claims.sub) : undefined;
}

/** Return whose credential a header holds; 401 where it is nobody's. */
function callerOf(world, authorization) {
    const [, scheme, token] = /^(\S*) *(.*)$/s.exec(authorization);
    const found = world.keys.get(token) ?? personOf(world, token);
    if (scheme.toLowerCase() !== 'bearer' || found === undefined || world.revoked.has(token)) {
        const headers = { 'WWW-Authenticate': 'Bearer' };
        throw new Refused(401, 'unauthenticated', 'Send a session or an API key that is valid.', { headers });
    }
    return found;
}

// The operations

function getSession({ world, caller }) {
    const { user, org, role, scopes, permissionSet } = caller;
    const shown = { user_id: user, org_id: org, role, permissions: scopes };
    if (permissionSet) {
        const key = { api_key_label: permissionSet, api_key_permission_set: permissionSet };
        return { ...shown, email: '', memberships: [], ...key };
    }
    const status = world.postures.get(org).replace('_expired', '');
    const memberships = [{ org_id: org, role, billing_status: status }];
    return { ...shown, email: `${user}@${org}.example`, memberships };
}

function secretsOf({ world, caller }) {
    if (world.withoutSecrets.has(caller.org)) {
        throw new Refused(503, 'secrets_disabled', 'Secrets are switched off for the org.');
    }
    return world.secrets.get(caller.org);
}

const listSecrets = (call) => ({ secrets: [...secretsOf(call).values()] });

function setSecret(call) {
    const secrets = secretsOf(call);
    const at = new Date().toISOString();
    const before = secrets.get(call.name) ?? { name: call.name, created_at: at };
    secrets.set(call.name, { ...before, updated_at: at }); // a real server keeps the value too, where nobody reads it
    return secrets.get(call.name);
}

function deleteSecret(call) {
    if (!secretsOf(call).delete(call.name)) {
        throw new Refused(404, 'secret_not_found', 'The org has no secret of this name.');
    }
    return { status: 'deleted' };
}

const scope = 'secrets:write';
const PATHS = {
    'me/session': { GET: { answer: getSession } },
    secrets: { GET: { answer: listSecrets, scope } },
    'secrets/*': {
        PUT: { answer: setSecret, scope, creates: true, isNamed: true, hasBody: true },
        DELETE: { answer: deleteSecret, scope, isNamed: true },
    },
};

/** Return the object that is sent as JSON. */
function parsed(content) {
    let body;
    try {
        body = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content));
    } catch {
        throw invalid('body', 'is not JSON in UTF-8');
    }
    if (body === null || typeof body !== 'object' || Array.isArray(body)) throw invalid('body', 'is not an object');
    return body;
}

/** Return the body of a secret; undefined is one that is too large. */
function readSecret(content, mediaType) {
    if (mediaType.split(';')[0].trim().toLowerCase() !== 'application/json') {
        throw new Refused(415, 'unsupported_media_type', 'The operation takes application/json.');
    }
    if (content === undefined) {
        throw new Refused(413, 'payload_too_large', `The body may have at most ${LARGEST_BODY} bytes.`);
    }
    const body = parsed(content);
    for (const name of Object.keys(body)) {
        if (name !== 'value') throw invalid(name, 'is not a field of a secret');
    }
    const length = typeof body.value === 'string' ? [...body.value].length : 0;
    if (length < 1 || length > 65536) throw invalid('value', 'has to be a text of 1 to 65536 characters');
    return body;
}

// The states

/** Return the org that a state is asked for. */
function orgOf(world, params) {
    if (!world.postures.has(params.org_id)) throw invalid('params.org_id', 'there is no such org');
    return params.org_id;
}

function setPosture(world, params) {
    if (!POSTURES.includes(params.posture)) throw invalid('params.posture', 'there is no such posture');
    world.postures.set(orgOf(world, params), params.posture);
    return {};
}

/** Make a key of a permission set, or the session of a new person with a role or with scopes. */
function addCredential(world, params, lastsSeconds = 3600) {
    const org = orgOf(world, params);
    if (params.permission_set) {
        const token = `sk_fake_${randomBytes(12).toString('hex')}`;
        world.keys.set(token, apiKey(org, params.permission_set));
        return { token };
    }
    const user = `person-${randomBytes(6).toString('hex')}`;
    world.people.set(
        user,
        params.role ? person(user, org, params.role) : { user, org, role: 'custom', scopes: params.scopes },
    );
    return { token: newSession(user, now() + lastsSeconds) };
}

function addRevoked(world, params) {
    const values = addCredential(world, params);
    world.revoked.add(values.token);
    return values;
}

const revoke = (world, _params, values) => world.revoked.add(values?.token);

const STATES = {
    'org has billing posture': {
        setup: setPosture,
        teardown: (world, params) => world.postures.set(orgOf(world, params), 'active'),
    },
    'secrets are disabled': {
        setup: (world, params) => (world.withoutSecrets.add(orgOf(world, params)), {}),
        teardown: (world, params) => world.withoutSecrets.delete(orgOf(world, params)),
    },
    'credential is expired': { setup: (world, params) => addCredential(world, params, -60), teardown: revoke },
    'credential is revoked': { setup: addRevoked, teardown: revoke },
    'credential has scopes': { setup: (world, params) => addCredential(world, params), teardown: revoke },
};

/** Set a state up and return its values, or tear it down. */
function changeState(world, content) {
    const { action, state, params = {}, values } = parsed(content);
    const isOffered = Object.hasOwn(STATES, state) && (options.offer ?? [state]).includes(state);
    if (!isOffered) throw new Refused(404, 'not_found', 'There is no such state.');
    if (action === 'setup') return STATES[state].setup(world, params);
    STATES[state].teardown(world, params, values);
    return {};
}

// HTTP: below `/v1` and `/states`, and of each world below `/worlds/NAME/v1` and `/worlds/NAME/states`

function answer(request, content) {
    const [path, query = ''] = request.url.split(/\?(.*)/s);
    let segments = path.split('/').slice(1);
    let world = '';
    if (segments[0] === 'worlds' && segments.length > 2) [, world, ...segments] = segments;
    if (segments.join('/') === 'states' && request.method === 'POST') return changeState(worldOf(world), content);
    const [base, ...rest] = segments;
    const isSecret = rest.length === 2 && rest[0] === 'secrets' && rest[1] !== '';
    const key = isSecret ? 'secrets/*' : rest.join('/');
    if (base !== 'v1' || !Object.hasOwn(PATHS, key)) {
        throw new Refused(404, 'not_found', 'There is nothing at this path.');
    }
    const operation = PATHS[key][request.method];
    if (operation === undefined) {
        const headers = { Allow: Object.keys(PATHS[key]).join(', ') };
        throw new Refused(405, 'method_not_allowed', 'The path has other methods.', { headers });
    }
    return call(worldOf(world), operation, rest.at(-1), query, content, request.headers);
}

/** Refuse what has to be refused, in one order for all operations; then do it. */
function call(world, operation, sent, query, content, headers) {
    const caller = callerOf(world, headers.authorization ?? '');
    if (operation.scope && !caller.scopes.includes(operation.scope)) {
        throw new Refused(403, 'permission_denied', `The operation asks for ${operation.scope}.`);
    }
    for (const parameter of new URLSearchParams(query).keys()) {
        throw invalid(parameter || 'query', 'is not a parameter of this operation');
    }
    const name = operation.isNamed ? decoded(sent) : '';
    if (operation.isNamed && !NAME.test(name)) throw invalid('name', 'is not the name of a secret');
    const body = operation.hasBody ? readSecret(content, headers['content-type'] ?? '') : {};
    if (operation.creates && INACTIVE.includes(world.postures.get(caller.org))) {
        throw new Refused(423, 'billing_inactive', 'The billing of the org is not active.');
    }
    return operation.answer({ world, caller, name, body });
}

/** Return a segment of a path as it is meant; an empty text, which is no name, where it is not UTF-8. */
function decoded(segment) {
    try {
        return decodeURIComponent(segment);
    } catch {
        return '';
    }
}

/** Return the body; undefined where it is too large. It is read even where nobody asks for it. */
async function read(request) {
    const parts = [];
    let length = 0;
    for await (const part of request) {
        length += part.length;
        if (length <= LARGEST_BODY) parts.push(part);
    }
    return length <= LARGEST_BODY ? Buffer.concat(parts) : undefined;
}

function send(response, status, body, headers) {
    const content = JSON.stringify(body);
    response.writeHead(status, {
        'Content-Type': 'application/json',
        'Content-Length': Buffer.byteLength(content),
        ...headers,
    });
    response.end(content);
}

const server = createServer({ keepAliveTimeout: 60_000 }, async (request, response) => {
    const id = randomBytes(8).toString('hex');
    try {
        const content = await read(request);
        send(response, 200, answer(request, content), { 'X-Request-Id': id });
    } catch (error) {
        if (!(error instanceof Refused)) throw error;
        const { status, code, message, details, headers } = error;
        send(
            response,
            status,
            { error: { code, message, request_id: id, details } },
            { 'X-Request-Id': id, ...headers },
        );
    }
});

server.listen(Number(options.port), '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`));
