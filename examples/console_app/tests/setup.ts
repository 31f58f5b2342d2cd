// Before all workers: one mock, and the app, built. After them: their end.
import { setUp } from '@evershell/client/playwright/setup'
import { builtPage } from '@evershell/client/vite'

export default () => setUp(() => builtPage('vite.config.ts'))
