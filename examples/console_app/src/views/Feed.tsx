import { followActivity, type Activity } from '@evershell/client'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'

import { api } from '../api.ts'
import { noticed } from '../session.ts'
import { Problem } from '../parts/Problem.tsx'

const MOST = 50

/** What happens in the org, as it happens; what is shown elsewhere follows it. */
export function Feed({ ended }: { ended: boolean }) {
  const { events, connected, error } = useActivity(ended)
  return (
    <aside aria-labelledby="feed">
      <h2 id="feed">
        What happens{' '}
        <small role="status">{connected ? 'live' : error || ended ? 'not connected' : 'connecting…'}</small>
      </h2>
      <Problem error={error} />
      {events.length === 0 && <p className="quiet">What happens from now on is shown here.</p>}
      <ol className="feed" aria-label="What happens">
        {events.map(({ id, event_type, timestamp, workspace_id }) => (
          <li key={id}>
            <b>{event_type.replaceAll('_', ' ')}</b>
            <a href={`#/workspaces/${workspace_id}`}>{workspace_id}</a>
            <time dateTime={timestamp}>{new Date(timestamp).toLocaleTimeString()}</time>
          </li>
        ))}
      </ol>
    </aside>
  )
}

/** The latest events; none come while the session is over. */
function useActivity(ended: boolean) {
  const client = useQueryClient()
  const [events, setEvents] = useState<Activity[]>([])
  const [connected, setConnected] = useState(false)
  const [error, setError] = useState<unknown>()

  useEffect(() => {
    setError(undefined)
    if (ended) return undefined
    const stop = new AbortController()
    const onConnection = (connected: boolean) => {
      setConnected(connected)
      if (!connected) return
      // What changed between a list and the feed's beginning comes with no event.
      void client.invalidateQueries({ queryKey: ['workspaces'] })
      void client.invalidateQueries({ queryKey: ['tasks'] })
    }
    const follow = async () => {
      const options = { signal: stop.signal, onConnection }
      for await (const event of followActivity(api, options)) {
        setEvents((shown) => [event, ...shown].slice(0, MOST))
        void client.invalidateQueries({ queryKey: ['workspaces'] })
        void client.invalidateQueries({ queryKey: ['tasks', event.workspace_id] })
      }
    }
    follow().catch((refusal: unknown) => {
      noticed(refusal)
      setError(refusal)
    })
    return () => stop.abort()
  }, [client, ended])

  return { events, connected, error }
}
