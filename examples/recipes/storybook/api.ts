// The client of an app that makes it once, when it is loaded.
import { createEvershellClient } from '@evershell/client'

const mock = import.meta.env.STORYBOOK_MOCK ?? 'http://127.0.0.1:4010'

export const api = createEvershellClient({ baseUrl: `${mock}/v1` })
