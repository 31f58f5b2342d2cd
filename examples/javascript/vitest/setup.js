// Before all test files: one mock. After them: its end.
import { startMock } from '../mock/start.js'

export default async function setup(project) {
  const { origin, stop } = await startMock()
  project.provide('mock', origin)
  return stop
}
