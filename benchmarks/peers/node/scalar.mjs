// Scalar's mock server as its documentation sets it up: argument 1 is the document, argument 2 the port.
import { readFile } from 'node:fs/promises'
import { serve } from '@hono/node-server'
import { createMockServer } from '@scalar/mock-server'

const [, , file, port] = process.argv
const app = await createMockServer({ document: JSON.parse(await readFile(file, 'utf8')) })
serve({ fetch: app.fetch, hostname: '127.0.0.1', port: Number(port) })
