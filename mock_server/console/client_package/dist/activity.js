import { ApiError, unwrap } from './errors.js';
import { serverSentEvents } from './events.js';
/** Is before every event, for where there is none yet. */
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';
/** Each event, without end: after a lost connection it goes on where it was. ApiError where the API refuses. */
export async function* followActivity(api, options = {}) {
    const { signal, onConnection, pauseMs = 500 } = options;
    for (let last = options.after; !signal?.aborted; await pause(pauseMs, signal)) {
        try {
            last ??= await newest(api, options);
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
/**
 * The id of the newest event that the stream would have shown by now. A stream does not say where it begins, so one
 * that is lost before anything came could else not be gone on with.
 */
async function newest(api, { workspaceId, signal = null }) {
    const query = { limit: 1 };
    const ofLog = () => unwrap(api.GET('/audit', { signal, params: { query } }));
    const ofWorkspace = (id) => unwrap(api.GET('/workspaces/{id}/activity', { signal, params: { path: { id }, query } }));
    const pages = async () => {
        if (workspaceId)
            return [ofWorkspace(workspaceId)];
        const { permissions } = await unwrap(api.GET('/me/session', { signal }));
        if (permissions.includes('audit:read'))
            return [ofLog()];
        const shown = api.GET('/workspaces', { signal, params: { query: { include_archived: true } } });
        return (await unwrap(shown)).workspaces.map(({ id }) => ofWorkspace(id));
    };
    const ids = async (asked) => (await Promise.all(asked)).flatMap(({ events }) => events.map(({ id }) => id));
    const shown = await ids(await pages());
    // Where nothing was shown yet any other event is as good a place to begin.
    const others = shown.length > 0 ? shown : await ids([ofLog()]).catch(noneWhereRefused);
    return others.sort().at(-1) ?? BEFORE_ALL; // UUIDv7: their order is that of time
}
function noneWhereRefused(error) {
    if (error instanceof ApiError && error.status === 403)
        return [];
    throw error;
}
async function opened(api, last, { workspaceId, signal = null }) {
    const how = { parseAs: 'stream', signal, headers: { 'Last-Event-ID': last } };
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
