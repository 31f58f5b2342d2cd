import { type EvershellClient, type EvershellOptions } from '../client.js';
import type { Entry, Expectation, NewFault, NewToken, operations, Persona } from '../generated/control.js';
import { type ControlClient } from './control.js';
export type JournalQuery = NonNullable<operations['journal.list']['parameters']['query']>;
export type Posture = 'active' | 'trial' | 'trial_expired' | 'past_due' | 'decommissioning';
/** Whether the world of a test that failed stays, as long as the mock runs. */
export type KeepWorld = 'never' | 'on-failure';
type Values = Record<string, unknown>;
export declare class Mock {
    #private;
    readonly origin: string;
    readonly control: ControlClient;
    /** `url` is where it listens, such as `http://127.0.0.1:4010`; beyond this machine it asks for its control token. */
    constructor(url: string, { controlToken }?: {
        controlToken?: string | undefined;
    });
    /** The personas by name, with their constant tokens. */
    personas(): Promise<Map<string, Persona>>;
    /** The token of a persona, such as `acme-owner`; MockError, with a near name, where there is no such persona. */
    token(persona: string): Promise<string>;
    /** The names of the nodes behind this origin; none where it is one mock. */
    nodes(): Promise<readonly string[]>;
    /** The worlds that exist, of all nodes; each node has a `default`, and the one that is asked counts. */
    worlds(): Promise<{
        name: import("../generated/control.js").components["schemas"]["WorldName"];
        requests: number;
        snapshots: number;
        clock: {
            mode: "real" | "frozen";
            now: string;
            offset_seconds?: number;
            next?: {
                at: string;
                object: string;
                from?: string;
                to?: string;
            };
            due?: {
                at: string;
                object: string;
                from?: string;
                to?: string;
            }[];
        };
        began: string;
        resumed?: {
            at: string;
            since: string;
            changes_lost?: string;
            journal_lost?: string;
        };
        node?: string;
        served_since?: string;
    }[]>;
    /** The world of this name, which is made at its first use. */
    world(name?: string): World;
    /** A new world whose name begins with `about`, such as the name of a test. */
    freshWorld(about?: string): Promise<World>;
}
/** One world of a mock: it begins with the same data as every other, and nobody else sees what happens in it. */
export declare class World {
    #private;
    readonly mock: Mock;
    readonly name: string;
    constructor(mock: Mock, name: string);
    /** The base URL of the API in this world: what the code under test is given. */
    get url(): string;
    /** The console's view of the requests in this world. */
    get console(): string;
    /** The token of a persona: `acme-owner`, `globex-read-only`. `evershell-mock personas` lists them. */
    token(persona: string): Promise<string>;
    /** A client of the API in this world, as a persona or without a credential. */
    client(persona?: string, options?: Omit<EvershellOptions, 'baseUrl' | 'token'>): Promise<EvershellClient>;
    /** Where a browser signs in as a persona, and goes then. */
    signInUrl(persona: string, returnTo: string): string;
    /** Back to the seed data, without faults; snapshots, coverage and the journal stay. */
    reset(): Promise<void>;
    /** Look at the world, so that `lost` can tell what became of it since. A fresh world on several nodes is looked at. */
    look(): Promise<void>;
    /** What was lost of the world since it was looked at, because its node was, as a sentence; undefined: nothing. */
    lost(): Promise<string | undefined>;
    /** Delete the world at the end of a test; an Error says what was lost of it meanwhile. */
    end(): Promise<void>;
    /** Delete the world, if it was used. */
    delete(): Promise<void>;
    billing(orgId: string, posture: Posture): Promise<void>;
    /** The key and the record of one object: `readObject('roles', 'role_01HZ')`; parts of a key are joined by slashes. */
    readObject(collection: string, key: string): Promise<{
        key: string[];
        record: {
            [x: string]: unknown;
        };
    }>;
    /** Change fields of one object from outside; null takes one away. MockError names each field that is wrong then. */
    edit(collection: string, key: string, fields: Values): Promise<{
        key: string[];
        record: {
            [x: string]: unknown;
        };
    }>;
    /** Bring the world into a state that no call brings about; the answer has what was made. The console lists them. */
    provide(state: string, params?: Values): Promise<Values>;
    /** Take a state back: with the parameters that brought it about, and with what they made. */
    takeBack(state: string, params?: Values, values?: Values): Promise<void>;
    /** Stop the clock of the world, at a time such as `2026-07-01T09:00:00Z`. */
    freeze(now: string): Promise<{
        mode: "real" | "frozen";
        now: string;
        offset_seconds?: number;
        next?: {
            at: string;
            object: string;
            from?: string;
            to?: string;
        };
        due?: {
            at: string;
            object: string;
            from?: string;
            to?: string;
        }[];
    }>;
    /** Move the clock, and let happen what is due by then. */
    advance(seconds: number): Promise<{
        mode: "real" | "frozen";
        now: string;
        offset_seconds?: number;
        next?: {
            at: string;
            object: string;
            from?: string;
            to?: string;
        };
        due?: {
            at: string;
            object: string;
            from?: string;
            to?: string;
        }[];
    }>;
    /** Move the clock to when a workspace or a task takes its next step; `next` of the answer is the one after it. */
    step(count?: number): Promise<{
        mode: "real" | "frozen";
        now: string;
        offset_seconds?: number;
        next?: {
            at: string;
            object: string;
            from?: string;
            to?: string;
        };
        due?: {
            at: string;
            object: string;
            from?: string;
            to?: string;
        }[];
    }>;
    /** Set the clock to the real time again. */
    runClock(): Promise<{
        mode: "real" | "frozen";
        now: string;
        offset_seconds?: number;
        next?: {
            at: string;
            object: string;
            from?: string;
            to?: string;
        };
        due?: {
            at: string;
            object: string;
            from?: string;
            to?: string;
        }[];
    }>;
    clock(): Promise<{
        mode: "real" | "frozen";
        now: string;
        offset_seconds?: number;
        next?: {
            at: string;
            object: string;
            from?: string;
            to?: string;
        };
        due?: {
            at: string;
            object: string;
            from?: string;
            to?: string;
        }[];
    }>;
    /**
     * What is to happen to the next calls of an operation, once or as often as `times` says: `status` and `code`,
     * `delay_ms`, `drop`, `truncate`; `undeclared: true` for a status that the contract does not declare, `html: true` for
     * the page of a gateway.
     */
    fault(operationId: string, what: Omit<NewFault, 'operation_id'>): Promise<{
        id: number;
        operation_id: string;
        status?: number;
        code?: string;
        undeclared?: boolean;
        html?: boolean;
        delay_ms?: number;
        jitter_ms?: number;
        drop?: boolean;
        truncate?: number;
        times: number | "always";
        left: number | "always";
    }>;
    /** The armed faults, oldest first. */
    faults(): Promise<{
        id: number;
        operation_id: string;
        status?: number;
        code?: string;
        undeclared?: boolean;
        html?: boolean;
        delay_ms?: number;
        jitter_ms?: number;
        drop?: boolean;
        truncate?: number;
        times: number | "always";
        left: number | "always";
    }[]>;
    removeFault(faultId: number): Promise<void>;
    clearFaults(): Promise<void>;
    /** Save the present state under a name. */
    snapshot(name: string): Promise<void>;
    snapshots(): Promise<{
        name: import("../generated/control.js").components["schemas"]["WorldName"];
        taken_at: string;
    }[]>;
    /** Back to the state of a snapshot. */
    restore(name: string): Promise<void>;
    /** The changes since a snapshot: object, field, before and after of each. */
    diff(name: string): Promise<{
        object: string;
        field: string | null;
        before: unknown;
        after: unknown;
    }[]>;
    dropSnapshot(name: string): Promise<void>;
    /** Back to the state right after an entry of the journal. */
    rewind(to: number): Promise<void>;
    /** The whole state as a document, which `load` takes. */
    state(): Promise<Values>;
    /** Replace the state by a document; MockError names each wrong place in it. */
    load(state: Values): Promise<void>;
    /** A new world with the state of this one. */
    fork(name: string): Promise<World>;
    /** End every open stream of the world, and whatever waits in it; its state stays as it is. */
    cut(): Promise<void>;
    /** A new credential, with its `token`: for a `persona`, or for `scopes` in an org; `state` says what is wrong with it. */
    issue(wanted: NewToken): Promise<{
        token: string;
        state: "valid" | "expired" | "revoked";
        kind: "session" | "api_key";
        org_id: string;
        role: string | null;
        permission_set: string | null;
        permissions: string[];
        expires_at: string | null;
    }>;
    /** Revoke a token in this world. */
    revoke(token: string): Promise<void>;
    /** The requests that came, oldest first; `{ operation_id, status, code, caller, since, last }` choose. */
    journal(wanted?: JournalQuery): Promise<Entry[]>;
    /** The same as an HTTP archive (HAR 1.2), which `evershell-conformance traffic` judges. */
    har(wanted?: JournalQuery): Promise<{
        log: {
            version: "1.2";
            creator: {
                name: string;
                version: string;
            };
            pages: {
                [x: string]: unknown;
            }[];
            entries: {
                [x: string]: unknown;
            }[];
        };
    }>;
    /** The latest requests as text, a line each. */
    story(last?: number): Promise<string>;
    /** The requests that match, at least one or `times`; else MockError tells the nearest misses. */
    verify(expected: Expectation): Promise<Entry[]>;
    /** Each request when it has been answered; first those that came after the entry `after`, 0 for all. */
    follow(after?: number): AsyncGenerator<Entry, void>;
    clearJournal(): Promise<void>;
    /** Each declared answer of the contract (operation, status, code), with how often it was met here. */
    coverage(): Promise<{
        operation_id: string;
        status: number;
        code: string | null;
        count: number;
        console_count: number;
    }[]>;
    clearCoverage(): Promise<void>;
}
export {};
