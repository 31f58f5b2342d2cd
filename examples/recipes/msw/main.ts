// The page of ../page, whose requests to `/v1` go to a world: the address says which, as `?world=URL`.
import { toWorld } from '@evershell/client/msw'
import { setupWorker } from 'msw/browser'

const world = new URLSearchParams(location.search).get('world') as string
const worker = setupWorker(toWorld('/v1', world))
await worker.start({ onUnhandledRequest: 'bypass', quiet: true })
await import('../page/packs.ts')
