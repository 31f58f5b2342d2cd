// What happens in workspaces and to tasks, as it happens, over lost connections and sleep.
import type { EvershellClient } from './client.js'
import { ApiError } from './errors.js'
import { serverSentEvents } from './events.js'
import type { Event } from './generated/api.js'

export interface ActivityOptions {
  /** Of one workspace; else of all that the caller is shown. */
  workspaceId?: string
  /** The id of an event: begin with what came after it. Else with what comes from now on. */
  after?: string
  /** Ends it. */
  signal?: AbortSignal
  /** Is told when a connection is there, and when it is lost. */
  onConnection?: (connected: boolean) => void
  /** How long to wait before it connects again. */
  pauseMs?: number
}

/** Each event, without end: after a lost connection it goes on where it was. ApiError where the API refuses. */
export async function* followActivity(
  api: EvershellClient,
  options: ActivityOptions = {},
): AsyncGenerator<Event, void> {
  const { signal, onConnection, pauseMs = 500 } = options
  for (let last = options.after; !signal?.aborted; await pause(pauseMs, signal)) {
    try {
      const body = await opened(api, last, options)
      onConnection?.(true)
      for await (const { event, data } of serverSentEvents(body)) {
        if (event !== 'activity') continue
        const happened = JSON.parse(data) as Event
        last = happened.id
        yield happened
      }
    } catch (error) {
      if (error instanceof ApiError && error.status < 500) throw error
    } finally {
      onConnection?.(false)
    }
  }
}

async function opened(api: EvershellClient, last: string | undefined, { workspaceId, signal }: ActivityOptions) {
  const how = { parseAs: 'stream' as const, signal: signal ?? null, headers: last ? { 'Last-Event-ID': last } : {} }
  const { data, error, response } = workspaceId
    ? await api.GET('/workspaces/{id}/activity/stream', { ...how, params: { path: { id: workspaceId } } })
    : await api.GET('/activity/stream', how)
  if (!response.ok || !data) throw new ApiError(response.status, error)
  return data as ReadableStream<Uint8Array>
}

function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal?.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true })
  })
}
