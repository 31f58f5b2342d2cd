import { unwrap, type Task, type Workspace } from '@evershell/client'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { FormEvent } from 'react'

import { api, tasks, workspaces } from '../api.ts'
import { TEXTS } from '../errors.ts'
import { Action } from '../parts/Action.tsx'
import { List } from '../parts/List.tsx'
import { Problem } from '../parts/Problem.tsx'
import { Status } from '../parts/Status.tsx'
import { Actions, useRoleName } from './Workspaces.tsx'

/** A workspace: what its agent works on, and what it is to do next. */
export function Tasks({ workspaceId }: { workspaceId: string }) {
  const { data: known, isPending } = useQuery(workspaces)
  const workspace = known?.find(({ id }) => id === workspaceId)
  const name = useRoleName(workspace?.role_id)
  return (
    <section aria-labelledby="tasks">
      <p>
        <a href="#/workspaces">All workspaces</a>
      </p>
      <h2 id="tasks">
        {name} <small>{workspaceId}</small> {workspace && <Status of={workspace.status} />}
      </h2>
      {workspace && <Actions workspace={workspace} />}
      {(workspace || isPending) && <NewTask workspaceId={workspaceId} status={workspace?.status} />}
      <List label="Tasks" query={useQuery(tasks(workspaceId))} empty="There is no task yet.">
        {(task) => <Row task={task} />}
      </List>
    </section>
  )
}

/** Why a task ended otherwise than completed. */
const REASONS: Record<string, string> = {
  agent_unreachable: 'Nobody could reach the agent.',
  cancelled_by_user: 'Somebody cancelled it.',
  workspace_failed: 'The workspace failed.',
  workspace_restarted: 'The workspace was restarted.',
  workspace_stopped: 'The workspace was stopped.',
}

/** Why a workspace takes no task, by its status. */
const CLOSED: Partial<Record<Workspace['status'], string>> = {
  stopping: 'This workspace is being stopped.',
  stopped: TEXTS.workspace_stopped,
  failed: TEXTS.workspace_failed,
}

/** A time in the two largest units that it has. */
function inWords(seconds: number): string {
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60]
  if (hours) return `${hours} h ${minutes} min`
  if (!minutes) return `${seconds} s`
  return seconds % 60 ? `${minutes} min ${seconds % 60} s` : `${minutes} min`
}

function Row({ task: { description, status, reason, duration_seconds, workspace_id } }: { task: Task }) {
  const params = { path: { id: workspace_id } }
  return (
    <article>
      <h3>{description}</h3>
      <p>
        <Status of={status} /> {reason && `${REASONS[reason] ?? reason.replaceAll('_', ' ')} `}
        {duration_seconds !== undefined && <small>{inWords(duration_seconds)}</small>}
      </p>
      {status === 'running' && (
        <div className="actions">
          <Action
            label="Cancel"
            of={description ?? 'the task'}
            changes={['tasks']}
            act={() => unwrap(api.POST('/workspaces/{id}/task/cancel', { params }))}
          />
        </div>
      )}
    </article>
  )
}

function NewTask({ workspaceId, status }: { workspaceId: string; status: Workspace['status'] | undefined }) {
  const closed = status && CLOSED[status]
  const client = useQueryClient()
  const { mutate, error, isPending } = useMutation({
    mutationFn: (body: { description: string; file?: File[] }) =>
      unwrap(api.POST('/workspaces/{id}/tasks', { params: { path: { id: workspaceId } }, body })),
    onSuccess: () => client.invalidateQueries({ queryKey: ['tasks', workspaceId] }),
  })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = event.currentTarget
    const values = new FormData(form)
    const file = values.getAll('file').filter((each): each is File => each instanceof File && each.size > 0)
    const body = { description: String(values.get('description')), ...(file.length > 0 && { file }) }
    mutate(body, { onSuccess: () => form.reset() })
  }
  return (
    <form className="card" onSubmit={submit}>
      <label>
        What is to be done <textarea name="description" required rows={2} />
      </label>
      <label>
        Files for the agent <input type="file" name="file" multiple />
      </label>
      <button disabled={isPending || closed !== undefined}>Submit the task</button>
      {closed && <p className="quiet">{closed}</p>}
      <Problem error={error} />
    </form>
  )
}
