// Before all workers: one mock, and the page that asks it. After them: their end.
import { startMock } from '../mock/start.js'
import { servePage } from '../page/serve.js'

export default async function setup() {
  const mock = await startMock()
  const page = await servePage(`${mock.origin}/v1`)
  process.env.RECIPE_MOCK = mock.origin
  process.env.RECIPE_PAGE = page.url
  return () => Promise.all([mock.stop(), page.stop()])
}
