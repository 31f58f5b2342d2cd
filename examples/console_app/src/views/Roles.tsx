import { unwrap, type Role } from '@evershell/client'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { FormEvent } from 'react'

import { api, packs, providers, roles } from '../api.ts'
import { Action } from '../parts/Action.tsx'
import { List } from '../parts/List.tsx'
import { Problem } from '../parts/Problem.tsx'
import { Status } from '../parts/Status.tsx'

export function Roles() {
  return (
    <section aria-labelledby="roles">
      <h2 id="roles">Roles</h2>
      <NewRole />
      <List label="Roles" query={useQuery(roles)} empty="There is no role yet.">
        {(role) => <Row role={role} />}
      </List>
    </section>
  )
}

function Row({ role }: { role: Role }) {
  const { data: library } = useQuery(packs)
  const name = role.display_name ?? role.name
  const params = { path: { id: role.id } }
  const attached = role.pack_ids?.map((id) => library?.find((pack) => pack.id === id)?.display_name ?? id) ?? []
  return (
    <article>
      <h3>
        {name} {role.model && <small>{role.model}</small>}
      </h3>
      <p>
        {role.archived_at && <Status of="archived" />} {attached.join(', ') || 'no packs'}
      </p>
      <div className="actions">
        {role.archived_at ? (
          <Action
            label="Bring back"
            of={name}
            changes={['roles']}
            act={() => unwrap(api.POST('/agent-roles/{id}/unarchive', { params }))}
          />
        ) : (
          <>
            <Action
              label="Start a workspace"
              of={`of ${name}`}
              changes={['workspaces']}
              done={({ id }) => (
                <>
                  <a href={`#/workspaces/${id}`}>{id}</a> is being made ready.
                </>
              )}
              act={() => unwrap(api.POST('/workspaces', { body: { role_id: role.id } }))}
            />
            <Action
              label="Archive"
              of={name}
              changes={['roles']}
              act={() => unwrap(api.POST('/agent-roles/{id}/archive', { params }))}
            />
          </>
        )}
      </div>
    </article>
  )
}

function NewRole() {
  const client = useQueryClient()
  const { data: found } = useQuery(providers)
  const { mutate, error, isPending } = useMutation({
    mutationFn: (body: { name: string; provider_id: string }) => unwrap(api.POST('/agent-roles', { body })),
    onSuccess: () => client.invalidateQueries({ queryKey: ['roles'] }),
  })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = event.currentTarget
    const values = new FormData(form)
    const body = { name: String(values.get('name')), provider_id: String(values.get('provider')) }
    mutate(body, { onSuccess: () => form.reset() })
  }
  return (
    <form className="card" onSubmit={submit}>
      <label>
        Name <input name="name" required placeholder="reviewer" aria-describedby="name-of-role" />
        <small id="name-of-role">Lower-case letters, digits and hyphens</small>
      </label>
      <label>
        Provider{' '}
        <select name="provider">
          {found?.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <button disabled={isPending}>Create the role</button>
      <Problem error={error} />
    </form>
  )
}
