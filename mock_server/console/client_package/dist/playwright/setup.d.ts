/** The variables of the environment in which workers, and what serves the page, read what was started. */
export declare const MOCK_URL = "EVERSHELL_MOCK_URL";
export declare const PAGE_URL = "EVERSHELL_PAGE_URL";
export interface ServedPage {
    url: string;
    stop(): Promise<unknown>;
}
/** Start a mock, and let `serve` start the page that is tested; the answer ends both. */
export declare function setUp(serve?: () => Promise<ServedPage>): Promise<() => Promise<void>>;
/** For a page that Playwright's `webServer` serves, or that runs already. */
declare const _default: () => Promise<() => Promise<void>>;
export default _default;
