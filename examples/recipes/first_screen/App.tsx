import { ApiError, createEvershellClient, unwrap, type Pack } from '@evershell/client'
import { useEffect, useState } from 'react'

const api = createEvershellClient({ baseUrl: '/v1' })

export default function App() {
  const [packs, setPacks] = useState<Pack[]>([])
  const [refusal, setRefusal] = useState('')

  async function ask(request?: Promise<unknown>) {
    try {
      setRefusal('')
      await request
      setPacks((await unwrap(api.GET('/packs'))).packs)
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      setRefusal(`${error.status} ${error.code}: ${error.message}`)
    }
  }
  useEffect(() => void ask(), [])

  return (
    <main>
      <h1>Packs</h1>
      {refusal && <p role="alert">{refusal}</p>}
      {packs
        .filter((pack) => pack.owned)
        .map(({ id, display_name, visibility }) => (
          <p key={id}>
            <label>
              <input
                type="checkbox"
                checked={visibility === 'community'}
                onChange={({ target }) => {
                  const body = { visibility: target.checked ? 'community' : 'org' } as const
                  void ask(unwrap(api.PATCH('/packs/{id}', { params: { path: { id } }, body })))
                }}
              />
              Share {display_name} with the community
            </label>
          </p>
        ))}
    </main>
  )
}
