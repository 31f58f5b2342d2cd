import { fetchWithProgress, unwrap } from '@evershell/client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'

import { api } from '../api.ts'
import { Problem } from '../parts/Problem.tsx'

/** A pack from an archive, with how much of it is sent. */
export function Upload() {
  const client = useQueryClient()
  const [sent, setSent] = useState(0)
  const { mutate, data, error, isPending } = useMutation({
    mutationFn: (file: File) => {
      setSent(0)
      // What a system calls an archive differs; the API takes one name.
      const archive = new File([file], file.name, { type: 'application/gzip' })
      const fetch = fetchWithProgress((bytes, total) => setSent(bytes / total))
      return unwrap(api.POST('/packs/upload', { body: { archive }, fetch }))
    },
    onSuccess: () => client.invalidateQueries({ queryKey: ['packs'] }),
  })
  return (
    <form className="card" onSubmit={(event) => event.preventDefault()}>
      <label>
        Upload a pack (.tar.gz)
        <input
          type="file"
          accept=".gz,.tgz"
          disabled={isPending}
          onChange={({ target }) => {
            const [file] = target.files ?? []
            if (file) mutate(file)
            target.value = ''
          }}
        />
      </label>
      {isPending && (
        <p>
          <progress value={sent} aria-label="Upload" /> {Math.round(sent * 100)} %
        </p>
      )}
      {data && !isPending && <p role="status">{data.display_name} is there.</p>}
      <Problem error={error} />
    </form>
  )
}
