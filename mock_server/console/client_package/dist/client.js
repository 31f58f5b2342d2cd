// openapi-fetch for the contract of the API.
import createClient, { defaultPathSerializer, } from 'openapi-fetch';
/** A client of the API at `baseUrl`, such as `https://acme.evershell.ai/v1`. */
export function createEvershellClient({ token, headers, ...options }) {
    return createClient({
        credentials: 'include',
        fetch: (...asked) => globalThis.fetch(...asked), // looked up at each call, since tests replace it after this one
        pathSerializer: withPlainSlashes,
        bodySerializer: serialized,
        Request: RequestOfBytes,
        ...options,
        headers: { ...(token && { Authorization: `Bearer ${token}` }), ...headers },
    });
}
/** The path of a file keeps its slashes: the API takes no encoded ones. An id has none that are not encoded. */
const withPlainSlashes = (template, params) => {
    const before = template.replace(/\{path\}$/, '');
    if (before === template)
        return defaultPathSerializer(template, params);
    const segments = String(params.path).split('/').map(encodeURIComponent);
    return defaultPathSerializer(before, params) + segments.join('/');
};
/** Bytes as they are, a form where a part of the body is a file, else JSON. */
function serialized(body) {
    if (body instanceof Blob || body instanceof FormData)
        return body;
    const parts = Object.entries(body).flatMap(([name, value]) => (Array.isArray(value) ? value : [value]).map((each) => [name, each]));
    if (!parts.some(([, value]) => value instanceof Blob))
        return JSON.stringify(body);
    const form = new FormData();
    for (const [name, value] of parts) {
        if (value instanceof Blob)
            form.append(name, value);
        else if (value !== undefined)
            form.append(name, String(value));
    }
    return form;
}
/** openapi-fetch calls every body but a form JSON; the API takes bytes as what they are alone. */
class RequestOfBytes extends Request {
    constructor(input, init) {
        super(input, init);
        if (init?.body instanceof Blob && this.headers.get('Content-Type') === 'application/json') {
            this.headers.set('Content-Type', 'application/octet-stream');
        }
    }
}
