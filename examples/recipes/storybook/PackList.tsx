// The component under test: it is given what asks the API.
import { ApiError } from '@evershell/client'
import { useEffect, useState } from 'react'

import type { Pack } from '@evershell/client'
import type { Packs } from '../sdk/packs.ts'

export function PackList({ packs }: { packs: Packs }) {
  const [found, setFound] = useState<Pack[]>()
  const [problem, setProblem] = useState<string>()
  const told = (error: Error) => setProblem(error instanceof ApiError ? (error.code ?? error.message) : error.message)

  useEffect(() => {
    packs.list().then(setFound, told)
  }, [packs])

  const publish = async (id: string) => {
    const published = await packs.publish(id)
    setFound((shown) => shown?.map((pack) => (pack.id === id ? published : pack)))
  }

  return (
    <section>
      {problem && <p role="alert">{problem}</p>}
      {found?.length === 0 && <p>There is no pack yet.</p>}
      <ul>
        {found?.map((pack) => (
          <li key={pack.id}>
            {pack.display_name}: {pack.visibility}{' '}
            {pack.owned && pack.visibility === 'org' && (
              <button onClick={() => void publish(pack.id).catch(told)}>Publish {pack.display_name}</button>
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}
