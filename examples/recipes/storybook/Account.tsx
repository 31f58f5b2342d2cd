// A component that asks by the client of its app.
import { unwrap } from '@evershell/client'
import { useEffect, useState } from 'react'

import { api } from './api.ts'

export function Account() {
  const [text, setText] = useState('Loading…')

  useEffect(() => {
    unwrap(api.GET('/me/session')).then(
      ({ email, org_id }) => setText(`${email} of ${org_id}`),
      (error: Error) => setText(error.message),
    )
  }, [])

  return <p>{text}</p>
}
