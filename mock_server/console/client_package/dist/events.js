// Server-sent events, read with fetch: a session goes in a header or a cookie, which EventSource cannot always send.
/** The events of a stream, one after the other; comments are none. */
export async function* serverSentEvents(body) {
    const reader = body.getReader();
    const decoder = new TextDecoder();
    try {
        let text = '';
        for (let part = await reader.read(); !part.done; part = await reader.read()) {
            const blocks = (text + decoder.decode(part.value, { stream: true })).split('\n\n');
            text = blocks.pop() ?? ''; // not whole yet
            for (const block of blocks) {
                const fields = new Map(block.split('\n').map((line) => line.split(/: (.*)/, 2)));
                const data = fields.get('data');
                if (data !== undefined)
                    yield { id: fields.get('id'), event: fields.get('event') ?? 'message', data };
            }
        }
    }
    finally {
        await reader.cancel().catch(() => { }); // the connection may be lost already
    }
}
