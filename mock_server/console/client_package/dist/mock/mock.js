// A running mock, reached through its control API, and its worlds; in Node.js and in browsers.
import createClient from 'openapi-fetch';
import { createEvershellClient } from '../client.js';
import { serverSentEvents } from '../events.js';
import { controlled, MockError } from './control.js';
import { loss } from './loss.js';
import { line } from './story.js';
export class Mock {
    origin;
    control;
    #personas;
    #nodes;
    /** `url` is where it listens, such as `http://127.0.0.1:4010`; beyond this machine it asks for its control token. */
    constructor(url, { controlToken } = {}) {
        this.origin = url.replace(/\/+$/, '').replace(/\/v1$/, '');
        const headers = controlToken ? { Authorization: `Bearer ${controlToken}` } : {};
        this.control = createClient({ baseUrl: `${this.origin}/_mock`, headers });
    }
    /** The personas by name, with their constant tokens. */
    personas() {
        this.#personas ??= controlled(this.control.GET('/personas')).then(({ personas }) => new Map(personas.map((persona) => [persona.name, persona])));
        return this.#personas;
    }
    /** The token of a persona, such as `acme-owner`; MockError, with a near name, where there is no such persona. */
    async token(persona) {
        const known = (await this.personas()).get(persona);
        return (known ?? (await this.world().issue({ persona }))).token; // of which the mock says what it does not know
    }
    /** The names of the nodes behind this origin; none where it is one mock. */
    nodes() {
        this.#nodes ??= this.#listedNodes();
        return this.#nodes;
    }
    async #listedNodes() {
        const { node } = await controlled(this.control.GET('/health'));
        if (node === undefined)
            return [];
        const answer = await fetch(`${this.origin}/_nodes`);
        return answer.ok ? (await answer.json()).nodes : [];
    }
    /** The worlds that exist, of all nodes; each node has a `default`, and the one that is asked counts. */
    async worlds() {
        const nodes = await this.nodes();
        if (nodes.length === 0)
            return (await controlled(this.control.GET('/worlds'))).worlds;
        const { node } = await controlled(this.control.GET('/health'));
        const lists = await Promise.all(nodes.map((each) => controlled(this.control.GET('/worlds', { baseUrl: `${this.origin}/_nodes/${each}/_mock` }))));
        return lists.flatMap(({ worlds }) => worlds).filter((each) => each.name !== 'default' || each.node === node);
    }
    /** The world of this name, which is made at its first use. */
    world(name = 'default') {
        return new World(this, name);
    }
    /** A new world whose name begins with `about`, such as the name of a test. */
    async freshWorld(about = 'world') {
        const stem = about
            .replace(/[^A-Za-z0-9]+/g, '-')
            .replace(/^-+|-+$/g, '')
            .slice(0, 50) || 'world';
        const number = crypto.getRandomValues(new Uint32Array(1))[0];
        const name = `${stem}-${number.toString(16).padStart(8, '0')}`;
        await controlled(this.control.POST('/worlds', { body: { name } }));
        const world = new World(this, name);
        if ((await this.nodes()).length > 0)
            await world.look();
        return world;
    }
}
/** One world of a mock: it begins with the same data as every other, and nobody else sees what happens in it. */
export class World {
    mock;
    name;
    #seen;
    constructor(mock, name) {
        this.mock = mock;
        this.name = name;
    }
    /** The base URL of the API in this world: what the code under test is given. */
    get url() {
        return `${this.mock.origin}/_worlds/${encodeURIComponent(this.name)}/v1`;
    }
    /** The console's view of the requests in this world. */
    get console() {
        return `${this.mock.origin}/_mock/#/${encodeURIComponent(this.name)}/journal`;
    }
    /** The token of a persona: `acme-owner`, `globex-read-only`. `evershell-mock personas` lists them. */
    token(persona) {
        return this.mock.token(persona);
    }
    /** A client of the API in this world, as a persona or without a credential. */
    async client(persona, options = {}) {
        const token = persona === undefined ? {} : { token: await this.token(persona) };
        return createEvershellClient({ baseUrl: this.url, ...token, ...options });
    }
    /** Where a browser signs in as a persona, and goes then. */
    signInUrl(persona, returnTo) {
        return `${this.mock.origin}/_mock/login?${new URLSearchParams({ persona, return_to: returnTo })}`;
    }
    /** Back to the seed data, without faults; snapshots, coverage and the journal stay. */
    async reset() {
        await controlled(this.#control.POST('/worlds/{world}/reset', this.#here));
    }
    /** Look at the world, so that `lost` can tell what became of it since. A fresh world on several nodes is looked at. */
    async look() {
        this.#seen = await controlled(this.#control.GET('/worlds/{world}', this.#here));
    }
    /** What was lost of the world since it was looked at, because its node was, as a sentence; undefined: nothing. */
    async lost() {
        return this.#seen && loss(this.#seen, await controlled(this.#control.GET('/worlds/{world}', this.#here)));
    }
    /** Delete the world at the end of a test; an Error says what was lost of it meanwhile. */
    async end() {
        const lost = await this.lost();
        await this.delete();
        if (lost)
            throw new Error(lost);
    }
    /** Delete the world, if it was used. */
    async delete() {
        await controlled(this.#control.DELETE('/worlds/{world}', this.#here)).catch((error) => {
            if (!(error instanceof MockError) || error.status !== 404)
                throw error;
        });
    }
    async billing(orgId, posture) {
        const params = { path: { world: this.name, org_id: orgId } };
        await controlled(this.#control.PUT('/worlds/{world}/orgs/{org_id}/billing', { params, body: { posture } }));
    }
    /** The key and the record of one object: `readObject('roles', 'role_01HZ')`; parts of a key are joined by slashes. */
    readObject(collection, key) {
        return controlled(this.#control.GET('/worlds/{world}/collections/{collection}/{key}', this.#object(collection, key)));
    }
    /** Change fields of one object from outside; null takes one away. MockError names each field that is wrong then. */
    edit(collection, key, fields) {
        const at = this.#object(collection, key);
        return controlled(this.#control.PATCH('/worlds/{world}/collections/{collection}/{key}', { ...at, body: fields }));
    }
    /** Bring the world into a state that no call brings about; the answer has what was made. The console lists them. */
    provide(state, params = {}) {
        return this.#state('setup', state, params);
    }
    /** Take a state back: with the parameters that brought it about, and with what they made. */
    async takeBack(state, params = {}, values = {}) {
        await this.#state('teardown', state, params, values);
    }
    #state(action, state, params, values) {
        const body = { action, state, params, ...(values && { values }) };
        return controlled(this.#control.POST('/worlds/{world}/states', { ...this.#here, body }));
    }
    /** Stop the clock of the world, at a time such as `2026-07-01T09:00:00Z`. */
    freeze(now) {
        return this.#clock({ mode: 'frozen', now });
    }
    /** Move the clock, and let happen what is due by then. */
    advance(seconds) {
        return this.#clock({ advance_seconds: seconds });
    }
    /** Move the clock to when a workspace or a task takes its next step; `next` of the answer is the one after it. */
    step(count = 1) {
        return this.#clock({ advance_steps: count });
    }
    /** Set the clock to the real time again. */
    runClock() {
        return this.#clock({ mode: 'real' });
    }
    clock() {
        return controlled(this.#control.GET('/worlds/{world}/clock', this.#here));
    }
    #clock(body) {
        return controlled(this.#control.PUT('/worlds/{world}/clock', { ...this.#here, body }));
    }
    /**
     * What is to happen to the next calls of an operation, once or as often as `times` says: `status` and `code`,
     * `delay_ms`, `drop`, `truncate`; `undeclared: true` for a status that the contract does not declare, `html: true` for
     * the page of a gateway.
     */
    fault(operationId, what) {
        const body = { operation_id: operationId, ...what };
        return controlled(this.#control.POST('/worlds/{world}/faults', { ...this.#here, body }));
    }
    /** The armed faults, oldest first. */
    async faults() {
        return (await controlled(this.#control.GET('/worlds/{world}/faults', this.#here))).faults;
    }
    async removeFault(faultId) {
        const params = { path: { world: this.name, fault_id: faultId } };
        await controlled(this.#control.DELETE('/worlds/{world}/faults/{fault_id}', { params }));
    }
    async clearFaults() {
        await controlled(this.#control.DELETE('/worlds/{world}/faults', this.#here));
    }
    /** Save the present state under a name. */
    async snapshot(name) {
        await controlled(this.#control.POST('/worlds/{world}/snapshots', { ...this.#here, body: { name } }));
    }
    async snapshots() {
        return (await controlled(this.#control.GET('/worlds/{world}/snapshots', this.#here))).snapshots;
    }
    /** Back to the state of a snapshot. */
    async restore(name) {
        await controlled(this.#control.POST('/worlds/{world}/snapshots/{snapshot}/restore', this.#snapshot(name)));
    }
    /** The changes since a snapshot: object, field, before and after of each. */
    async diff(name) {
        return (await controlled(this.#control.GET('/worlds/{world}/snapshots/{snapshot}/diff', this.#snapshot(name))))
            .changes;
    }
    async dropSnapshot(name) {
        await controlled(this.#control.DELETE('/worlds/{world}/snapshots/{snapshot}', this.#snapshot(name)));
    }
    /** Back to the state right after an entry of the journal. */
    async rewind(to) {
        await controlled(this.#control.POST('/worlds/{world}/rewind', { ...this.#here, body: { to } }));
    }
    /** The whole state as a document, which `load` takes. */
    state() {
        return controlled(this.#control.GET('/worlds/{world}/state', this.#here));
    }
    /** Replace the state by a document; MockError names each wrong place in it. */
    async load(state) {
        await controlled(this.#control.PUT('/worlds/{world}/state', { ...this.#here, body: state }));
    }
    /** A new world with the state of this one. */
    async fork(name) {
        await controlled(this.#control.POST('/worlds/{world}/fork', { ...this.#here, body: { name } }));
        return new World(this.mock, name);
    }
    /** End every open stream of the world, and whatever waits in it; its state stays as it is. */
    async cut() {
        await this.snapshot('before-cut');
        await this.restore('before-cut');
        await this.dropSnapshot('before-cut');
    }
    /** A new credential, with its `token`: for a `persona`, or for `scopes` in an org; `state` says what is wrong with it. */
    issue(wanted) {
        return controlled(this.#control.POST('/worlds/{world}/tokens', { ...this.#here, body: wanted }));
    }
    /** Revoke a token in this world. */
    async revoke(token) {
        await controlled(this.#control.POST('/worlds/{world}/tokens/revoke', { ...this.#here, body: { token } }));
    }
    /** The requests that came, oldest first; `{ operation_id, status, code, caller, since, last }` choose. */
    async journal(wanted = {}) {
        return (await controlled(this.#control.GET('/worlds/{world}/journal', this.#chosen(wanted)))).entries;
    }
    /** The same as an HTTP archive (HAR 1.2), which `evershell-conformance traffic` judges. */
    har(wanted = {}) {
        return controlled(this.#control.GET('/worlds/{world}/journal/har', this.#chosen(wanted)));
    }
    /** The latest requests as text, a line each. */
    async story(last = 50) {
        return (await this.journal({ last })).map(line).join('\n');
    }
    /** The requests that match, at least one or `times`; else MockError tells the nearest misses. */
    async verify(expected) {
        return (await controlled(this.#control.POST('/worlds/{world}/journal/verify', { ...this.#here, body: expected })))
            .entries;
    }
    /** Each request when it has been answered; first those that came after the entry `after`, 0 for all. */
    async *follow(after = 0) {
        const body = await controlled(this.#control.GET('/worlds/{world}/journal/stream', {
            params: { path: { world: this.name }, header: { 'Last-Event-ID': after } },
            parseAs: 'stream',
        }));
        for await (const { event, data } of serverSentEvents(body)) {
            if (event !== 'gap')
                yield JSON.parse(data);
        }
    }
    async clearJournal() {
        await controlled(this.#control.DELETE('/worlds/{world}/journal', this.#here));
    }
    /** Each declared answer of the contract (operation, status, code), with how often it was met here. */
    async coverage() {
        return (await controlled(this.#control.GET('/worlds/{world}/coverage', this.#here))).cells;
    }
    async clearCoverage() {
        await controlled(this.#control.DELETE('/worlds/{world}/coverage', this.#here));
    }
    get #control() {
        return this.mock.control;
    }
    get #here() {
        return { params: { path: { world: this.name } } };
    }
    #object(collection, key) {
        return { params: { path: { world: this.name, collection, key } } };
    }
    #snapshot(name) {
        return { params: { path: { world: this.name, snapshot: name } } };
    }
    #chosen(query) {
        return { params: { path: { world: this.name }, query } };
    }
}
