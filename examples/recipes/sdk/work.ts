// The code under test: tasks in a workspace, and what happens to them. It knows a base URL and a token, and no mock.
import { createEvershellClient, followActivity, unwrap, type EvershellClient, type Task } from '@evershell/client'

export class Work {
  readonly #api: EvershellClient

  /** Without a token the browser's session counts. */
  constructor(baseUrl: string, token?: string) {
    this.#api = createEvershellClient({ baseUrl, ...(token && { token }) })
  }

  /** The tasks of a workspace, the newest first. */
  tasks(workspaceId: string): Promise<Task[]> {
    return unwrap(this.#api.GET('/workspaces/{id}/tasks', { params: { path: { id: workspaceId } } }))
  }

  submit(workspaceId: string, description: string) {
    const params = { path: { id: workspaceId } }
    return unwrap(this.#api.POST('/workspaces/{id}/tasks', { params, body: { description } }))
  }

  /** What happens in the workspaces of the org, without end: after a lost connection it goes on where it was. */
  activity(onConnection?: (connected: boolean) => void) {
    return followActivity(this.#api, onConnection ? { onConnection } : {})
  }
}
