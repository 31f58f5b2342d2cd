/** A status as a word with a colour; the word alone says it, too. */
export function Status({ of }: { of: string }) {
  return <span className={`status ${of}`}>{of.replaceAll('_', ' ')}</span>
}
