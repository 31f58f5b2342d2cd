/** Whether a front has waited for a node that was away for longer is not certain. */
const AWAY_MS = 8000;
/** What was lost of a world since it was looked at, as a sentence; undefined: nothing. */
export function loss(before, now) {
    const { name, node } = before;
    const why = `node ${node} was lost`;
    if (now.began !== before.began) {
        const lost = now.node !== node || time(now.served_since) > time(before.began);
        return `the world ${name} began anew while the test ran: ${lost ? why : 'it was deleted, moved, or dropped for another one'}`;
    }
    const { resumed } = now;
    if (!resumed || resumed.at === before.resumed?.at)
        return undefined;
    if (resumed.changes_lost !== before.resumed?.changes_lost)
        return `the world ${name} went on from how it was at ${resumed.since}, and later changes are lost: ${why} while the test ran`;
    if (resumed.journal_lost !== before.resumed?.journal_lost)
        return `the journal of the world ${name} of before ${resumed.at} is lost: ${why} while the test ran`;
    const away = time(resumed.at) - time(resumed.since);
    if (away <= AWAY_MS)
        return undefined;
    return `node ${node} was away for ${Math.round(away / 1000)} s while the test ran: another node may have answered requests of the world ${name}`;
}
function time(text) {
    return Date.parse(text ?? '');
}
