/** The entry on one line: caller, request, answer, and why it was refused. */
export function line({ id, caller, method, path, status, code, gate, reason, faults }) {
    const answer = status === 0 ? 'no answer' : [status, code].filter(Boolean).join(' ');
    const why = [faults.length && `fault ${faults.join(' and ')}`, gate, reason].filter(Boolean).join(': ');
    return `${id}  ${caller ?? 'nobody'}  ${method} ${path} → ${answer}${why && ` (${why})`}`;
}
