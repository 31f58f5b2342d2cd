// fetch tells nobody how much of a body is sent; XMLHttpRequest does.
const WITHOUT_BODY = new Set([204, 205, 304]);
/**
 * A `fetch` for one call that says how much of the body is sent: `fetch: fetchWithProgress((sent, total) => ...)`.
 * For browsers.
 */
export function fetchWithProgress(onProgress) {
    return async (request) => {
        const body = await request.blob();
        return new Promise((resolve, reject) => {
            const asked = new XMLHttpRequest();
            asked.open(request.method, request.url);
            asked.withCredentials = request.credentials === 'include';
            asked.responseType = 'blob';
            request.headers.forEach((value, name) => asked.setRequestHeader(name, value));
            asked.upload.onprogress = ({ loaded, total }) => onProgress(loaded, total);
            asked.onload = () => {
                const body = WITHOUT_BODY.has(asked.status) ? null : asked.response;
                resolve(new Response(body, { status: asked.status, headers: headers(asked) }));
            };
            asked.onerror = () => reject(new TypeError('The connection was lost.'));
            asked.onabort = () => reject(new DOMException('The upload was stopped.', 'AbortError'));
            request.signal.addEventListener('abort', () => asked.abort());
            asked.send(body);
        });
    };
}
function headers(asked) {
    const lines = asked.getAllResponseHeaders().trim().split('\r\n');
    return lines.map((line) => line.split(/: (.*)/, 2));
}
