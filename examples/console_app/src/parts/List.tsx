import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'

import { Problem } from './Problem.tsx'

interface Props<Item> {
  label: string
  query: UseQueryResult<Item[]>
  empty: string
  children: (item: Item) => ReactNode
}

/** A list that was fetched: on its way, refused, empty, or there. */
export function List<Item extends { id: string }>({ label, query, empty, children }: Props<Item>) {
  const { data, error, isPending } = query
  if (isPending) return <p className="quiet">Loading…</p>
  return (
    <>
      <Problem error={error} />
      {data?.length === 0 && <p className="quiet">{empty}</p>}
      <ul className="list" aria-label={label}>
        {data?.map((item) => (
          <li key={item.id}>{children(item)}</li>
        ))}
      </ul>
    </>
  )
}
