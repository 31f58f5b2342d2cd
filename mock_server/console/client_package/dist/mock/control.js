import { line } from './story.js';
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
