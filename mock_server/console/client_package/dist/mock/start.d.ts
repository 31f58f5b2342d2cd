import { Mock } from './mock.js';
export * from './index.js';
export interface StartOptions {
    /** The command, where it is not on the PATH. */
    command?: string;
    /** Options of `evershell-mock serve`, such as `['--fixtures', 'DIR']`. */
    options?: readonly string[];
}
/** A mock, and what ends it if it was started here. */
export interface StartedMock extends Mock {
    isOwn: boolean;
    stop(): Promise<void>;
}
/** The mock at EVERSHELL_MOCK_URL, or a new one on a free port. */
export declare function startMock({ command, options }?: StartOptions): Promise<StartedMock>;
/** Stop a mock at the end of a run of tests, and say which worlds were to stay and end with it. */
export declare function stopAfterTests(mock: StartedMock): Promise<void>;
/** The mock that listens there, with the control token of the environment's EVERSHELL_MOCK_CONTROL_TOKEN. */
export declare function mockAt(origin: string): Mock;
