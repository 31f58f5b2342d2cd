// What the app asks of the API: one query a list. What changes it is beside the button that does.
import { createEvershellClient, unwrap } from '@evershell/client'
import { queryOptions } from '@tanstack/react-query'

export const api = createEvershellClient({ baseUrl: '/v1' })

export const packs = queryOptions({
  queryKey: ['packs'],
  queryFn: async () => (await unwrap(api.GET('/packs'))).packs,
})

export const providers = queryOptions({
  queryKey: ['providers'],
  queryFn: async () => (await unwrap(api.GET('/providers'))).providers,
})

export const roles = queryOptions({
  queryKey: ['roles'],
  queryFn: async () =>
    (await unwrap(api.GET('/agent-roles', { params: { query: { include_archived: true } } }))).agent_roles,
})

export const workspaces = queryOptions({
  queryKey: ['workspaces'],
  queryFn: async () => (await unwrap(api.GET('/workspaces'))).workspaces,
})

export const tasks = (workspaceId: string) =>
  queryOptions({
    queryKey: ['tasks', workspaceId],
    queryFn: () => unwrap(api.GET('/workspaces/{id}/tasks', { params: { path: { id: workspaceId } } })),
  })
