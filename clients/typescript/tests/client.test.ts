// What the client sends, and how it says what it was answered.
import { ApiError, createEvershellClient, followActivity, unwrap } from '@evershell/client'
import { test } from '@evershell/client/vitest'
import { expect } from 'vitest'

const NOTES = { path: { id: 'pack_acme_release_notes', path: 'templates/notes.md' } }

test('the path of a file keeps its slashes', async ({ world }) => {
  const owner = await world.client('acme-owner')
  const file = await unwrap(owner.GET('/packs/{id}/files/{path}', { params: NOTES, parseAs: 'text' }))
  expect(file).toContain('{changes}')
})

test('whatever else is in a path is encoded', async () => {
  const asked: string[] = []
  const fetch = (request: Request) => {
    asked.push(request.url)
    return Promise.resolve(Response.json({}))
  }
  const api = createEvershellClient({ baseUrl: 'http://api.example/v1', fetch })
  await api.GET('/packs/{id}/files/{path}', { params: { path: { id: 'a/b', path: 'c d/e%2F?.md' } } })
  await api.GET('/packs/{id}', { params: { path: { id: 'a/b' } } })
  expect(asked).toEqual([
    'http://api.example/v1/packs/a%2Fb/files/c%20d/e%252F%3F.md',
    'http://api.example/v1/packs/a%2Fb',
  ])
})

test('bytes are sent as bytes', async ({ world }) => {
  const owner = await world.client('acme-owner')
  await unwrap(owner.PUT('/packs/{id}/files/{path}', { params: NOTES, body: new Blob(['# Notes']) }))
  expect(await unwrap(owner.GET('/packs/{id}/files/{path}', { params: NOTES, parseAs: 'text' }))).toBe('# Notes')
})

test('a body with files is a form', async ({ world }) => {
  const owner = await world.client('acme-owner')
  const body = { description: 'Read these.', file: [new File(['1'], 'a.txt'), new File(['2'], 'b.txt')] }
  await unwrap(owner.POST('/workspaces/{id}/tasks', { params: { path: { id: 'ws_01HZ' } }, body }))
  await world.step(2)
  const { entries } = await unwrap(owner.GET('/workspaces/{id}/sandbox/files', { params: { path: { id: 'ws_01HZ' } } }))
  expect(entries.map(({ path }) => path.replace(/.*\//, ''))).toEqual(expect.arrayContaining(['a.txt', 'b.txt']))
})

test('a refusal is an error that says everything', async ({ world }) => {
  const reader = await world.client('acme-read-only')
  const refused = unwrap(reader.DELETE('/packs/{id}', { params: { path: { id: 'pack_acme_pager' } } }))
  await expect(refused).rejects.toMatchObject({
    name: 'ApiError',
    status: 403,
    code: 'permission_denied',
    requestId: expect.stringMatching(/^[0-9a-f]{8}$/),
  })
})

test('the page of a gateway is an error without a code', async ({ world }) => {
  await world.fault('packs.list', { status: 502, undeclared: true, html: true })
  const refused = await unwrap((await world.client('acme-owner')).GET('/packs')).catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(ApiError)
  expect(refused).toMatchObject({ status: 502, code: undefined, message: 'The answer is a 502.' })
})

test('what was missed is sent first, and an end by the caller is no error', async ({ world }) => {
  await world.freeze('2026-07-01T09:00:00Z')
  const owner = await world.client('acme-owner')
  const stop = new AbortController()
  const connections: boolean[] = []
  const feed = followActivity(owner, {
    workspaceId: 'ws_01HZ',
    signal: stop.signal,
    pauseMs: 1,
    onConnection: (there) => connections.push(there),
  })
  const first = feed.next()
  await expect.poll(() => connections).toEqual([true])
  const params = { path: { id: 'ws_01HZ' } }
  await unwrap(owner.POST('/workspaces/{id}/tasks', { params, body: { description: 'Write it up.' } }))
  expect((await first).value).toMatchObject({ event_type: 'task_submitted' })
  await world.cut()
  await world.step()
  expect((await feed.next()).value).toMatchObject({ event_type: 'task_delivered' })
  const next = feed.next()
  stop.abort()
  expect((await next).done).toBe(true)
  expect(connections).toEqual([true, false, true, false])
})

test.for([
  ['acme-owner', 'ws_acme_stopped', 'activity.stream_for_workspace'], // in which nothing has happened yet
  ['acme-owner', undefined, 'activity.stream'],
  ['acme-member', undefined, 'activity.stream'], // who is shown a part of what happens
] as const)('a stream of %s (of %s) that is lost at once loses nothing', async ([who, workspaceId, id], { world }) => {
  const stop = new AbortController()
  const connections: boolean[] = []
  const onConnection = (there: boolean) => void connections.push(there)
  const options = { ...(workspaceId && { workspaceId }), signal: stop.signal, pauseMs: 1, onConnection }
  const first = followActivity(await world.client(who), options).next()
  await expect.poll(() => connections).toEqual([true])
  await world.fault(id, { drop: true, times: 'always' })
  await world.cut()
  await expect.poll(() => connections).toContain(false)
  const other = await world.client('acme-full-access')
  await unwrap(other.POST('/workspaces/{id}/resume', { params: { path: { id: 'ws_acme_stopped' } } }))
  await world.clearFaults()
  expect((await first).value).toMatchObject({ event_type: 'workspace_resumed', workspace_id: 'ws_acme_stopped' })
  stop.abort()
})

test('who may not read the log is told what happens all the same', async ({ world }) => {
  const stop = new AbortController()
  const connected = new Promise<void>((resolve) => {
    const onConnection = (there: boolean) => there && resolve()
    void world
      .client('acme-runner')
      .then((runner) => followActivity(runner, { signal: stop.signal, onConnection }).next())
  })
  await connected
  stop.abort()
})

test('a client without a token is nobody', async ({ world }) => {
  const nobody = createEvershellClient({ baseUrl: world.url })
  await expect(unwrap(nobody.GET('/me/session'))).rejects.toMatchObject({ code: 'unauthenticated' })
})
