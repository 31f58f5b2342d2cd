// What the compiler refuses, and what it knows: the test that all is well typed checks this file, and nothing runs it.
import {
  ApiError,
  createEvershellClient,
  followActivity,
  unwrap,
  type ActivityType,
  type EventType,
  type Pack,
} from '@evershell/client'

const api = createEvershellClient({ baseUrl: '/v1' })
const params = { path: { id: 'an id' } }

export async function sent() {
  // @ts-expect-error: it is role_id or role_name
  await api.POST('/workspaces', { body: { role: 'oncall' } })
  // @ts-expect-error: no field of this body is required, and this is none of them
  await api.PATCH('/providers/{id}', { params, body: { nmae: 'anthropic' } })
  // @ts-expect-error: the others are right
  await api.POST('/packs', { body: { image_ref: 'registry/pager:1', visibilty: 'org' } })
  // @ts-expect-error: a part of a form
  await api.POST('/workspaces/{id}/tasks', { params, body: { description: 'Write it up.', fiel: [new File([], 'a')] } })
  // @ts-expect-error: a parameter
  await api.GET('/audit', { params: { query: { limti: 1 } } })
  // @ts-expect-error: an option of the call
  await api.GET('/packs', { parsAs: 'text' })
  // @ts-expect-error: the path has an id
  await api.GET('/packs/{id}')
  // @ts-expect-error: it is declared on another path
  await api.DELETE('/packs')
  // @ts-expect-error: one of org and community
  await api.PATCH('/packs/{id}', { params, body: { visibility: 'private' } })

  await api.POST('/workspaces', { body: {} })
  await api.PUT('/packs/{id}/files/{path}', { params: { path: { id: 'an id', path: 'a/b.md' } }, body: new Blob([]) })
}

export async function answered(): Promise<[Pack[], string, ReadableStream | null | undefined]> {
  const file = api.GET('/packs/{id}/files/{path}', { params: { path: { id: 'an id', path: 'a.md' } }, parseAs: 'text' })
  const { data } = await api.GET('/activity/stream', { parseAs: 'stream', headers: { 'Last-Event-ID': 'an id' } })
  return [(await unwrap(api.GET('/packs'))).packs, await unwrap(file), data]
}

/** The refusals of one operation, told one by one: a code that it does not declare is none of them. */
export async function refused(): Promise<string> {
  const { error } = await api.DELETE('/packs/{id}', { params })
  switch (error?.error.code) {
    case undefined:
    case 'unauthenticated':
    case 'permission_denied':
    case 'pack_not_found':
    case 'registry_cleanup_failed':
      return ''
    case 'validation_error':
      return Object.values(error.error.details.fields).join()
    case 'pack_in_use':
      return error.error.details.roles.toFixed()
    // @ts-expect-error: the operation does not declare it
    case 'pack_exists':
      return ''
  }
}

/** Every refusal there is: the code says what is in the details. */
export function told(error: unknown): string {
  if (!(error instanceof ApiError)) throw error
  const { message, requestId, status }: Error & { requestId: string | undefined; status: number } = error
  // @ts-expect-error: only one code has it
  void error.details?.roles
  switch (error.code) {
    case 'pack_in_use':
      return error.details.roles.toFixed()
    case 'workspaces_active':
      return error.details.workspaces.toFixed()
    case 'validation_error':
      return Object.values(error.details.fields).join()
    case undefined:
      return `${status} ${message} ${requestId}`
    default:
      // @ts-expect-error: other codes are left
      error.code satisfies never
      return error.code
  }
}

export async function happened() {
  // @ts-expect-error: a change of what is set up is no activity
  const none: ActivityType = 'pack.created'
  const listed: EventType = 'pack.created'
  const { events } = await unwrap(api.GET('/audit'))
  // @ts-expect-error: there is no such type
  if (events[0]?.event_type === 'pack.cretaed') return undefined
  for await (const event of followActivity(api)) {
    event.workspace_id satisfies string
    event.category satisfies 'activity'
    // @ts-expect-error: there is no such type
    if (event.event_type === 'task_complete') continue
    if (steps(event.event_type) === 'over') return event.status
  }
  return [none, listed]
}

/** Every type, so that one that the contract gains does not compile here. */
function steps(type: ActivityType): 'begins' | 'goes on' | 'over' {
  switch (type) {
    case 'task_submitted':
    case 'workspace_created':
    case 'workspace_forked':
      return 'begins'
    case 'task_cancel_requested':
    case 'task_compacting':
    case 'task_delivered':
    case 'task_running':
    case 'workspace_ready':
    case 'workspace_restarted':
    case 'workspace_resumed':
    case 'workspace_stopping':
    case 'workspace_unarchived':
      return 'goes on'
    case 'task_completed':
    case 'workspace_archived':
    case 'workspace_failed':
    case 'workspace_stopped':
      return 'over'
  }
}
