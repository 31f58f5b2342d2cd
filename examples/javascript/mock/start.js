// One mock for everybody who tests here: the one that runs already, or one that is started and stopped.
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

/** Where the mock listens, and what ends it. EVERSHELL_MOCK_URL names one that runs already. */
export async function startMock() {
  if (process.env.EVERSHELL_MOCK_URL) {
    return { origin: process.env.EVERSHELL_MOCK_URL, stop: async () => {} }
  }
  const mock = spawn('evershell-mock', ['serve', '--port', '0', '--quiet', '--log-level', 'warning'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise((resolve) => mock.once('close', resolve))
  const failed = new Promise((_, reject) => {
    mock.once('error', (error) => reject(new Error(`evershell-mock cannot be started: ${error.message}`)))
    mock.once('close', (code) => reject(new Error(`evershell-mock ended with exit code ${code} before it served`)))
  })
  failed.catch(() => {})
  const origin = await Promise.race([firstUrl(mock.stdout), failed])
  const stop = async () => {
    mock.kill()
    await ended
  }
  return { origin, stop }
}

/** The first URL that it prints; what comes after it is read, so that it never waits for a reader. */
function firstUrl(stdout) {
  return new Promise((resolve) => {
    createInterface({ input: stdout }).on('line', (line) => {
      const found = line.match(/http:\/\/[^/\s]+/)
      if (found) resolve(found[0])
    })
  })
}
