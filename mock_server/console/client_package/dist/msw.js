// For an app that has Mock Service Worker already: what it asks of the API goes to a world of the mock.
import { bypass, http, HttpResponse } from 'msw';
/**
 * Sends each request below the API's base URL to the world's instead, headers, body and method as they are. In a
 * browser the base URL may be one of the page's own origin, such as `/v1`.
 */
export function toWorld(apiUrl, worldUrl) {
    const base = new URL(apiUrl, globalThis.location?.href).href.replace(/\/$/, '');
    return http.all(`${base}/*`, async ({ request }) => {
        const { method, headers, credentials, redirect, signal, url } = request;
        const bytes = await request.arrayBuffer(); // a browser sends a stream over HTTP/2 alone
        const body = bytes.byteLength > 0 ? bytes : null;
        const there = bypass(worldUrl + url.slice(base.length), { method, headers, credentials, redirect, signal, body });
        return fetch(there).catch(() => HttpResponse.error()); // what the handler throws would be a 500
    });
}
