// The page on a port of its own, as a development server has it.
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'

const FILES = {
  '/': ['page/index.html', 'text/html'],
  '/tasks.html': ['page/tasks.html', 'text/html'],
  '/sdk/packs.js': ['sdk/packs.js', 'text/javascript'],
  '/sdk/work.js': ['sdk/work.js', 'text/javascript'],
}

/** Where the page is, and what ends it; `api` is the base URL that it asks. */
export async function servePage(api) {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost')
    if (pathname === '/config.json') {
      response.setHeader('Content-Type', 'application/json').end(JSON.stringify({ api }))
    } else if (FILES[pathname]) {
      const [file, type] = FILES[pathname]
      response.setHeader('Content-Type', type).end(await readFile(new URL(`../${file}`, import.meta.url)))
    } else {
      response.writeHead(404).end()
    }
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const stop = () => new Promise((resolve) => (server.close(resolve), server.closeAllConnections()))
  return { url: `http://127.0.0.1:${server.address().port}/`, stop }
}
