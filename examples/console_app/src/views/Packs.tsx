import { unwrap, type Pack } from '@evershell/client'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'

import { api, packs } from '../api.ts'
import { Action } from '../parts/Action.tsx'
import { List } from '../parts/List.tsx'
import { Problem } from '../parts/Problem.tsx'
import { Status } from '../parts/Status.tsx'
import { Upload } from './Upload.tsx'

export function Packs() {
  return (
    <section aria-labelledby="packs">
      <h2 id="packs">Packs</h2>
      <Upload />
      <List label="Packs" query={useQuery(packs)} empty="There is no pack yet. Upload one.">
        {(pack) => <Row pack={pack} />}
      </List>
    </section>
  )
}

function Row({ pack }: { pack: Pack }) {
  const { mutate, error } = useVisibility(pack)
  const shared = pack.visibility === 'community'
  return (
    <article>
      <h3>
        {pack.display_name} <small>{pack.version}</small>
      </h3>
      <p>
        <Status of={pack.visibility} /> {pack.tier !== 'community' && <Status of={pack.tier} />}
      </p>
      {pack.owned && (
        <div className="actions">
          <button
            aria-label={`${shared ? 'Withdraw' : 'Publish'} ${pack.display_name}`}
            onClick={() => mutate(shared ? 'org' : 'community')}
          >
            {shared ? 'Withdraw' : 'Publish'}
          </button>
          <Action
            label="Delete"
            of={pack.display_name}
            changes={['packs']}
            act={() => unwrap(api.DELETE('/packs/{id}', { params: { path: { id: pack.id } } }))}
          />
        </div>
      )}
      <Problem error={error} />
    </article>
  )
}

/** A change that shows before it is answered, and is taken back where it is refused. */
function useVisibility({ id }: Pack) {
  const client = useQueryClient()
  const show = (change: Partial<Pack>) =>
    client.setQueryData(packs.queryKey, (shown) =>
      shown?.map((each) => (each.id === id ? { ...each, ...change } : each)),
    )
  return useMutation({
    mutationFn: (visibility: Pack['visibility']) =>
      unwrap(api.PATCH('/packs/{id}', { params: { path: { id } }, body: { visibility } })),
    onMutate: async (visibility) => {
      await client.cancelQueries({ queryKey: packs.queryKey }) // else an older answer would undo what is shown
      const before = client.getQueryData(packs.queryKey)
      show({ visibility })
      return { before }
    },
    onError: (_, __, shown) => client.setQueryData(packs.queryKey, shown?.before),
    onSuccess: (pack) => show(pack),
  })
}
