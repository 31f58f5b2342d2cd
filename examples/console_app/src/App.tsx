import type { Session } from '@evershell/client'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useSyncExternalStore } from 'react'

import { Problem } from './parts/Problem.tsx'
import { signedIn, signInUrl } from './session.ts'
import { Feed } from './views/Feed.tsx'
import { Packs } from './views/Packs.tsx'
import { Roles } from './views/Roles.tsx'
import { Tasks } from './views/Tasks.tsx'
import { Workspaces } from './views/Workspaces.tsx'

const VIEWS = { packs: 'Packs', roles: 'Roles', workspaces: 'Workspaces' }

export function App() {
  const client = useQueryClient()
  const { data, error, isPending } = useQuery(signedIn)
  const ended = data?.ended
  useEffect(() => {
    // Who has signed in again is shown what was refused meanwhile.
    if (!ended) void client.invalidateQueries({ predicate: ({ state }) => state.status === 'error' })
  }, [client, ended])
  if (isPending) return <p className="quiet">Loading…</p>
  if (!data?.session) return <SignIn error={error} />
  return (
    <>
      <Header session={data.session} />
      {ended && <Ended />}
      <Billing session={data.session} />
      <div className="columns">
        <main>
          <View />
        </main>
        <Feed ended={data.ended} />
      </div>
    </>
  )
}

/** The view that the address names: `#/packs`, `#/workspaces/ID`. */
function View() {
  const [, name, id] = useHash().split('/')
  if (name === 'workspaces' && id) return <Tasks key={id} workspaceId={decodeURIComponent(id)} />
  if (name === 'workspaces') return <Workspaces />
  if (name === 'roles') return <Roles />
  return <Packs />
}

function useHash(): string {
  return useSyncExternalStore(
    (changed) => {
      addEventListener('hashchange', changed)
      return () => removeEventListener('hashchange', changed)
    },
    () => location.hash,
  )
}

function Header({ session }: { session: Session }) {
  const [, shown = 'packs'] = useHash().split('/')
  return (
    <header>
      <h1>Evershell</h1>
      <nav aria-label="Views">
        {Object.entries(VIEWS).map(([name, label]) => (
          <a key={name} href={`#/${name}`} aria-current={name === shown ? 'page' : undefined}>
            {label}
          </a>
        ))}
      </nav>
      <p className="who">
        {session.email || session.api_key_label} <small>{session.role}</small>
      </p>
    </header>
  )
}

function SignIn({ error }: { error: unknown }) {
  return (
    <main className="alone">
      <h1>Evershell</h1>
      <Problem error={error} />
      <p>
        <a className="button" href={signInUrl()}>
          Sign in
        </a>
      </p>
    </main>
  )
}

function Ended() {
  return (
    <div className="banner" role="alert">
      Your session is over. What you typed is still here:{' '}
      <a href={signInUrl()} target="_blank" rel="noreferrer">
        sign in again
      </a>
      , and come back.
    </div>
  )
}

const DUE: Record<string, string> = {
  past_due: 'Your org’s bill is due: until it is paid you can read and remove, but neither create nor change.',
  decommissioning: 'Your org is being closed: you can read and remove, but neither create nor change.',
}

function Billing({ session: { memberships, org_id } }: { session: Session }) {
  const text = DUE[memberships.find((each) => each.org_id === org_id)?.billing_status ?? 'active']
  return text ? (
    <div className="banner" role="status">
      {text}
    </div>
  ) : null
}
