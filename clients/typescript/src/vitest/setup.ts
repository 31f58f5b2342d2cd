// Vitest's `globalSetup`: before all test files one mock, after them its end.
import type { TestProject } from 'vitest/node'

import { startMock, stopAfterTests } from '../mock/start.js'

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const mock = await startMock()
  project.provide('evershellMock', mock.origin)
  return () => stopAfterTests(mock)
}
