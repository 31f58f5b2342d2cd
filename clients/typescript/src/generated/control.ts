// Made from the contract by `npm run generate`; a change of it is made there.
export interface paths {
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Check that the server is up */
        get: operations["health.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/personas": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the personas, with their constant tokens */
        get: operations["personas.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Sign a browser in as a person
         * @description Sets the cookie `wos_session`, as the console's own sign-in does. A request of the API that has it and
         *     no `Authorization` is one of that session; a method that changes something then needs an `Origin` that is
         *     the mock's own or one that is let in. Browsers send the cookie from pages of the same host name only, on
         *     whatever port. A browser that is to return to a page of another name of this machine, such as from
         *     `127.0.0.1` to `localhost`, is therefore signed in at the mock by both names, so that the page may use
         *     either. A page may ask by itself too, with credentials included: then its own site alone sends the cookie.
         */
        get: operations["login.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign a browser out
         * @description Ask as the page that signed in, with credentials included.
         */
        post: operations["logout.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jwks.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get the key set by which sessions are verified */
        get: operations["keys.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/contract": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get the contract that is served */
        get: operations["contract.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/control.yaml": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the contract of the control API
         * @description For editors, generators and API browsers. Its server is relative, so that it holds where it was read.
         */
        get: operations["control_contract.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/state.schema.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the JSON Schema of a state
         * @description The schema `State`, by which imports are checked, as a document of its own in draft 7. An editor that is
         *     given it completes and checks a state: as `"$schema"` in the file, which an import allows, or in its settings.
         */
        get: operations["state_schema.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/worlds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the worlds that were used */
        get: operations["worlds.list"];
        put?: never;
        /** Make a world from the seed data */
        post: operations["worlds.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/worlds/{world}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                world: components["parameters"]["World"];
            };
            cookie?: never;
        };
        /** Get a world, and since when it is what it is */
        get: operations["worlds.get"];
        put?: never;
        post?: never;
        /** Delete a world, with its journal and its snapshots */
        delete: operations["worlds.delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/worlds/{world}/reset": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                world: components["parameters"]["World"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take a world back to the seed data
         * @description Data, billing, images, credentials, clock, counters and request ids are as in the beginning, and no fault is
         *     left. Snapshots, coverage and the journal stay, so that a rewind undoes a reset.
         */
        post: operations["worlds.reset"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/worlds/{world}/fork": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                world: components["parameters"]["World"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make a world with the state of this one
         * @description Data, billing, images, clock and counters are as in this one; faults and the journal are not taken over.
         *     A world that was not used before is a 404, and is not made.
         */
        post: operations["worlds.fork"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/worlds/{world}/state": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                world: components["parameters"]["World"];
            };
            cookie?: never;
        };
        /** Export the state of a world */
        get: operations["state.get"];
        /**
         * Replace the state of a world
         * @description The body is a `State`. One that is not valid is refused with the JSON pointer of each problem among
         *     `details.fields`, and changes nothing. Faults and the journal stay as they are.
         */
        put: operations["state.replace"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/worlds/{world}/snapshots": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                world: components["parameters"]["World"];
            };
            cookie?: never;
        };
        /** List the snapshots of a world */
        get: operations["world_snapshots.list"];
        put?: never;
        /** Save the present state of a world under a name */
        post: operations["world_snapshots.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/worlds/{world}/snapshots/{snapshot}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                world: components["parameters"]["World"];
                snapshot: components["parameters"]["Snapshot"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Delete a snapshot */
        delete: operations["world_snapshots.delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/worlds/{world}/snapshots/{snapshot}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                world: components["parameters"]["World"];
                snapshot: components["parameters"]["Snapshot"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take a world back to a snapshot
         * @description Faults and the journal stay as they are, and no id is given out twice.
         */
        post: operations["world_snapshots.restore"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/worlds/{world}/snapshots/{snapshot}/diff": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                world: components["parameters"]["World"];
                snapshot: components["parameters"]["Snapshot"];
            };
            cookie?: never;
        };
        /** List the changes since a snapshot */
        get: operations["world_snapshots.diff"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/worlds/{world}/rewind": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                world: components["parameters"]["World"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take a world back to right after a request, or to right before it
         * @description What came after it is gone from the state, and marked as undone in the journal. Faults stay as they
         *     are, and no id is given out twice. There is a way back as far as the journal has entries: it is empty
         *     where a process went on with the world of a former one.
         */
        post: operations["worlds.rewind"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/worlds/{world}/clock": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                world: components["parameters"]["World"];
            };
            cookie?: never;
        };
        /** Get the clock of a world */
        get: operations["clock.get"];
        /**
         * Set the clock of a world
         * @description `{"mode": "real"}` follows the real time, `{"mode": "frozen", "now": ...}` stands still (at the present
         *     moment where `now` is absent), `{"advance_seconds": N}` moves either; a real clock keeps the offset.
         *     `{"advance_to": ...}` moves either to a time, such as that of something in `due`.
         *     `{"advance_steps": N}` moves either to the time at which something is due next, N times, or until nothing
         *     is: with 1 to the next step of a workspace or a task. Where nothing is due at all it is a 409 `nothing_due`.
         */
        put: operations["clock.replace"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/worlds/{world}/journal": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                world: components["parameters"]["World"];
            };
            cookie?: never;
        };
        /**
         * List the entries of the journal
         * @description Requests of the API, and edits of objects (`world_objects.update`), which are changes from outside.
         */
        get: operations["journal.list"];
        put?: never;
        post?: never;
        /** Delete the entries of the journal; ids go on */
        delete: operations["journal.clear"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/worlds/{world}/journal/count": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                world: components["parameters"]["World"];
            };
            cookie?: never;
        };
        /** Count the entries of the journal */
        get: operations["journal.count"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/worlds/{world}/journal/har": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                world: components["parameters"]["World"];
            };
            cookie?: never;
        };
        /**
         * Save entries of the journal as an HTTP archive
         * @description HAR 1.2, without credentials: `Bearer` and the name of the caller stand in their place. Of a body that was
         *     cut, or that the journal no longer has, there is no text.
         */
        get: operations["journal.har"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/worlds/{world}/journal/verify": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                world: components["parameters"]["World"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Verify how often requests came to a world
         * @description Once at least, where `times` is absent. Otherwise a 409, whose details hold the count and the nearest
         *     misses, each with what is different about it. A world that was not used before is a 404, and is not made.
         */
        post: operations["journal.verify"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/worlds/{world}/journal/stream": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                world: components["parameters"]["World"];
            };
            cookie?: never;
        };
        /** Follow the journal as entries come */
        get: operations["journal.stream"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/worlds/{world}/coverage": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                world: components["parameters"]["World"];
            };
            cookie?: never;
        };
        /** List the answers of the contract, with how often a world has given each */
        get: operations["coverage.get"];
        put?: never;
        post?: never;
        /** Set the coverage to zero */
        delete: operations["coverage.clear"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/worlds/{world}/orgs": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                world: components["parameters"]["World"];
            };
            cookie?: never;
        };
        /** List the orgs of a world, with their billing postures */
        get: operations["orgs.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/worlds/{world}/packs": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                world: components["parameters"]["World"];
            };
            cookie?: never;
        };
        /** List every pack of a world, with what an org sees of it */
        get: operations["world_packs.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/worlds/{world}/collections": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                world: components["parameters"]["World"];
            };
            cookie?: never;
        };
        /** List the collections of a world, and the objects of one of them */
        get: operations["world_collections.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/worlds/{world}/collections/{collection}/{key}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                world: components["parameters"]["World"];
                /** @example roles */
                collection: string;
                /**
                 * @description The key of an object; the parts of one that has several are joined by slashes.
                 * @example role_acme_oncall
                 */
                key: string;
            };
            cookie?: never;
        };
        /** Get one object of a world */
        get: operations["world_objects.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Edit one object of a world
         * @description The body is a merge patch (RFC 7396) of the record: what it names is replaced, null takes a field away, all
         *     others stay. What comes of it is checked as the seed data are: by the collection's schema
         *     (`GET /_mock/state.schema.json` has it), what it refers to, what is unique, and the contract's schema of the
         *     resource;
         *     `details.fields` says what is wrong with each field, and then nothing has changed. Who may do it is nobody's
         *     question: it is a change from outside. It is an entry of the journal, and where an operation of the API
         *     changes the same fields its event is written, by the user `system`. An object's `updated_at` follows. A
         *     workspace or a task is brought to a status by a provider state, and a log is not edited: a 409
         *     `edit_impossible`.
         */
        patch: operations["world_objects.update"];
        trace?: never;
    };
    "/worlds/{world}/orgs/{org_id}/billing": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                world: components["parameters"]["World"];
                org_id: string;
            };
            cookie?: never;
        };
        get?: never;
        /** Give an org a billing posture */
        put: operations["billing.replace"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/worlds/{world}/images/{image_ref}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                world: components["parameters"]["World"];
                /** @description An OCI reference. */
                image_ref: string;
            };
            cookie?: never;
        };
        get?: never;
        /**
         * Put an image into the registry
         * @description The image is a pack's .tar.gz, with its pack.yaml.
         */
        put: operations["images.replace"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/worlds/{world}/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                world: components["parameters"]["World"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Issue a credential
         * @description To a persona, or to a new person of an org who has these scopes and no others; each is one that an operation
         *     asks for or a role or a permission set holds. An expired one has expired this second, by the world's clock,
         *     after `expires_in` seconds.
         */
        post: operations["tokens.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/worlds/{world}/tokens/revoke": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                world: components["parameters"]["World"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Revoke a token
         * @description It is revoked in this world alone, until the world is reset. A persona's own token can be revoked too.
         */
        post: operations["tokens.revoke"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/worlds/{world}/faults": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                world: components["parameters"]["World"];
            };
            cookie?: never;
        };
        /** List the armed faults */
        get: operations["faults.list"];
        put?: never;
        /**
         * Arm a fault for the next calls of an operation
         * @description `status` and `code`, or one of them, answer with an error that the operation declares; `delay_ms` makes
         *     it late, `jitter_ms` by up to so much more; `drop` ends the connection without an answer, `truncate` after so
         *     many bytes of the body. Delays add up, and of the rest the oldest fault counts. A declared 502 is an answer
         *     of the upstream: it comes last, where the operation needs the upstream at all.
         *
         *     With `undeclared` the operation need not declare the status, such as a 500, 503 or 429, and `code` is free. The
         *     answer is marked by the header `X-Mock-Undeclared`; with `html` it is the page of a gateway. It comes before
         *     anything else is looked at, and no coverage counts it.
         */
        post: operations["faults.create"];
        /** Remove every fault */
        delete: operations["faults.clear"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/worlds/{world}/faults/{fault_id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                world: components["parameters"]["World"];
                fault_id: number;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Remove a fault */
        delete: operations["faults.delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/worlds/{world}/states": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                world: components["parameters"]["World"];
            };
            cookie?: never;
        };
        /** List the provider states, with their parameters */
        get: operations["states.list"];
        put?: never;
        /** Bring a world into a named state, or out of it again */
        post: operations["states.change"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        WorldName: string;
        World: {
            name: components["schemas"]["WorldName"];
        };
        WorldInList: {
            name: components["schemas"]["WorldName"];
            /** @description How many it has had since it was last reset, but for what the console read. */
            requests: number;
            snapshots: number;
            clock: components["schemas"]["Clock"];
            /**
             * Format: date-time
             * @description When it was made, by the real time.
             */
            began: string;
            resumed?: components["schemas"]["Resumed"];
            /** @description The node that serves it, where that has a name (`--node`). */
            node?: string;
            /**
             * Format: date-time
             * @description Since when this node, as a process, serves.
             */
            served_since?: string;
        };
        /**
         * @description How a process went on with what a former one had left of the world (`--keep-worlds`, `--reload`,
         *     `--reload-on-signal`), by the real time. Its journal began empty then; ids of entries go on.
         */
        Resumed: {
            /**
             * Format: date-time
             * @description When it went on with it.
             */
            at: string;
            /**
             * Format: date-time
             * @description When the former process had written down what the world was.
             */
            since: string;
            /**
             * Format: date-time
             * @description When a process last had to go on without changes that a killed one had made.
             */
            changes_lost?: string;
            /**
             * Format: date-time
             * @description When a process last had to go on after a killed one, whose journal nobody could follow to its end.
             */
            journal_lost?: string;
        };
        Health: {
            /** @enum {string} */
            status: "ok";
            /** @description The operations of the contract for which the mock has no function; absent where it has all. */
            stateless?: {
                operation_id: string;
                method: string;
                path: string;
                /** @description That of the example with which it answers; 501 where it has none that fits its schema. */
                status: number;
                /** @description With a 501, why there is no example. */
                problem?: string;
            }[];
            /**
             * @description The latest change of files that could not be served, so that what was served before still is; absent where
             *     everything is served as it is on disk.
             */
            refused?: {
                /** Format: date-time */
                at: string;
                /**
                 * @description What changed.
                 * @example openapi.yaml changed
                 */
                change: string;
                /** @description What is wrong with it. */
                problem: string;
            };
            /** @description The name that `--node` gave the server; the members below come with it. */
            node?: string;
            /**
             * Format: date-time
             * @description Since when the process serves.
             */
            started?: string;
            /** @description Of the seed of ids, the contract and the seed data, which all nodes behind one front must have in common. */
            digest?: string;
        };
        Deleted: {
            /** @enum {string} */
            status: "deleted";
        };
        SnapshotName: {
            name: components["schemas"]["WorldName"];
        };
        Snapshot: {
            name: components["schemas"]["WorldName"];
            /**
             * Format: date-time
             * @description By the world's clock.
             */
            taken_at: string;
        };
        /** @description An object that is new or gone is one change, of no field. */
        Change: {
            /** @example packs/pack_01HZ */
            object: string;
            /** @example visibility */
            field: string | null;
            before: unknown;
            after: unknown;
        };
        Rewind: {
            /** @description The id of an entry of the journal. */
            to?: number;
            /** @description The same; it is undone too. */
            before?: number;
        };
        Clock: {
            /** @enum {string} */
            mode: "real" | "frozen";
            /** Format: date-time */
            now: string;
            /** @description Of a real clock; how far it is ahead of the real time. */
            offset_seconds?: number;
            /** @description What is due next by this clock; absent where nothing is. */
            next?: components["schemas"]["Due"];
            /** @description What is due by this clock, the next first, as far as it was asked for. */
            due?: components["schemas"]["Due"][];
        };
        Due: {
            /** Format: date-time */
            at: string;
            /**
             * @description Its collection and key, as in the journal.
             * @example tasks/task_01HZ
             */
            object: string;
            /** @description The status that it has. */
            from?: string;
            /** @description The status that it comes to, where it is a step. */
            to?: string;
        };
        ClockChange: {
            /** @enum {string} */
            mode: "real";
        } | {
            /** @enum {string} */
            mode: "frozen";
            /**
             * Format: date-time
             * @description The present moment where it is absent.
             */
            now?: string;
        } | {
            advance_seconds: number;
        } | {
            /** Format: date-time */
            advance_to: string;
        } | {
            advance_steps: number;
        };
        /** @description Null where it was dropped to stay within --max-memory. Credentials and cookies are not in it. */
        Message: {
            /** @description Of a request. */
            query?: string;
            headers: {
                [key: string]: string;
            };
            body: string;
            /** @enum {string} */
            encoding: "utf-8" | "base64";
            /** @description Of the whole body. */
            bytes: number;
            /** @description Whether only the beginning of the body was kept. */
            cut: boolean;
        } | null;
        Entry: {
            id: number;
            /** Format: date-time */
            time: string;
            /** @description Null where no operation was reached. */
            operation_id: string | null;
            method: string;
            path: string;
            /**
             * @description Whose credential it was, let in or not: a persona, or of another caller ORG:USER or ORG:LABEL. Null where
             *     there was none, or it is nobody's.
             */
            caller: string | null;
            /** @description The `X-Request-Id` of the answer; null where an earlier version of the mock kept the entry. */
            request_id: string | null;
            /**
             * @description Whether the console read it to show a view, as the header X-Mock-Console says. Whatever changes something,
             *     and what somebody sends with the console, is a client's request.
             */
            from_console: boolean;
            /**
             * @description The standing of the credential at that time; null where there was none.
             * @enum {string|null}
             */
            credential: "valid" | "expired" | "revoked" | "not_yet_valid" | "unknown" | null;
            /** @description 0 where the connection ended without an answer: by a fault, or because the world was reset or taken to another state. */
            status: number;
            code: string | null;
            /** @description What refused; null where nothing did. */
            gate: string | null;
            /** @description Why it refused. */
            reason: string | null;
            /**
             * @description Whether the answer is an error that the contract does not declare, because a fault or a preference asked
             *     for it, or because the mock has neither a function for the operation nor an example of its success.
             */
            undeclared: boolean;
            /** @description Whether the operation has no function in the mock, which answered with an example if there is one. */
            stateless: boolean;
            /** @description The ids of the faults that it met. */
            faults: number[];
            /** @description The effect of those faults, in the fields by which a fault is armed; null where there were none. */
            fault_effect: {
                /** @description How much later it was answered. */
                delay_ms?: number;
                status?: number;
                code?: string | null;
                /** @description Whether the contract does not declare that error. */
                undeclared?: boolean;
                drop?: boolean;
                /** @description Bytes of the body that were sent. */
                truncate?: number;
            } | null;
            /** @description Where operations are passed on to another server. Absent in a mock that passes none. */
            passage?: {
                /** @description The URL that it was passed on to; null where the mock answered. */
                to: string | null;
                /** @description What the request and the answer have against the contract. */
                broke: string[];
                /** @description Which object one side knows and the other does not; null where no such is seen. */
                differs: string | null;
            };
            duration_ms: number;
            /** @description Of the state, but for the events that changes write. */
            changes: components["schemas"]["Change"][];
            /** @description Whether a rewind took the world back to before it. */
            undone: boolean;
            request: components["schemas"]["Message"];
            response: components["schemas"]["Message"];
        };
        /** @description An HTTP archive, HAR 1.2. */
        Archive: {
            log: {
                /** @enum {string} */
                version: "1.2";
                creator: {
                    name: string;
                    version: string;
                };
                pages: Record<string, unknown>[];
                entries: Record<string, unknown>[];
            };
        };
        Entries: {
            /**
             * Format: date-time
             * @description When the journal began, by the real time: with the world, or empty where a process went on with the world
             *     of a former one.
             */
            began: string;
            entries: components["schemas"]["Entry"][];
        };
        Expectation: {
            operation_id?: string;
            status?: number;
            code?: string;
            caller?: string;
            request_id?: string;
            /** @description Whether what the console read counts, too. */
            with_console?: boolean;
            since?: number | string;
            times?: {
                min?: number;
                max?: number;
            };
        };
        Verified: {
            count: number;
            entries: components["schemas"]["Entry"][];
        };
        Cell: {
            operation_id: string;
            status: number;
            /** @description Null for a success. */
            code: string | null;
            /** @description How often a client met it. */
            count: number;
            /** @description How often the console met it, which is not in `count`. */
            console_count: number;
        };
        /**
         * @description The state of a world. What is absent of an object is null, and a collection that is absent is empty; times
         *     are RFC 3339. Images and contents stand under their digests, so that none is there twice.
         */
        State: {
            /** @description Where an editor finds the JSON Schema of this. An import passes over it, an export has none. */
            $schema?: string;
            /** @enum {string} */
            format: "evershell-mock-state/1";
            clock: {
                /** @enum {string} */
                mode: "real" | "frozen";
                /**
                 * Format: date-time
                 * @description Of a frozen clock.
                 */
                now?: string;
                /** @description Of a real clock. */
                offset_seconds?: number;
            };
            /** @description How many ids of each kind were given out. */
            counters: {
                [key: string]: number;
            };
        } & {
            [key: string]: Record<string, unknown>;
        };
        Persona: {
            name: string;
            /** @enum {string} */
            kind: "session" | "api_key";
            org_id: string;
            /** @description Null for an API key, and for a person with scopes that are no role's. */
            role: string | null;
            /** @description Null for a person. */
            permission_set: string | null;
            permissions: string[];
            token: string;
        };
        Org: {
            id: string;
            name: string;
            /** @enum {string} */
            posture: "active" | "trial" | "trial_expired" | "past_due" | "decommissioning";
            /** Format: date-time */
            trial_ends_at: string | null;
        };
        SeenPack: {
            id: string;
            /** @description Null for a pack of the platform. */
            owner: string | null;
            /** @description Whether the viewer is shown the pack at all. */
            visible: boolean;
            /** @description As its owner sees it. */
            pack: Record<string, unknown>;
            /** @description The fields that are hidden from the viewer. */
            hidden: string[];
            /** @description The roles that reference the pack. */
            roles: {
                id: string;
                org_id: string;
                name: string;
                archived: boolean;
            }[];
            files: {
                path: string;
                bytes: number;
            }[];
        };
        CollectionTable: {
            collections: {
                name: string;
                /** @description The resource of the contract that its objects are, as `x-resource` names it; null for others. */
                resource: string | null;
                count: number;
            }[];
            objects: components["schemas"]["WorldObject"][];
            /** @description How many objects of the named collection the search finds. */
            count?: number;
        };
        WorldObject: {
            /** @description Several parts where an object has no id of its own. */
            key: string[];
            record: Record<string, unknown>;
        };
        Billing: {
            /** @enum {string} */
            posture: "active" | "trial" | "trial_expired" | "past_due" | "decommissioning";
        };
        NewToken: {
            persona: components["schemas"]["PersonaName"];
            expires_in?: components["schemas"]["ExpiresIn"];
            state?: components["schemas"]["TokenState"];
        } | {
            org_id: string;
            scopes: string[];
            expires_in?: components["schemas"]["ExpiresIn"];
            state?: components["schemas"]["TokenState"];
        };
        PersonaName: string;
        /** @description In seconds. */
        ExpiresIn: number;
        /**
         * @description Valid where it is absent.
         * @enum {string}
         */
        TokenState: "valid" | "expired" | "revoked";
        Token: {
            token: string;
            /** @enum {string} */
            state: "valid" | "expired" | "revoked";
            /** @enum {string} */
            kind: "session" | "api_key";
            org_id: string;
            /** @description Null for an API key. */
            role: string | null;
            /** @description Null for a person. */
            permission_set: string | null;
            permissions: string[];
            /** Format: date-time */
            expires_at: string | null;
        };
        RevokedToken: {
            token: string;
        } | {
            persona: components["schemas"]["PersonaName"];
        };
        NewFault: ({
            /** @description An operation of the API, or `*` for all. */
            operation_id: string;
            status?: number;
            code?: string;
            /** @description Whether the error is one that the operation need not declare. */
            undeclared?: boolean;
            /** @description Whether an undeclared error is the HTML page of a gateway. */
            html?: boolean;
            delay_ms?: number;
            /** @description By how much more it is late at most. It is drawn from the seed: the same calls get the same delays. */
            jitter_ms?: number;
            drop?: boolean;
            /** @description Bytes of the body that are sent. */
            truncate?: number;
            /** @description The number of calls that it affects, or `always`; 1 where it is absent. */
            times?: number | "always";
        } & (unknown & unknown & unknown & ({
            code?: unknown;
        } | {
            /** @enum {unknown} */
            undeclared?: false;
        }) & ({
            /** @enum {unknown} */
            undeclared: true;
        } | {
            /** @enum {unknown} */
            html?: false;
        }))) | unknown | unknown | unknown | unknown | unknown | {
            /** @enum {unknown} */
            drop: true;
        };
        Fault: {
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
            /** @description The number of calls that it will still affect, or `always`. */
            left: number | "always";
        };
        ProviderState: {
            state: string;
            /** @description What the setup does. */
            description: string;
            parameters: {
                name: string;
                /** @description Whether it is, whatever else is given. */
                required: boolean;
                /** @description Empty where any value is taken. */
                schema: Record<string, unknown>;
                /** @description The collection whose objects it names by their ids. */
                collection: string | null;
            }[];
        };
        /** @description A step in the life of a workspace or a task, by a call, a provider state or the clock of the world. */
        LifeStep: {
            /** @enum {string} */
            of: "workspace" | "task";
            /** @description The statuses from which it leads; empty where it makes one. */
            from: string[];
            by: string;
            /** @description The status that it leads to; null where the status stays. */
            to: string | null;
            /** @description By the clock of the world. */
            after_seconds: number;
            /** @description What has to hold beside the status. */
            when: string;
            reason: string | null;
            /** @description Whether it takes a snapshot. */
            snapshot: boolean;
            /** @description The type of the event that it writes. */
            event: string | null;
        };
        StateChange: {
            /** @enum {string} */
            action: "setup" | "teardown";
            state: string;
            params?: Record<string, unknown> | null;
            values?: Record<string, unknown> | null;
        };
        Error: {
            error: {
                code: string;
                message: string;
                request_id: string;
                details?: Record<string, unknown>;
            };
        };
    };
    responses: {
        /** @description The request is not valid. */
        Invalid: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description The control token is missing or another. */
        Unauthenticated: {
            headers: {
                "WWW-Authenticate": string;
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description The origin of the page, or of `return_to`, is not allowed. */
        NotLetIn: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description There is no such world, snapshot, entry, persona, org, scope, operation, pack, token, fault, state, collection or object. */
        Missing: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Something of that name exists already, a verification failed, or an object is not changed in this way. */
        InTheWay: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description The body is larger than the operation takes. */
        TooLarge: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description The body is of another media type. */
        WrongType: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /**
         * @description It would take more than `--max-memory` allows, even once the journals have let their bodies and entries go,
         *     the oldest first. `details.limit` is what it allows, in bytes. Requests of the API that would add to what is
         *     kept are a 413 then; all others are served.
         */
        Full: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
    };
    parameters: {
        World: components["schemas"]["WorldName"];
        Snapshot: string;
        OperationId: string;
        Status: number;
        Code: string;
        /** @description A persona, or another caller as the journal names it. */
        Caller: string;
        /**
         * @description The `X-Request-Id` of an answer, which an error has as `request_id` too. After a reset of the world they come
         *     again, so that there may be several entries.
         */
        RequestId: string;
        /** @description What the console read to show its views, too; without it there are clients' requests alone. */
        WithConsole: boolean;
        /** @description The most entries; the newest are returned. */
        Last: number;
        /** @description A text that has to stand in what is returned, in capitals or not. */
        Search: string;
        /** @description How many come before those that are returned. */
        Offset: number;
        /** @description The most that are returned; all without it. */
        Limit: number;
        /** @description Only what came after the entry of this id, or at this time (RFC 3339) or later. */
        Since: string & (unknown | unknown);
    };
    requestBodies: never;
    headers: {
        SessionCookie: string;
    };
    pathItems: never;
}
export type WorldName = components['schemas']['WorldName'];
export type World = components['schemas']['World'];
export type WorldInList = components['schemas']['WorldInList'];
export type Resumed = components['schemas']['Resumed'];
export type Health = components['schemas']['Health'];
export type Deleted = components['schemas']['Deleted'];
export type SnapshotName = components['schemas']['SnapshotName'];
export type Snapshot = components['schemas']['Snapshot'];
export type Change = components['schemas']['Change'];
export type Rewind = components['schemas']['Rewind'];
export type Clock = components['schemas']['Clock'];
export type Due = components['schemas']['Due'];
export type ClockChange = components['schemas']['ClockChange'];
export type Message = components['schemas']['Message'];
export type Entry = components['schemas']['Entry'];
export type Archive = components['schemas']['Archive'];
export type Entries = components['schemas']['Entries'];
export type Expectation = components['schemas']['Expectation'];
export type Verified = components['schemas']['Verified'];
export type Cell = components['schemas']['Cell'];
export type State = components['schemas']['State'];
export type Persona = components['schemas']['Persona'];
export type Org = components['schemas']['Org'];
export type SeenPack = components['schemas']['SeenPack'];
export type CollectionTable = components['schemas']['CollectionTable'];
export type WorldObject = components['schemas']['WorldObject'];
export type Billing = components['schemas']['Billing'];
export type NewToken = components['schemas']['NewToken'];
export type PersonaName = components['schemas']['PersonaName'];
export type ExpiresIn = components['schemas']['ExpiresIn'];
export type TokenState = components['schemas']['TokenState'];
export type Token = components['schemas']['Token'];
export type RevokedToken = components['schemas']['RevokedToken'];
export type NewFault = components['schemas']['NewFault'];
export type Fault = components['schemas']['Fault'];
export type ProviderState = components['schemas']['ProviderState'];
export type LifeStep = components['schemas']['LifeStep'];
export type StateChange = components['schemas']['StateChange'];
export type Error = components['schemas']['Error'];
export type ResponseInvalid = components['responses']['Invalid'];
export type ResponseUnauthenticated = components['responses']['Unauthenticated'];
export type ResponseNotLetIn = components['responses']['NotLetIn'];
export type ResponseMissing = components['responses']['Missing'];
export type ResponseInTheWay = components['responses']['InTheWay'];
export type ResponseTooLarge = components['responses']['TooLarge'];
export type ResponseWrongType = components['responses']['WrongType'];
export type ResponseFull = components['responses']['Full'];
export type ParameterWorld = components['parameters']['World'];
export type ParameterSnapshot = components['parameters']['Snapshot'];
export type ParameterOperationId = components['parameters']['OperationId'];
export type ParameterStatus = components['parameters']['Status'];
export type ParameterCode = components['parameters']['Code'];
export type ParameterCaller = components['parameters']['Caller'];
export type ParameterRequestId = components['parameters']['RequestId'];
export type ParameterWithConsole = components['parameters']['WithConsole'];
export type ParameterLast = components['parameters']['Last'];
export type ParameterSearch = components['parameters']['Search'];
export type ParameterOffset = components['parameters']['Offset'];
export type ParameterLimit = components['parameters']['Limit'];
export type ParameterSince = components['parameters']['Since'];
export type HeaderSessionCookie = components['headers']['SessionCookie'];
export type $defs = Record<string, never>;
export interface operations {
    "health.get": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The server is up. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            400: components["responses"]["Invalid"];
        };
    };
    "personas.list": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The personas, org by org. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        personas: components["schemas"]["Persona"][];
                    };
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
        };
    };
    "login.get": {
        parameters: {
            query: {
                /**
                 * @description Where a browser is signed in too, before it returns: the mock's origin by another name of this machine.
                 *     The mock sets it itself; any other origin means nothing.
                 * @example http://127.0.0.1:4010
                 */
                also?: string;
                /** @example acme-owner */
                persona: string;
                /**
                 * @description A URL to go to then, of this machine or of an allowed origin.
                 * @example http://localhost:5173/packs
                 */
                return_to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The cookie, where there is no `return_to`; or a document that signs in at `also` and goes on. */
            200: {
                headers: {
                    "Set-Cookie": components["headers"]["SessionCookie"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        persona: string;
                    };
                    "text/html": Blob;
                };
            };
            /** @description The cookie, and a redirect to `return_to`, or first to the mock by the page's name. */
            302: {
                headers: {
                    "Set-Cookie": components["headers"]["SessionCookie"];
                    Location: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Invalid"];
            403: components["responses"]["NotLetIn"];
            404: components["responses"]["Missing"];
        };
    };
    "logout.create": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The cookie is deleted. The session itself stays valid until it is revoked. */
            200: {
                headers: {
                    "Set-Cookie": components["headers"]["SessionCookie"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        status: "signed_out";
                    };
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["NotLetIn"];
        };
    };
    "keys.get": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A JSON Web Key Set. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        keys: Record<string, unknown>[];
                    };
                };
            };
            400: components["responses"]["Invalid"];
        };
    };
    "contract.get": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The document, with its references as they are. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        openapi: string;
                        info: Record<string, unknown>;
                        paths: Record<string, unknown>;
                    };
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
        };
    };
    "control_contract.get": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OpenAPI 3.0 as YAML. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/yaml": unknown;
                };
            };
            400: components["responses"]["Invalid"];
        };
    };
    "state_schema.get": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The JSON Schema. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uri */
                        $schema: string;
                        /** Format: uri */
                        $id: string;
                        title: string;
                        /** @enum {string} */
                        type: "object";
                        properties: Record<string, unknown>;
                    };
                };
            };
            400: components["responses"]["Invalid"];
        };
    };
    "worlds.list": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The worlds; `default` always exists. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        worlds: components["schemas"]["WorldInList"][];
                    };
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
        };
    };
    "worlds.create": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["World"];
            };
        };
        responses: {
            /** @description The world that was made. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["World"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["NotLetIn"];
            409: components["responses"]["InTheWay"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["WrongType"];
        };
    };
    "worlds.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                world: components["parameters"]["World"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The world. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WorldInList"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
        };
    };
    "worlds.delete": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                world: components["parameters"]["World"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The world is deleted; `default` begins anew. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Deleted"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["NotLetIn"];
            404: components["responses"]["Missing"];
        };
    };
    "worlds.reset": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                world: components["parameters"]["World"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The world. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["World"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["NotLetIn"];
        };
    };
    "worlds.fork": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                world: components["parameters"]["World"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["World"];
            };
        };
        responses: {
            /** @description The new world. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["World"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["NotLetIn"];
            404: components["responses"]["Missing"];
            409: components["responses"]["InTheWay"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["WrongType"];
            503: components["responses"]["Full"];
        };
    };
    "state.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                world: components["parameters"]["World"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The state. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["State"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
        };
    };
    "state.replace": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                world: components["parameters"]["World"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, unknown>;
            };
        };
        responses: {
            /** @description The world. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["World"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["NotLetIn"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["WrongType"];
            503: components["responses"]["Full"];
        };
    };
    "world_snapshots.list": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                world: components["parameters"]["World"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The snapshots, in the order in which they were taken. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        snapshots: components["schemas"]["Snapshot"][];
                    };
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
        };
    };
    "world_snapshots.create": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                world: components["parameters"]["World"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SnapshotName"];
            };
        };
        responses: {
            /** @description The snapshot. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Snapshot"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["NotLetIn"];
            409: components["responses"]["InTheWay"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["WrongType"];
            503: components["responses"]["Full"];
        };
    };
    "world_snapshots.delete": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                world: components["parameters"]["World"];
                snapshot: components["parameters"]["Snapshot"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is deleted. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Deleted"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["NotLetIn"];
            404: components["responses"]["Missing"];
        };
    };
    "world_snapshots.restore": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                world: components["parameters"]["World"];
                snapshot: components["parameters"]["Snapshot"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The snapshot whose state the world has now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Snapshot"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["NotLetIn"];
            404: components["responses"]["Missing"];
        };
    };
    "world_snapshots.diff": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                world: components["parameters"]["World"];
                snapshot: components["parameters"]["Snapshot"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The changes, but for the events that changes write. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        changes: components["schemas"]["Change"][];
                    };
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            404: components["responses"]["Missing"];
        };
    };
    "worlds.rewind": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                world: components["parameters"]["World"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Rewind"];
            };
        };
        responses: {
            /** @description The entry after or before which the world is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Rewind"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["NotLetIn"];
            404: components["responses"]["Missing"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["WrongType"];
        };
    };
    "clock.get": {
        parameters: {
            query?: {
                /** @description The most of what is due that is returned as `due`; none without it. */
                due?: number;
            };
            header?: never;
            path: {
                world: components["parameters"]["World"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The clock. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Clock"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
        };
    };
    "clock.replace": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                world: components["parameters"]["World"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ClockChange"];
            };
        };
        responses: {
            /** @description The clock as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Clock"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["NotLetIn"];
            409: components["responses"]["InTheWay"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["WrongType"];
        };
    };
    "journal.list": {
        parameters: {
            query?: {
                operation_id?: components["parameters"]["OperationId"];
                status?: components["parameters"]["Status"];
                code?: components["parameters"]["Code"];
                /** @description A persona, or another caller as the journal names it. */
                caller?: components["parameters"]["Caller"];
                /**
                 * @description The `X-Request-Id` of an answer, which an error has as `request_id` too. After a reset of the world they come
                 *     again, so that there may be several entries.
                 */
                request_id?: components["parameters"]["RequestId"];
                /** @description What the console read to show its views, too; without it there are clients' requests alone. */
                with_console?: components["parameters"]["WithConsole"];
                /** @description Only what came after the entry of this id, or at this time (RFC 3339) or later. */
                since?: components["parameters"]["Since"];
                /** @description The most entries; the newest are returned. */
                last?: components["parameters"]["Last"];
            };
            header?: never;
            path: {
                world: components["parameters"]["World"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The entries, oldest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Entries"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            404: components["responses"]["Missing"];
        };
    };
    "journal.clear": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                world: components["parameters"]["World"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The journal is empty. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Deleted"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["NotLetIn"];
        };
    };
    "journal.count": {
        parameters: {
            query?: {
                operation_id?: components["parameters"]["OperationId"];
                status?: components["parameters"]["Status"];
                code?: components["parameters"]["Code"];
                /** @description A persona, or another caller as the journal names it. */
                caller?: components["parameters"]["Caller"];
                /**
                 * @description The `X-Request-Id` of an answer, which an error has as `request_id` too. After a reset of the world they come
                 *     again, so that there may be several entries.
                 */
                request_id?: components["parameters"]["RequestId"];
                /** @description What the console read to show its views, too; without it there are clients' requests alone. */
                with_console?: components["parameters"]["WithConsole"];
                /** @description Only what came after the entry of this id, or at this time (RFC 3339) or later. */
                since?: components["parameters"]["Since"];
            };
            header?: never;
            path: {
                world: components["parameters"]["World"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The number of entries. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        count: number;
                    };
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            404: components["responses"]["Missing"];
        };
    };
    "journal.har": {
        parameters: {
            query?: {
                operation_id?: components["parameters"]["OperationId"];
                status?: components["parameters"]["Status"];
                code?: components["parameters"]["Code"];
                /** @description A persona, or another caller as the journal names it. */
                caller?: components["parameters"]["Caller"];
                /**
                 * @description The `X-Request-Id` of an answer, which an error has as `request_id` too. After a reset of the world they come
                 *     again, so that there may be several entries.
                 */
                request_id?: components["parameters"]["RequestId"];
                /** @description What the console read to show its views, too; without it there are clients' requests alone. */
                with_console?: components["parameters"]["WithConsole"];
                /** @description Only what came after the entry of this id, or at this time (RFC 3339) or later. */
                since?: components["parameters"]["Since"];
                /** @description The most entries; the newest are returned. */
                last?: components["parameters"]["Last"];
            };
            header?: never;
            path: {
                world: components["parameters"]["World"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The archive, oldest entry first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Archive"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            404: components["responses"]["Missing"];
        };
    };
    "journal.verify": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                world: components["parameters"]["World"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Expectation"];
            };
        };
        responses: {
            /** @description The entries that match; they are as many as expected. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Verified"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["NotLetIn"];
            404: components["responses"]["Missing"];
            409: components["responses"]["InTheWay"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["WrongType"];
        };
    };
    "journal.stream": {
        parameters: {
            query?: {
                /** @description What the console read to show its views, too; without it there are clients' requests alone. */
                with_console?: components["parameters"]["WithConsole"];
                /** @description An event `health`, too, without an id, first and whenever it changes. It is what /health answers. */
                with_health?: boolean;
            };
            header?: {
                /**
                 * @description The last event that was received: those after it are sent first. One that the journal has no
                 *     longer is an event `gap`, `{"from", "to"}`.
                 */
                "Last-Event-ID"?: number;
            };
            path: {
                world: components["parameters"]["World"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Server-sent events, one an entry; the id of the event is that of the entry. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": unknown;
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
        };
    };
    "coverage.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                world: components["parameters"]["World"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Every declared cell, with how often it was met by clients, and when the console showed its views. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        cells: components["schemas"]["Cell"][];
                    };
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
        };
    };
    "coverage.clear": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                world: components["parameters"]["World"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All counts are zero. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Deleted"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["NotLetIn"];
        };
    };
    "orgs.list": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                world: components["parameters"]["World"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The orgs. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        orgs: components["schemas"]["Org"][];
                    };
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
        };
    };
    "world_packs.list": {
        parameters: {
            query: {
                /** @description The id of an org. */
                viewer: string;
                /** @description Whether only what the viewer is shown is returned. */
                visible?: boolean;
                /** @description A text that has to stand in what is returned, in capitals or not. */
                search?: components["parameters"]["Search"];
                /** @description How many come before those that are returned. */
                offset?: components["parameters"]["Offset"];
                /** @description The most that are returned; all without it. */
                limit?: components["parameters"]["Limit"];
            };
            header?: never;
            path: {
                world: components["parameters"]["World"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The packs, also those that are hidden from the viewer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        packs: components["schemas"]["SeenPack"][];
                        /** @description How many the search finds. */
                        count: number;
                        /** @description How many of these the viewer is shown. */
                        visible: number;
                    };
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            404: components["responses"]["Missing"];
        };
    };
    "world_collections.list": {
        parameters: {
            query?: {
                /** @description The collection whose objects are returned. */
                name?: string;
                /** @description A text that has to stand in what is returned, in capitals or not. */
                search?: components["parameters"]["Search"];
                /** @description How many come before those that are returned. */
                offset?: components["parameters"]["Offset"];
                /** @description The most that are returned; all without it. */
                limit?: components["parameters"]["Limit"];
            };
            header?: never;
            path: {
                world: components["parameters"]["World"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The collections, and the objects of the named one as the state's document has them. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CollectionTable"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            404: components["responses"]["Missing"];
        };
    };
    "world_objects.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                world: components["parameters"]["World"];
                /** @example roles */
                collection: string;
                /**
                 * @description The key of an object; the parts of one that has several are joined by slashes.
                 * @example role_acme_oncall
                 */
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The object as the state's document has it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WorldObject"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            404: components["responses"]["Missing"];
        };
    };
    "world_objects.update": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                world: components["parameters"]["World"];
                /** @example roles */
                collection: string;
                /**
                 * @description The key of an object; the parts of one that has several are joined by slashes.
                 * @example role_acme_oncall
                 */
                key: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, unknown>;
                "application/merge-patch+json": Record<string, unknown>;
            };
        };
        responses: {
            /** @description The object as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WorldObject"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["NotLetIn"];
            404: components["responses"]["Missing"];
            409: components["responses"]["InTheWay"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["WrongType"];
            503: components["responses"]["Full"];
        };
    };
    "billing.replace": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                world: components["parameters"]["World"];
                org_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Billing"];
            };
        };
        responses: {
            /** @description The posture that the org has now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Billing"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["NotLetIn"];
            404: components["responses"]["Missing"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["WrongType"];
        };
    };
    "images.replace": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                world: components["parameters"]["World"];
                /** @description An OCI reference. */
                image_ref: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/gzip": Blob;
            };
        };
        responses: {
            /** @description The image as it is held now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        image_ref: string;
                        image_digest: string;
                    };
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["NotLetIn"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["WrongType"];
            503: components["responses"]["Full"];
        };
    };
    "tokens.create": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                world: components["parameters"]["World"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewToken"];
            };
        };
        responses: {
            /** @description The token; it is not shown again. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Token"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["NotLetIn"];
            404: components["responses"]["Missing"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["WrongType"];
            503: components["responses"]["Full"];
        };
    };
    "tokens.revoke": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                world: components["parameters"]["World"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RevokedToken"];
            };
        };
        responses: {
            /** @description The token is revoked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        status: "revoked";
                    };
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["NotLetIn"];
            404: components["responses"]["Missing"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["WrongType"];
        };
    };
    "faults.list": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                world: components["parameters"]["World"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The faults, the oldest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        faults: components["schemas"]["Fault"][];
                    };
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
        };
    };
    "faults.create": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                world: components["parameters"]["World"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewFault"];
            };
        };
        responses: {
            /** @description The fault, with its id. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Fault"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["NotLetIn"];
            404: components["responses"]["Missing"];
            409: components["responses"]["InTheWay"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["WrongType"];
        };
    };
    "faults.clear": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                world: components["parameters"]["World"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No fault is left. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Deleted"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["NotLetIn"];
        };
    };
    "faults.delete": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                world: components["parameters"]["World"];
                fault_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is deleted. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Deleted"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["NotLetIn"];
            404: components["responses"]["Missing"];
        };
    };
    "states.list": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                world: components["parameters"]["World"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The states that the world can be brought into. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        states: components["schemas"]["ProviderState"][];
                        life_cycles: components["schemas"]["LifeStep"][];
                    };
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
        };
    };
    "states.change": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                world: components["parameters"]["World"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StateChange"];
            };
        };
        responses: {
            /** @description The values of the state, such as an id that was made; else an empty object. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, unknown>;
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["NotLetIn"];
            404: components["responses"]["Missing"];
            409: components["responses"]["InTheWay"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["WrongType"];
            503: components["responses"]["Full"];
        };
    };
}
