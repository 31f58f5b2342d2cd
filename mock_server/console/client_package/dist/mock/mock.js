// A running mock, reached through its control API; in Node.js and in browsers.
import createClient, {} from 'openapi-fetch';
import { line } from './story.js';
import { World } from './world.js';
/** The control API refused; `status` and `error`, the envelope's content, are its answer. */
export class MockError extends Error {
    status;
    error;
    name = 'MockError';
    constructor(status, error) {
        super([error.message ?? `The answer is a ${status}.`, ...detailLines((error.details ?? {}))].join('\n  '));
        this.status = status;
        this.error = error;
    }
}
/** What to do about it, which fields are wrong, which entries there were, and how the nearest misses differ. */
function* detailLines({ advice, fields = {}, entries = [], nearest = [] }) {
    if (advice)
        yield advice;
    for (const [name, text] of Object.entries(fields))
        yield `${name}: ${text}`;
    for (const entry of entries)
        yield line(entry);
    for (const { entry, differs } of nearest) {
        yield line(entry);
        for (const [name, text] of Object.entries(differs))
            yield `  ${name}: ${text}`;
    }
}
/** What a control call was answered; MockError where it was refused. */
export async function controlled(call) {
    const { data, error, response } = await call;
    if (!response.ok)
        throw new MockError(response.status, error?.error ?? {});
    return data;
}
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
