// A development server that hands the API on to the mock: page and API have one origin, so there is no CORS.
import { defineConfig } from 'vite'

const target = process.env.EVERSHELL_MOCK_URL ?? 'http://127.0.0.1:4010'
const headers = { 'X-Mock-World': process.env.EVERSHELL_MOCK_WORLD ?? 'default' }

export default defineConfig({
  server: {
    proxy: {
      // As objects: with a bare string Vite changes the Host, and the mock then takes the page for another site.
      '/v1': { target, headers },
      '/_mock': { target },
    },
  },
})
