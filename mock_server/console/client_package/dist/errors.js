class Refusal extends Error {
    status;
    name = 'ApiError';
    code;
    details;
    requestId;
    constructor(status, content) {
        const error = content?.error;
        super(error?.message ?? `The answer is a ${status}.`);
        this.status = status;
        this.code = error?.code;
        this.requestId = error?.request_id;
        this.details = error?.details;
    }
}
export const ApiError = Refusal;
/** What a call of the client was answered; ApiError where it was refused. */
export async function unwrap(call) {
    const { data, error, response } = await call;
    if (!response.ok)
        throw new ApiError(response.status, error);
    return data;
}
