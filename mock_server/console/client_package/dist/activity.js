import { ApiError } from './errors.js';
import { serverSentEvents } from './events.js';
/** Each event, without end: after a lost connection it goes on where it was. ApiError where the API refuses. */
export async function* followActivity(api, options = {}) {
    const { signal, onConnection, pauseMs = 500 } = options;
    for (let last = options.after; !signal?.aborted; await pause(pauseMs, signal)) {
        try {
            const body = await opened(api, last, options);
            onConnection?.(true);
            for await (const { event, data } of serverSentEvents(body)) {
                if (event !== 'activity')
                    continue;
                const happened = JSON.parse(data);
                last = happened.id;
                yield happened;
            }
        }
        catch (error) {
            if (error instanceof ApiError && error.status < 500)
                throw error;
        }
        finally {
            onConnection?.(false);
        }
    }
}
async function opened(api, last, { workspaceId, signal }) {
    const how = { parseAs: 'stream', signal: signal ?? null, headers: last ? { 'Last-Event-ID': last } : {} };
    const { data, error, response } = workspaceId
        ? await api.GET('/workspaces/{id}/activity/stream', { ...how, params: { path: { id: workspaceId } } })
        : await api.GET('/activity/stream', how);
    if (!response.ok || !data)
        throw new ApiError(response.status, error);
    return data;
}
function pause(ms, signal) {
    return new Promise((resolve) => {
        const timer = setTimeout(resolve, ms);
        signal?.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
    });
}
