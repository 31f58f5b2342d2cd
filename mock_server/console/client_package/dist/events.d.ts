export interface ServerSentEvent {
    id: string | undefined;
    event: string;
    data: string;
}
/** The events of a stream, one after the other; comments are none. */
export declare function serverSentEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerSentEvent, void>;
