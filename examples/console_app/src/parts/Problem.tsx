import { told } from '../errors.ts'

/** What went wrong, if anything did. */
export function Problem({ error }: { error: unknown }) {
  if (!error) return null
  const { text, fields, requestId } = told(error)
  return (
    <div className="problem" role="alert">
      <p>{text}</p>
      {fields.length > 0 && (
        <ul>
          {fields.map(([name, what]) => (
            <li key={name}>
              {name}: {what}
            </li>
          ))}
        </ul>
      )}
      {requestId && <small>Request {requestId}</small>}
    </div>
  )
}
