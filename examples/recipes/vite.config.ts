import { evershellMock } from '@evershell/client/vite'
import { defineConfig } from 'vite'

export default defineConfig({
  root: 'page',
  plugins: [evershellMock()],
  build: { rollupOptions: { input: ['page/index.html', 'page/tasks.html'] } },
})
