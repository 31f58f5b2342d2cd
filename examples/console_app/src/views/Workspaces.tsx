import { unwrap, type Workspace } from '@evershell/client'
import { useQuery } from '@tanstack/react-query'

import { api, roles, workspaces } from '../api.ts'
import { Action } from '../parts/Action.tsx'
import { List } from '../parts/List.tsx'
import { Status } from '../parts/Status.tsx'

export function Workspaces() {
  return (
    <section aria-labelledby="workspaces">
      <h2 id="workspaces">Workspaces</h2>
      <List label="Workspaces" query={useQuery(workspaces)} empty="There is no workspace. Start one of a role.">
        {(workspace) => <Row workspace={workspace} />}
      </List>
    </section>
  )
}

/** The name of a workspace's role, once it is known. */
export function useRoleName(roleId: string | undefined): string {
  const role = useQuery(roles).data?.find(({ id }) => id === roleId)
  return role?.display_name ?? role?.name ?? roleId ?? ''
}

type Act = 'Stop' | 'Resume' | 'Archive'

/** What a status lets one do; one that passes by itself has nothing. */
const POSSIBLE: Partial<Record<Workspace['status'], Act[]>> = {
  idle: ['Stop'],
  busy: ['Stop'],
  stopped: ['Resume', 'Archive'],
  failed: ['Archive'],
}

/** Buttons for what can be done to a workspace now. */
export function Actions({ workspace: { id, status } }: { workspace: Workspace }) {
  const params = { path: { id } }
  const act: Record<Act, () => Promise<unknown>> = {
    Stop: () => unwrap(api.POST('/workspaces/{id}/stop', { params })),
    Resume: () => unwrap(api.POST('/workspaces/{id}/resume', { params })),
    Archive: () => unwrap(api.POST('/workspaces/{id}/archive', { params })),
  }
  return (
    <div className="actions">
      {POSSIBLE[status]?.map((label) => (
        <Action key={label} label={label} of={id} act={act[label]} changes={['workspaces']} />
      ))}
    </div>
  )
}

function Row({ workspace }: { workspace: Workspace }) {
  const { id, role_id, status } = workspace
  const name = useRoleName(role_id)
  return (
    <article>
      <h3>
        <a href={`#/workspaces/${id}`}>{name}</a> <small>{id}</small>
      </h3>
      <p>
        <Status of={status} />
      </p>
      <Actions workspace={workspace} />
    </article>
  )
}
