// Where the API is, and whose it is; the mock answers with a module of its own in the place of this one.

export const API = '/v1';
export const IS_OURS = true;
