// For an app that has Mock Service Worker already: what it asks of the API goes to a world of the mock.
import { bypass, http } from 'msw';
/** Sends each request below the API's base URL to the world's instead, headers, body and method as they are. */
export function toWorld(apiUrl, worldUrl) {
    return http.all(`${apiUrl}/*`, ({ request }) => {
        const there = request.url.replace(apiUrl, worldUrl);
        return fetch(bypass(new Request(there, request)));
    });
}
