/**
 * A `fetch` for one call that says how much of the body is sent: `fetch: fetchWithProgress((sent, total) => ...)`.
 * For browsers.
 */
export declare function fetchWithProgress(onProgress: (sent: number, total: number) => void): (request: Request) => Promise<Response>;
