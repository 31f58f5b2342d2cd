import type { Mock, World } from '../mock/index.js';
declare module 'vitest' {
    interface ProvidedContext {
        /** Where the mock listens. */
        evershellMock: string;
    }
}
export interface MockFixtures {
    mock: Mock;
    world: World;
}
export declare const test: import("vitest").TestAPI<{
    world: World;
    mock: Mock;
}>;
