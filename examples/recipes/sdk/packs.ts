// The code under test: it knows a base URL and a token, and nothing of a mock.
import { ApiError, createEvershellClient, unwrap, type EvershellClient, type Pack } from '@evershell/client'

/** The org's billing does not allow it. */
export class Unpaid extends Error {}

export class Packs {
  readonly #api: EvershellClient

  /** Without a token the browser's session counts. */
  constructor(baseUrl: string, token?: string) {
    this.#api = createEvershellClient({ baseUrl, ...(token && { token }) })
  }

  async list(): Promise<Pack[]> {
    return (await unwrap(this.#api.GET('/packs'))).packs
  }

  async publish(id: string): Promise<Pack> {
    try {
      return await unwrap(
        this.#api.PATCH('/packs/{id}', { params: { path: { id } }, body: { visibility: 'community' } }),
      )
    } catch (error) {
      if (error instanceof ApiError && error.code === 'billing_inactive') throw new Unpaid(error.message)
      throw error
    }
  }
}
