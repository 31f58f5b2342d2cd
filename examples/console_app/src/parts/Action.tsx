import { useMutation, useQueryClient } from '@tanstack/react-query'

import type { ReactNode } from 'react'

import { Problem } from './Problem.tsx'

interface Props<Answer> {
  label: string
  /** Of what, for who hears it. */
  of: string
  act: () => Promise<Answer>
  /** The lists that it changes. */
  changes: string[]
  /** What is said once it is done, where the lists here do not show it. */
  done?: (answer: Answer) => ReactNode
}

/** A button for one call, and what was refused of it. */
export function Action<Answer>({ label, of, act, changes, done }: Props<Answer>) {
  const client = useQueryClient()
  const { mutate, data, isPending, error } = useMutation({
    mutationFn: act,
    onSettled: () => Promise.all(changes.map((name) => client.invalidateQueries({ queryKey: [name] }))),
  })
  return (
    <>
      <button aria-label={`${label} ${of}`} disabled={isPending} onClick={() => mutate()}>
        {label}
      </button>
      {data !== undefined && done && <p role="status">{done(data)}</p>}
      <Problem error={error} />
    </>
  )
}
