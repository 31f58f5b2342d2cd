export interface paths {
    "/packs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the packs that the caller can see
         * @description The packs of the caller's own org, whatever their visibility, the packs that the platform
         *     ships, and the community packs of other orgs. The order is not specified.
         */
        get: operations["packs.list"];
        put?: never;
        /**
         * Create a pack from an image in a registry
         * @description The image must be there to be pulled. Name, version and everything else are read from the
         *     `pack.yaml` inside it.
         */
        post: operations["packs.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/packs/upload": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Create a pack from an archive
         * @description For callers without a registry: the platform builds the image from the archive and keeps it
         *     in its own registry. The archive is a gzip-compressed tar of the pack's folder, with
         *     `pack.yaml` and any of `behavior.md`, `guides/`, `scripts/`, `data/` and `templates/` at its
         *     top; one folder around them all is accepted. At most 32 MiB compressed, 128 MiB unpacked,
         *     10,000 entries, 8 MiB a file and 4,096 characters a path: `x-max-body`, and `x-archive` of the
         *     part, have these as data.
         */
        post: operations["packs.upload"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/packs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of a pack. Opaque.
                 * @example pack_01HZ
                 */
                id: components["parameters"]["PackId"];
            };
            cookie?: never;
        };
        /**
         * Get one pack
         * @description A pack of the caller's own org, one that the platform ships, or a community pack of another org.
         */
        get: operations["packs.get"];
        /**
         * Replace the image of a pack
         * @description Reads `pack.yaml` again from the new image. The image comes from the repository of the
         *     current one, only the tag or digest differs; the name of the pack stays. The id stays too,
         *     so roles that attach the pack need no change. Packs of the caller's own org only.
         */
        put: operations["packs.replace_image"];
        post?: never;
        /**
         * Delete a pack
         * @description Refused while a role of any org references the pack, archived roles included. The image of an
         *     uploaded pack is purged from the platform's registry too; when that fails the pack stays as it
         *     was and the call can be repeated.
         */
        delete: operations["packs.delete"];
        options?: never;
        head?: never;
        /**
         * Update the visibility of a pack
         * @description Changes `visibility` and `updated_at`, and nothing else. The value that the pack already has
         *     is accepted and changes nothing. Packs of the caller's own org only.
         */
        patch: operations["packs.update_visibility"];
        trace?: never;
    };
    "/packs/{id}/files": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of a pack. Opaque.
                 * @example pack_01HZ
                 */
                id: components["parameters"]["PackId"];
            };
            cookie?: never;
        };
        /**
         * List the files of a pack
         * @description Every file of the pack's image, for whoever can see the pack. Folders are not listed; the order
         *     is not specified.
         */
        get: operations["packs.list_files"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/packs/{id}/files/{path}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of a pack. Opaque.
                 * @example pack_01HZ
                 */
                id: components["parameters"]["PackId"];
                /**
                 * @description The path of a file inside the pack. Each segment is percent-encoded on its own, the slashes
                 *     between them are bare. A `.`, `..` or empty segment, a NUL and an encoded slash are refused.
                 * @example guides/first-steps.md
                 */
                path: components["parameters"]["FilePath"];
            };
            cookie?: never;
        };
        /**
         * Read one file of a pack
         * @description The bytes of the file, as they are in the pack's image. For whoever can see the pack.
         */
        get: operations["packs.read_file"];
        /**
         * Replace one file of a pack
         * @description Builds the image again with that file replaced: a new digest, the same version. The file must
         *     exist. Packs of the caller's own org that were uploaded only. A new `pack.yaml` is read again;
         *     its name and version must be those of the pack. A file with which those of the pack come to more
         *     than `max_unpacked` of `x-archive` may be refused, with a 400 on `body`.
         */
        put: operations["packs.replace_file"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/providers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the providers of the org
         * @description The providers of the caller's own org, for every caller of it. Archived ones are in the list
         *     where they are asked for. The order is not specified.
         */
        get: operations["providers.list"];
        put?: never;
        /**
         * Create a provider
         * @description A provider of models that roles of the org can use. Its name is unique in the org, archived
         *     providers counted; name and kind stay for its life.
         *     `credential_name` names a credential of the org whose provider is the kind of this one.
         */
        post: operations["providers.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/providers/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of a provider. Opaque.
                 * @example provider_01HZ
                 */
                id: components["parameters"]["ProviderId"];
            };
            cookie?: never;
        };
        /**
         * Get one provider
         * @description A provider of the caller's own org, archived or not.
         */
        get: operations["providers.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Update a provider
         * @description Changes the fields that are sent, and `updated_at`; all others stay. `config` is merged key by
         *     key: a text sets a key, null clears it, and a key that the kind does not have is refused, with
         *     null too. Null clears a field that need not be there. A body that changes nothing is accepted.
         *     Archived providers can be updated too.
         */
        patch: operations["providers.update"];
        trace?: never;
    };
    "/providers/{id}/archive": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of a provider. Opaque.
                 * @example provider_01HZ
                 */
                id: components["parameters"]["ProviderId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Archive a provider
         * @description The provider leaves the list and is still read by its id. The roles that use it are archived
         *     with it. One that is archived already stays as it is. While a workspace of one of its roles
         *     runs, which is provisioning, idle, busy or stopping and not archived, it stays in use.
         */
        post: operations["providers.archive"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/providers/{id}/unarchive": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of a provider. Opaque.
                 * @example provider_01HZ
                 */
                id: components["parameters"]["ProviderId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Unarchive a provider
         * @description The provider is in the list again. Roles that were archived with it stay archived.
         */
        post: operations["providers.unarchive"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/agent-roles": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the agent roles of the org
         * @description The roles of the caller's own org, for every caller of it. Archived ones are in the list only
         *     if they are asked for. The order is not specified.
         */
        get: operations["agent_roles.list"];
        put?: never;
        /**
         * Create an agent role
         * @description A role on a provider of the org that is in use, with the packs that it attaches. Its name is
         *     unique in the org, archived roles counted, and stays for its life. Without `environment` it has
         *     `development`, without `pool_policy` the empty one, without `pack_ids` none. Attaching a pack
         *     copies none of its capabilities.
         */
        post: operations["agent_roles.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/agent-roles/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of an agent role. Opaque.
                 * @example role_01HZ
                 */
                id: components["parameters"]["RoleId"];
            };
            cookie?: never;
        };
        /**
         * Get one agent role
         * @description A role of the caller's own org, archived or not.
         */
        get: operations["agent_roles.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Update an agent role
         * @description Changes the fields that are sent, and `updated_at`; all others stay. `pack_ids` replaces the
         *     whole list. Null clears a field that need not be there and has no default. A body that changes
         *     nothing is accepted. Archived roles can be updated too; to a provider that is archived no role
         *     is moved.
         */
        patch: operations["agent_roles.update"];
        trace?: never;
    };
    "/agent-roles/{id}/archive": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of an agent role. Opaque.
                 * @example role_01HZ
                 */
                id: components["parameters"]["RoleId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Archive an agent role
         * @description The role leaves the list and is still read by its id. It keeps its packs. One that is archived
         *     already stays as it is. While a workspace of it runs, which is provisioning, idle, busy or
         *     stopping and not archived, it stays in use.
         */
        post: operations["agent_roles.archive"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/agent-roles/{id}/unarchive": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of an agent role. Opaque.
                 * @example role_01HZ
                 */
                id: components["parameters"]["RoleId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Unarchive an agent role
         * @description The role is in the list again. Its provider has to be in use.
         */
        post: operations["agent_roles.unarchive"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/agent-roles/{id}/stop-workspaces": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of an agent role. Opaque.
                 * @example role_01HZ
                 */
                id: components["parameters"]["RoleId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Stop every workspace of an agent role
         * @description Every workspace of the role that is idle or busy is stopping, as by a stop of each. The others, and
         *     those of other roles, stay as they are.
         */
        post: operations["agent_roles.stop_workspaces"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the workspaces of the org
         * @description The workspaces of the caller's own org. Who holds `workspace:read:own` alone is shown the ones
         *     that the caller created and no others. Archived ones are in the list only if they are asked for.
         *     With `role_name` the list holds those of one role. The order is not specified.
         */
        get: operations["workspaces.list"];
        put?: never;
        /**
         * Create a workspace
         * @description A workspace of a role of the org that is in use, which is named by its id or by its name, and by
         *     one of the two alone. Without `environment` it has that of its role. It is the caller's, is
         *     provisioning, and becomes idle by itself.
         */
        post: operations["workspaces.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/stop-all": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Stop every workspace of the org
         * @description Every workspace of the org that is idle or busy is stopping, as by a stop of each. The others stay
         *     as they are.
         */
        post: operations["workspaces.stop_all"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of a workspace. Opaque.
                 * @example ws_01HZ
                 */
                id: components["parameters"]["WorkspaceId"];
            };
            cookie?: never;
        };
        /**
         * Get one workspace
         * @description A workspace of the caller's own org, archived or not. One that somebody else created is a 403
         *     `workspace_not_visible` to a caller who holds `workspace:read:own` alone.
         */
        get: operations["workspaces.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{id}/archive": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of a workspace. Opaque.
                 * @example ws_01HZ
                 */
                id: components["parameters"]["WorkspaceId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Archive a workspace
         * @description A workspace that is stopped or failed leaves the list, and is still read by its id. Its status
         *     and its snapshot stay. One that is archived already is refused, as is one that runs.
         */
        post: operations["workspaces.archive"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{id}/unarchive": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of a workspace. Opaque.
                 * @example ws_01HZ
                 */
                id: components["parameters"]["WorkspaceId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Unarchive a workspace
         * @description The workspace is in the list again, in the status in which it was archived.
         */
        post: operations["workspaces.unarchive"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{id}/stop": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of a workspace. Opaque.
                 * @example ws_01HZ
                 */
                id: components["parameters"]["WorkspaceId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Stop a workspace
         * @description A workspace that is idle or busy is stopping, and its tasks end. It becomes stopped by itself,
         *     with a snapshot of its files.
         */
        post: operations["workspaces.stop"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{id}/sandbox/files": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of a workspace. Opaque.
                 * @example ws_01HZ
                 */
                id: components["parameters"]["WorkspaceId"];
            };
            cookie?: never;
        };
        /**
         * List the files of a sandbox
         * @description Every file and folder of the sandbox in which the agent works, relative to its root. The packs
         *     of the role are below `workspace/packs`, files that came with a task below `data/uploads` from
         *     its delivery on. The agent is asked, so the workspace has to be idle or busy; what is refused
         *     because it is not, or because nobody can reach the agent, has no body.
         */
        get: operations["sandbox.list_files"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{id}/sandbox/download/{path}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of a workspace. Opaque.
                 * @example ws_01HZ
                 */
                id: components["parameters"]["WorkspaceId"];
                /**
                 * @description The path of a file in the sandbox. Each segment is percent-encoded on its own, the slashes
                 *     between them are bare. A `.`, `..` or empty segment, a NUL and an encoded slash are refused.
                 * @example workspace/notes.md
                 */
                path: components["parameters"]["SandboxPath"];
            };
            cookie?: never;
        };
        /**
         * Download one file of a sandbox
         * @description The whole file, to be saved. The agent is asked, so the workspace has to be idle or busy.
         */
        get: operations["sandbox.download"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{id}/snapshot/files": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of a workspace. Opaque.
                 * @example ws_01HZ
                 */
                id: components["parameters"]["WorkspaceId"];
            };
            cookie?: never;
        };
        /**
         * List the files of a snapshot
         * @description Every file and folder of the snapshot that the last stop took, relative to the root of the
         *     sandbox. A workspace that was never stopped has none. What packs brought is no part of it.
         */
        get: operations["snapshots.list_files"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{id}/snapshot/files/{path}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of a workspace. Opaque.
                 * @example ws_01HZ
                 */
                id: components["parameters"]["WorkspaceId"];
                /**
                 * @description The path of a file in the snapshot. Each segment is percent-encoded on its own, the slashes
                 *     between them are bare. A `.`, `..` or empty segment, a NUL and an encoded slash are refused.
                 * @example workspace/notes.md
                 */
                path: components["parameters"]["SnapshotPath"];
            };
            cookie?: never;
        };
        /**
         * Read one file of a snapshot as text
         * @description The first bytes of the file as text, null where they are not UTF-8; a character that `max_bytes`
         *     cuts is left out. `truncated` says whether the file is longer than that.
         */
        get: operations["snapshots.read_file"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{id}/snapshot/download/{path}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of a workspace. Opaque.
                 * @example ws_01HZ
                 */
                id: components["parameters"]["WorkspaceId"];
                /**
                 * @description The path of a file in the snapshot. Each segment is percent-encoded on its own, the slashes
                 *     between them are bare. A `.`, `..` or empty segment, a NUL and an encoded slash are refused.
                 * @example workspace/notes.md
                 */
                path: components["parameters"]["SnapshotPath"];
            };
            cookie?: never;
        };
        /**
         * Download one file of a snapshot
         * @description The whole file, however long it is, to be saved.
         */
        get: operations["snapshots.download"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{id}/session": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of a workspace. Opaque.
                 * @example ws_01HZ
                 */
                id: components["parameters"]["WorkspaceId"];
            };
            cookie?: never;
        };
        /**
         * Get the session of the agent of a workspace
         * @description What the agent says of its session: an object, of which nothing else is promised. The agent is
         *     asked, so the workspace has to be idle or busy.
         */
        get: operations["workspaces.get_session"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{id}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of a workspace. Opaque.
                 * @example ws_01HZ
                 */
                id: components["parameters"]["WorkspaceId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Resume a workspace
         * @description A workspace that is stopped provisions again, with the files of its snapshot and the packs of its
         *     role as they are now. Its role and the provider of that have to be in use.
         */
        post: operations["workspaces.resume"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{id}/restart": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of a workspace. Opaque.
                 * @example ws_01HZ
                 */
                id: components["parameters"]["WorkspaceId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Restart a workspace
         * @description A workspace that is idle, or busy with `force=true`, provisions again: with the files that it has,
         *     and the packs of its role as they are now. The task that it works on ends as cancelled; those
         *     that wait go on waiting.
         */
        post: operations["workspaces.restart"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{id}/fork": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of a workspace. Opaque.
                 * @example ws_01HZ
                 */
                id: components["parameters"]["WorkspaceId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Fork a workspace
         * @description A new workspace of the same role and environment, which begins with the files that this one had
         *     after so many of its tasks, 0 being before any of them. It is the caller's, has no tasks, and
         *     becomes idle by itself. Whoever may read a workspace may fork it, whatever its status. The event
         *     is the new one's.
         */
        post: operations["workspaces.fork"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/tasks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Submit a task to a new workspace
         * @description A workspace of a role, as `workspaces.create` makes it, and one task in it, which the agent works
         *     on once the workspace is idle. `thinking_effort` and the limits stand in place of those of the
         *     role.
         */
        post: operations["tasks.submit"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{id}/task/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of a workspace. Opaque.
                 * @example ws_01HZ
                 */
                id: components["parameters"]["WorkspaceId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel the task of a workspace
         * @description The agent is told to leave the task that it works on; where it works on none, the oldest that
         *     waits. That task ends a little later, and the workspace goes on. Where there is none, or it is
         *     being cancelled already, nothing changes.
         */
        post: operations["tasks.cancel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{id}/tasks": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of a workspace. Opaque.
                 * @example ws_01HZ
                 */
                id: components["parameters"]["WorkspaceId"];
            };
            cookie?: never;
        };
        /**
         * List the tasks of a workspace
         * @description The tasks of the workspace, whatever has become of them, the newest first.
         */
        get: operations["tasks.list"];
        put?: never;
        /**
         * Submit a task to a workspace
         * @description One more task for the agent of a workspace that is idle, busy or still being provisioned. The
         *     agent works on one task at a time, the oldest first. `thinking_effort` and the limits stand in
         *     place of those of the role; `reset_session` has the agent begin without what it knows of earlier
         *     tasks; `metadata` is kept for whoever submits.
         */
        post: operations["tasks.submit_to_workspace"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{id}/tasks/{task_id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of a workspace. Opaque.
                 * @example ws_01HZ
                 */
                id: components["parameters"]["WorkspaceId"];
                /**
                 * @description The id of a task. Opaque.
                 * @example task_01HZ
                 */
                task_id: components["parameters"]["TaskId"];
            };
            cookie?: never;
        };
        /**
         * Get one task of a workspace
         * @description A task is found below its own workspace alone.
         */
        get: operations["tasks.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{id}/audit": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of a workspace. Opaque.
                 * @example ws_01HZ
                 */
                id: components["parameters"]["WorkspaceId"];
            };
            cookie?: never;
        };
        /**
         * List the events of a workspace
         * @description What happened in one workspace, whoever caused it: decisions about its traffic (category `audit`),
         *     and its life and that of its tasks (category `activity`). It asks for both scopes, of which that on
         *     workspaces alone narrows: who holds `workspace:read:own` alone asks for an own workspace, and sees
         *     every event of it.
         *
         *     Order, filters, windows, pages and cursors are those of `GET /audit`.
         */
        get: operations["audit.list_for_workspace"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{id}/audit/stats": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of a workspace. Opaque.
                 * @example ws_01HZ
                 */
                id: components["parameters"]["WorkspaceId"];
            };
            cookie?: never;
        };
        /**
         * Count the events of a workspace
         * @description Counts, sums or averages the events that `GET /workspaces/{id}/audit` with the same `filter`,
         *     `from` and `to` lists, as `GET /audit/stats` does those of the org.
         */
        get: operations["audit.stats_for_workspace"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{id}/activity": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of a workspace. Opaque.
                 * @example ws_01HZ
                 */
                id: components["parameters"]["WorkspaceId"];
            };
            cookie?: never;
        };
        /**
         * List what happened in a workspace
         * @description The events of the workspace that are of category `activity`: its own life and that of its tasks.
         *     Order, pages and cursors are those of `GET /audit`. A page after another is asked for by its
         *     cursor; `after` begins anew, and does not go with one.
         */
        get: operations["activity.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{id}/activity/stream": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of a workspace. Opaque.
                 * @example ws_01HZ
                 */
                id: components["parameters"]["WorkspaceId"];
            };
            cookie?: never;
        };
        /**
         * Follow what happens in a workspace
         * @description The stream of `GET /activity/stream`, with the events of this workspace alone.
         */
        get: operations["activity.stream_for_workspace"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/me/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who the caller is
         * @description The caller's org, role and scopes. An API key has no user: `user_id` is `system`, `email` and
         *     `role` are empty and there are no memberships; its label and permission set are there instead.
         */
        get: operations["session.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the events of the org
         * @description What happened in the caller's own org, newest first unless `order` says otherwise: changes of
         *     its configuration and decisions about its traffic (category `audit`), and the life of its
         *     workspaces and tasks (category `activity`). Who holds `audit:read:own` alone sees the events of
         *     the own user.
         *
         *     A page holds up to `limit` events. Where more may follow it has a `cursor`, with which the next
         *     page is asked for. A cursor keeps the query that it came with: what is left out beside it is as
         *     it was, and what is sent must be the same, `limit` aside.
         */
        get: operations["audit.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/activity/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Follow what happens in the workspaces of the org
         * @description A stream of server-sent events that stays open: each event of category `activity` of the
         *     caller's own org, as it is written. Who holds `workspace:read:own` alone is sent the events of
         *     workspaces that the caller has created.
         *
         *     An event is `event: activity`, its id, and the event as the log has it in one line of data. A
         *     comment comes at once and every 15 seconds, and after five minutes the stream ends. Who comes
         *     back with the last id in `Last-Event-ID` is first sent the events after it. A header that holds
         *     no id of an event is as if it were absent.
         *
         *     The API key of a browser's `EventSource`, which sends no header, may stand in the query.
         */
        get: operations["activity.stream"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/credentials": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the credentials that the caller can see
         * @description With `auth:write` every credential of the caller's org. Without it those of the org itself and
         *     the caller's own personal ones. No secret is shown. The order is not specified.
         */
        get: operations["credentials.list"];
        put?: never;
        /**
         * Create a credential
         * @description The kind decides which secret is sent and which keys `provider_config` needs:
         *
         *     | kind | secret | provider_config |
         *     |---|---|---|
         *     | oauth2_authorization_code, oauth2_client_credentials | client_secret | client_id, and tenant_id for the provider microsoft |
         *     | oauth2_client_assertion | client_secret | client_id |
         *     | oauth2_jwt_bearer | service_account_json | |
         *     | oauth2_jwt_bearer_with_subject | service_account_json | subject |
         *     | api_key, query_api_key | api_key | |
         *     | basic_auth | password | username |
         *
         *     Further keys of `provider_config` are kept. The secret is never shown again.
         *
         *     With `personal` it is the caller's own. It overrides the credential of the org that has its name,
         *     provider and kind and allows that, takes over its `provider_config`, and brings no secret, no
         *     config and no `allow_user_override`; its scopes are those that it is made with. It is of the kind
         *     oauth2_authorization_code. Whoever holds `auth:write:own` alone makes no others.
         *
         *     An authorization code begins as `needs_reauth`, and the answer's `next` leads to its start; all
         *     other kinds begin as `active`.
         */
        post: operations["credentials.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/credentials/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of a credential. Opaque.
                 * @example cred_01HZ
                 */
                id: components["parameters"]["CredentialId"];
            };
            cookie?: never;
        };
        /**
         * Get one credential
         * @description A credential of the caller's own org. The personal one of somebody else is there for those who
         *     hold `auth:write`, and a 404 for all others.
         */
        get: operations["credentials.get"];
        put?: never;
        post?: never;
        /**
         * Delete a credential
         * @description The credential and its secret are gone, and what uses it fails from then on. With
         *     `auth:write:own` alone a caller deletes own personal ones; with `auth:write` those of all.
         */
        delete: operations["credentials.delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/credentials/{id}/oauth/start": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of a credential. Opaque.
                 * @example cred_01HZ
                 */
                id: components["parameters"]["CredentialId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Start the consent of an authorization code
         * @description Answers with the address to which the browser is to go. The provider sends it back when consent
         *     was given, to a path that is none of this API, and only then is the credential `active`; its
         *     status stays until then. A credential of the org is started by those who hold `auth:write`, a
         *     personal one by its owner alone. The address has a new `state` each time.
         */
        post: operations["credentials.start_oauth"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/audit/stats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Count the events of the org
         * @description Counts the events that `GET /audit` with the same `filter`, `from` and `to` lists, or sums a
         *     number of them: as a whole, for each group of `group_by`, and for each step of time or range of
         *     a number. There is no bucket without an event, nor of events that all lack that number. Buckets
         *     come by `bucket`, then by the values of their group.
         *
         *     Of `time_bucket` and `bucket_by` one can be asked for; with neither a bucket has no key
         *     `bucket`. The columns of `group_by` are all different, and that of `top` is one of them.
         */
        get: operations["audit.stats"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/secrets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the secrets of the org
         * @description The names of the secrets of the caller's own org, and when each was set. The order is not
         *     specified. No value is shown.
         */
        get: operations["secrets.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/secrets/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Set a secret
         * @description Makes the secret, or gives the one that the org has of this name another value. Its
         *     `created_at` stays, its `updated_at` moves, for an equal value too. The value is not shown by
         *     this answer nor by any other.
         */
        put: operations["secrets.set"];
        post?: never;
        /**
         * Delete a secret
         * @description The secret is gone, and what uses it fails from then on.
         */
        delete: operations["secrets.delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the API keys of the org
         * @description The keys of the caller's own org that are not revoked. Of a value no more is shown than a
         *     `prefix` by which people tell keys apart. The order is not specified.
         */
        get: operations["api_keys.list"];
        put?: never;
        /**
         * Create an API key
         * @description Makes a key of one of the three permission sets. This answer alone holds its `value`, which
         *     works at once; whoever loses it makes another key.
         */
        post: operations["api_keys.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api-keys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Revoke an API key
         * @description The key stops working at once, and is not in the list any more. An org whose billing is
         *     inactive may do this too, so that a key that leaked can be stopped.
         */
        delete: operations["api_keys.revoke"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/orgs/{id}/memberships": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of the caller's org.
                 * @example org_acme
                 */
                id: components["parameters"]["OwnOrgId"];
            };
            cookie?: never;
        };
        /**
         * List the memberships of the org
         * @description The people of the org, and the invitations that nobody has accepted yet. Who holds
         *     `members:read:own` alone is shown the own row and no other. The order is not specified.
         */
        get: operations["memberships.list"];
        put?: never;
        /**
         * Invite somebody
         * @description Makes a pending invitation, which becomes a membership once the person accepts; that is done
         *     elsewhere, by no operation of this API. Only an owner invites an owner.
         */
        post: operations["memberships.invite"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/orgs/{id}/memberships/{user_id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of the caller's org.
                 * @example org_acme
                 */
                id: components["parameters"]["OwnOrgId"];
                /**
                 * @description The user of a membership (`workos_user_id`), or the id of a membership or invitation.
                 * @example usr_acme_member
                 */
                user_id: components["parameters"]["MembershipUserId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Remove a member, or take an invitation back
         * @description The person is in the org no longer, and the address can be invited again. Only an owner
         *     removes an owner, an invited one too, and the last owner stays. The sessions of the person in
         *     the org end: each is a 401 from then on, however long it was to last.
         */
        delete: operations["memberships.remove"];
        options?: never;
        head?: never;
        /**
         * Change the role of a member
         * @description Only an owner changes roles. The role of an invitation is not changed: take it back, and
         *     invite anew. Sessions that were issued before keep the role and the scopes that they have.
         */
        patch: operations["memberships.update_role"];
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * @description `org`: the own org only. `community`: every org.
         * @enum {string}
         */
        Visibility: "org" | "community";
        /** @description A pack as one caller sees it. */
        Pack: {
            /** @description Opaque; stays when the image is replaced. */
            id: string;
            /** @description The org that owns the pack. Absent unless that is the caller's own. */
            org_id?: string;
            /** @description A slug, unique in the org. */
            name: string;
            /** @description The name for people. */
            display_name: string;
            description?: string;
            /** @description SemVer 2.0.0. */
            version: string;
            /**
             * @description `recommended` and `verified` packs are shipped by the platform.
             * @enum {string}
             */
            tier: "recommended" | "verified" | "community";
            visibility: components["schemas"]["Visibility"];
            category?: string;
            /** @description A caps.yaml fragment, as text. */
            capabilities?: string;
            /** @description Names of related packs, joined with commas. */
            suggested_packs?: string;
            /**
             * @description Where the image came from.
             * @enum {string}
             */
            image_origin?: "upload" | "image_ref" | "clone";
            /** @description The OCI reference of the image. Of a pack of another org or of the platform it may be absent. */
            image_ref?: string;
            /** @description The digest of the content. */
            image_digest?: string;
            /**
             * Format: int64
             * @description The sum of the sizes of the unpacked files.
             */
            size_bytes?: number;
            /** Format: date-time */
            created_at?: string;
            /** Format: date-time */
            updated_at?: string;
            /** @description Whether the pack belongs to the caller's own org. */
            owned: boolean;
        };
        PackList: {
            packs: components["schemas"]["Pack"][];
        };
        /** @description A file of a pack, without its content. */
        PackFile: {
            /** @description Where it is in the pack, with slashes between the segments and none at the start. */
            path: string;
            /**
             * Format: int64
             * @description Its bytes.
             */
            size: number;
            /** @description The media type that the file is read as, without parameters. */
            mime_type: string;
        };
        PackFiles: {
            entries: components["schemas"]["PackFile"][];
        };
        /** @description A file or folder of a workspace. */
        FileEntry: {
            /** @description Its path, relative to the root of the sandbox. */
            path: string;
            /**
             * Format: int64
             * @description Its size in bytes; of a folder 0.
             */
            size: number;
            /** @description Whether it is a folder. */
            is_dir: boolean;
            /** @description When it was last written, in seconds since 1970, with milliseconds as a fraction. */
            mtime: number;
            /** @description Whether the agent cannot write to it. */
            readonly: boolean;
            /** @description The media type detected. Absent from a folder. */
            mime_type?: string;
        };
        FileEntries: {
            entries: components["schemas"]["FileEntry"][];
        };
        FileContent: {
            entry: components["schemas"]["FileEntry"];
            /** @description The beginning of the file; null where it is not text in UTF-8. */
            content: string | null;
            /** @description Whether the file is longer than what was read of it. */
            truncated: boolean;
        };
        PackDeleted: {
            /** @enum {string} */
            status: "deleted";
        };
        /** @description An OCI reference, with registry, repository, tag and digest as far as they are given. */
        ImageRef: string;
        CreatePack: {
            image_ref: components["schemas"]["ImageRef"];
            visibility?: components["schemas"]["Visibility"];
        };
        /** @description Parts beside these two are ignored. */
        UploadPack: {
            /**
             * Format: binary
             * @description A gzip-compressed tar of the pack's folder.
             */
            archive: Blob;
            visibility?: components["schemas"]["Visibility"];
        };
        /**
         * @description What the `pack.yaml` at the top of a pack says, in an archive, in an image, and as a file that replaces it.
         *     Keys beside these are ignored. None is null.
         */
        PackManifest: {
            name: components["schemas"]["Slug"];
            /** @description SemVer 2.0.0. */
            version: string;
            /** @description The name for people, made of `name` where it is absent. The case of letters within its words and runs of blanks are free then. */
            display_name?: string;
            description?: string;
            category?: string;
            /** @description Of any content. */
            capabilities?: unknown[];
            suggested_packs?: string[];
        };
        ReplacePackImage: {
            image_ref: components["schemas"]["ImageRef"];
        };
        UpdatePackVisibility: {
            visibility: components["schemas"]["Visibility"];
        };
        /** @description The caller's place in an org. */
        Membership: {
            org_id: string;
            role: string;
            /**
             * @description An expired trial still says `trial`.
             * @enum {string}
             */
            billing_status: "active" | "trial" | "past_due" | "decommissioning";
        };
        Session: {
            /** @description `system` for an API key. */
            user_id: string;
            org_id: string;
            /** @description Empty for an API key. */
            email: string;
            /** @description The one that the session was issued with. Empty for an API key. */
            role: string;
            permissions: string[];
            memberships: components["schemas"]["Membership"][];
            /** @description Absent for a person. */
            api_key_label?: string;
            /**
             * @description Absent for a person.
             * @enum {string}
             */
            api_key_permission_set?: "full_access" | "submit_observe" | "read_only";
        };
        /** @description A name of lower-case letters, digits and hyphens, with no hyphen at its ends. */
        Slug: string;
        /**
         * @description Whose models it provides. Of settings in `config`, `vertex` has `project` and `location`, `azure-openai` has `api_version` and `api_type`, and the others have none; any other is refused, with null too.
         * @enum {string}
         */
        ProviderKind: "anthropic" | "openai" | "gemini" | "vertex" | "azure-openai";
        /** @description The host name of the provider's API, of at least two labels. */
        Domain: string;
        /** @description A provider of models. */
        Provider: {
            /** @description Opaque. */
            id: string;
            /** @description The org that it belongs to. */
            org_id?: string;
            name: components["schemas"]["Slug"];
            kind: components["schemas"]["ProviderKind"];
            /** @description The name for people. */
            display_name?: string;
            /** @description The host name of the provider's API. */
            domain: string;
            /** @description The name of the org's credential with which the provider is called. It may be gone. */
            credential_name?: string;
            /** @description The model of roles that name none. */
            default_model?: string;
            /** @description A caps.yaml fragment, as text. */
            capabilities?: string;
            /** @description The settings of its kind. Absent where there are none, as where an empty one was sent. */
            config?: {
                [key: string]: string;
            };
            /** Format: date-time */
            created_at?: string;
            /** Format: date-time */
            updated_at?: string;
            /**
             * Format: date-time
             * @description When it was archived. Absent while it is not.
             */
            archived_at?: string | null;
        };
        ProviderList: {
            providers: components["schemas"]["Provider"][];
        };
        ProviderArchived: {
            /** @enum {string} */
            status: "archived";
            /** @description How many roles were archived with it. */
            cascaded_roles?: number;
        };
        Stopping: {
            /** @enum {string} */
            status: "stopping";
        };
        /** @description Whatever the agent says. */
        AgentSession: Record<string, unknown>;
        Resuming: {
            /** @enum {string} */
            status: "resuming";
        };
        Restarting: {
            /** @enum {string} */
            status: "restarting";
        };
        StoppingCount: {
            stopping: number;
        };
        Fork: {
            /** @description How many of the tasks that have ended, in the order of their ends, the fork has the files of. */
            fork_point_task_count: number;
        };
        ForkAccepted: {
            /** @description The new workspace. */
            workspace_id: string;
            /** @description The one that was forked. */
            parent_workspace_id: string;
            fork_point_task_count: number;
            /** @description The snapshot that the fork begins with. */
            fork_source_snapshot_ref?: string;
            /** @enum {string} */
            status: "provisioning";
        };
        Cancelling: {
            /** @enum {string} */
            status: "cancelling";
        };
        Unarchived: {
            /** @enum {string} */
            status: "unarchived";
        };
        /** @description What is `readOnly` is set by the server. Where it is sent it is ignored, whatever its value, or refused with a 400 on it. */
        CreateProvider: {
            name: components["schemas"]["Slug"];
            kind: components["schemas"]["ProviderKind"];
            domain: components["schemas"]["Domain"];
            display_name?: string;
            credential_name?: components["schemas"]["Slug"];
            default_model?: string;
            capabilities?: string;
            config?: {
                [key: string]: string;
            };
            readonly id?: string | null;
            readonly org_id?: string | null;
            readonly created_at?: string | null;
            readonly updated_at?: string | null;
            readonly archived_at?: string | null;
        };
        UpdateProvider: {
            domain?: components["schemas"]["Domain"];
            display_name?: string | null;
            credential_name?: string | null;
            default_model?: string | null;
            capabilities?: string | null;
            config?: {
                [key: string]: string | null;
            };
        };
        /** @description Something that happened. Columns that say nothing of it are absent. */
        Event: {
            /** @description A UUIDv7. */
            id: string;
            /** @description The org in which it happened. */
            org_id: string;
            /** @description Who did it; of what a workspace does by itself whoever created it, and of what becomes of a task whoever submitted it. `system` for an API key and for what nobody did. */
            user_id: string;
            /** Format: date-time */
            timestamp: string;
            event_type: components["schemas"]["EventType"];
            /** @enum {string} */
            category: "audit" | "activity";
            /** @enum {string} */
            actor: "control-plane" | "policy-engine" | "agent";
            /** @description The id of the object that was changed, or the name of one that has no id. */
            resource_id?: string;
            workspace_id?: string;
            task_id?: string;
            /** @description The name of the agent role. */
            agent_role?: string;
            /** @description The name of its provider. */
            agent_provider?: string;
            /** @description The host that was asked for. */
            destination?: string;
            method?: string;
            /** @enum {string} */
            decision?: "allow" | "deny";
            phase?: string;
            policy_type?: string;
            /** @description How a task ended. */
            status?: string;
            /** @description What was used, by the name of the counter. */
            debits?: {
                [key: string]: number;
            };
            latency_ms?: number;
            /** @description Why a transform failed, by its name. */
            transforms_failed?: {
                [key: string]: string;
            };
            /** @description Why a credential could not be had, by its name. */
            auth_failures?: {
                [key: string]: string;
            };
        };
        EventPage: {
            events: components["schemas"]["Event"][];
            /** @description Asks for the next page. Absent where the page is not full. */
            cursor?: string;
        };
        /**
         * @description How requests are signed in with it.
         * @enum {string}
         */
        CredentialKind: "oauth2_authorization_code" | "oauth2_client_credentials" | "oauth2_jwt_bearer" | "oauth2_jwt_bearer_with_subject" | "oauth2_client_assertion" | "api_key" | "basic_auth" | "query_api_key";
        /** @description A credential, without its secret. */
        Credential: {
            /** @description Opaque. */
            id: string;
            /** @description The org that it belongs to. */
            org_id?: string;
            /** @description Whose it is, where it is personal. Absent where it is the org's. */
            user_id?: string;
            name: components["schemas"]["Slug"];
            /** @description Who issued it, such as google. */
            provider: string;
            kind: components["schemas"]["CredentialKind"];
            /** @description What it is to be asked for. */
            scopes?: string[];
            /** @description Where the secret is kept. It is a name, and not the secret. */
            durable_ref?: string;
            /** @description What else its kind and provider need. */
            provider_config?: {
                [key: string]: string;
            };
            /**
             * Format: date-time
             * @description When a token was made of it last. Absent where none was.
             */
            last_minted_at?: string;
            /** @description How that went. */
            last_minted_status?: string;
            /** @description Whether people of the org may have one of their own in its place. */
            allow_user_override?: boolean;
            /** @enum {string} */
            status: "active" | "needs_reauth" | "failed" | "revoked";
            /** Format: date-time */
            created_at?: string;
        };
        CredentialList: {
            credentials: components["schemas"]["Credential"][];
        };
        CredentialCreated: components["schemas"]["Credential"] & {
            /** @description The path of its start. An authorization code alone has one. */
            next?: string;
        };
        CreateCredential: {
            name: components["schemas"]["Slug"];
            provider: components["schemas"]["Slug"];
            kind: components["schemas"]["CredentialKind"];
            scopes?: string[];
            provider_config?: {
                [key: string]: string;
            };
            /**
             * @description Whether it is the caller's own. It is the org's without it. It overrides one of the org that has
             *     its name, provider and kind and `allow_user_override`; a secret, a config or
             *     `allow_user_override` beside it is a 400 on that field.
             */
            personal?: boolean;
            /** @description Whether people of the org may have one of their own in its place. They may not without it. */
            allow_user_override?: boolean;
            /** @description The text of a JSON object. */
            service_account_json?: string;
            client_secret?: string;
            api_key?: string;
            password?: string;
        };
        CredentialDeleted: {
            /** @enum {string} */
            status: "deleted";
        };
        OAuthStart: {
            /** @description An absolute address. */
            auth_url: string;
        };
        Statistics: {
            buckets: {
                /** @description The values of the columns of `group_by`. */
                group: {
                    [key: string]: string;
                };
                /** @description The start of a step of time, or the range of a number. */
                bucket?: string;
                value: number;
            }[];
        };
        /**
         * @description Where the agents of a role work.
         * @enum {string}
         */
        RoleEnvironment: "development" | "staging" | "production";
        /** @enum {string} */
        ThinkingEffort: "high" | "medium" | "low" | "off";
        /**
         * @description How workspaces are kept ready; empty, none are.
         * @enum {string}
         */
        PoolPolicy: "" | "static" | "dynamic";
        /** @description An agent role. */
        Role: {
            /** @description Opaque. */
            id: string;
            /** @description The org that it belongs to. */
            org_id?: string;
            name: components["schemas"]["Slug"];
            /** @description The name for people. */
            display_name?: string;
            description?: string;
            /** @description The provider of the org whose models it uses. */
            provider_id: string;
            /** @description Its model, in place of the provider's default. */
            model?: string;
            /** @description A YAML list, as text. */
            capabilities?: string;
            environment?: components["schemas"]["RoleEnvironment"];
            environment_description?: string;
            /** @description Kept and shown, like `idle_timeout_seconds` and those of the pool: what comes of them is no part of this contract. */
            task_timeout_seconds?: number;
            idle_timeout_seconds?: number;
            thinking_effort?: components["schemas"]["ThinkingEffort"];
            max_continuations?: number;
            max_context_tokens?: number;
            pool_policy?: components["schemas"]["PoolPolicy"];
            pool_size?: number;
            pool_max_size?: number;
            /** @description The packs that it attaches, in the order that they were sent in. */
            pack_ids?: string[];
            /** Format: date-time */
            created_at?: string;
            /** Format: date-time */
            updated_at?: string;
            /**
             * Format: date-time
             * @description When it was archived. Absent while it is not.
             */
            archived_at?: string | null;
        };
        RoleList: {
            agent_roles: components["schemas"]["Role"][];
        };
        Archived: {
            /** @enum {string} */
            status: "archived";
        };
        /** @description What is `readOnly` is set by the server. Where it is sent it is ignored, whatever its value, or refused with a 400 on it. */
        CreateRole: {
            name: components["schemas"]["Slug"];
            provider_id: string;
            display_name?: string;
            description?: string;
            model?: string;
            capabilities?: string;
            environment_description?: string;
            task_timeout_seconds?: number;
            idle_timeout_seconds?: number;
            thinking_effort?: components["schemas"]["ThinkingEffort"];
            max_continuations?: number;
            max_context_tokens?: number;
            pool_size?: number;
            pool_max_size?: number;
            environment?: components["schemas"]["RoleEnvironment"];
            pool_policy?: components["schemas"]["PoolPolicy"];
            pack_ids?: string[];
            readonly id?: string | null;
            readonly org_id?: string | null;
            readonly created_at?: string | null;
            readonly updated_at?: string | null;
            readonly archived_at?: string | null;
        };
        UpdateRole: {
            provider_id?: string;
            display_name?: string | null;
            description?: string | null;
            model?: string | null;
            capabilities?: string | null;
            environment_description?: string | null;
            task_timeout_seconds?: number | null;
            idle_timeout_seconds?: number | null;
            /** @enum {string|null} */
            thinking_effort?: "high" | "medium" | "low" | "off" | null;
            max_continuations?: number | null;
            max_context_tokens?: number | null;
            pool_size?: number | null;
            pool_max_size?: number | null;
            environment?: components["schemas"]["RoleEnvironment"];
            pool_policy?: components["schemas"]["PoolPolicy"];
            pack_ids?: string[];
        };
        /** @description A workspace of an agent role. */
        Workspace: {
            /** @description Opaque. */
            id: string;
            /** @description The org that it belongs to. */
            org_id: string;
            /** @description The role of the agent that works in it. */
            role_id: string;
            environment?: string;
            status: components["schemas"]["WorkspaceStatus"];
            /** @description Who created it; `system`, where an API key did. */
            created_by_user_id?: string;
            /** @description The snapshot of its files of the last stop. Absent where there is none. */
            snapshot_ref?: string;
            /** @description Why the last snapshot could not be taken. Absent where it could. */
            last_snapshot_error?: string;
            /** @description The workspace that it is a fork of. */
            parent_workspace_id?: string;
            /** @description The snapshot that a fork began with. */
            fork_source_snapshot_ref?: string;
            /** @description After how many tasks of its parent a fork begins. */
            fork_point_task_count?: number;
            /**
             * @description Whether what runs has the packs that its role attaches now.
             * @enum {string}
             */
            pack_status?: "current" | "stale" | "unknown";
            /** Format: date-time */
            created_at?: string;
            /** Format: date-time */
            updated_at?: string;
            /**
             * Format: date-time
             * @description When it was archived; null while it is not.
             */
            archived_at?: string | null;
        };
        /** @description Of which role it is, by id or by name, and in which environment. */
        CreateWorkspace: {
            role_id?: string;
            role_name?: string;
            environment?: components["schemas"]["RoleEnvironment"];
        };
        /**
         * @description What a workspace is doing. Archived is no status. The steps of its life cycle:
         *
         *     | from | by | to |
         *     |---|---|---|
         *     | none; stopped | it is made; it is resumed | provisioning |
         *     | provisioning | itself | idle |
         *     | idle | a task that is delivered | busy |
         *     | busy | the end of its task, where no other is delivered | idle |
         *     | idle, busy | a stop | stopping |
         *     | stopping | itself, with a snapshot | stopped |
         *     | idle, busy with `force` | a restart, with a snapshot | provisioning |
         *     | any | what goes wrong with it | failed |
         * @enum {string}
         */
        WorkspaceStatus: "provisioning" | "idle" | "busy" | "stopping" | "stopped" | "failed";
        WorkspaceList: {
            workspaces: components["schemas"]["Workspace"][];
        };
        /** @description A task of a workspace. */
        Task: {
            /** @description Opaque. */
            id: string;
            /** @description The org that it belongs to. */
            org_id?: string;
            /** @description The workspace whose agent works on it. */
            workspace_id: string;
            /** @description What is to be done, as it was submitted. */
            description?: string;
            status: components["schemas"]["TaskStatus"];
            /** Format: date-time */
            created_at: string;
            /**
             * Format: date-time
             * @description When it ended, however it did. Absent until then.
             */
            completed_at?: string;
            /** @description How long it took, from created_at to completed_at. Absent until it has ended. */
            duration_seconds?: number;
            /** @description Why it ended otherwise than completed. */
            reason?: string;
        };
        /** @description A task, and of which role the new workspace is that works on it, by id or by name. */
        SubmitTask: {
            role_id?: string;
            role_name?: string;
            environment?: components["schemas"]["RoleEnvironment"];
            /** @description What is to be done. */
            description: string;
            thinking_effort?: components["schemas"]["ThinkingEffort"];
            max_continuations?: number;
            max_context_tokens?: number;
        };
        /** @description The same as a form, with files. Other parts are ignored. */
        SubmitTaskForm: {
            role_id?: string;
            role_name?: string;
            environment?: components["schemas"]["RoleEnvironment"];
            /** @description What is to be done. */
            description: string;
            thinking_effort?: components["schemas"]["ThinkingEffort"];
            max_continuations?: number;
            max_context_tokens?: number;
            /**
             * @description Files for the agent, which finds them below `data/uploads` and the id of the task. Each has a
             *     name of its own, of letters, digits, blanks, dots, underlines and hyphens.
             */
            file?: Blob[];
        };
        /** @description A task for a workspace that is there. */
        SubmitToWorkspace: {
            /** @description What is to be done. */
            description: string;
            thinking_effort?: components["schemas"]["ThinkingEffort"];
            max_continuations?: number;
            max_context_tokens?: number;
            reset_session?: boolean;
            /** @description Whatever whoever submits wants to keep with it. */
            metadata?: Record<string, unknown>;
        };
        /** @description The same as a form, with files. Other parts are ignored. */
        SubmitToWorkspaceForm: {
            /** @description What is to be done. */
            description: string;
            thinking_effort?: components["schemas"]["ThinkingEffort"];
            max_continuations?: number;
            max_context_tokens?: number;
            reset_session?: boolean;
            /**
             * @description Files for the agent, which finds them below `data/uploads` and the id of the task. Each has a
             *     name of its own, of letters, digits, blanks, dots, underlines and hyphens.
             */
            file?: Blob[];
        };
        TaskAccepted: {
            /** @description The new task. */
            task_id: string;
            /** @description The workspace whose agent works on it. */
            workspace_id: string;
            /** @enum {string} */
            status: "submitted";
        };
        /**
         * @description What has become of a task; the last four are ends. The steps of its life cycle:
         *
         *     | from | by | to |
         *     |---|---|---|
         *     | submitted | itself, the oldest first, once its workspace is idle | delivered, or delivery_failed where its agent is not reached |
         *     | delivered | itself | running |
         *     | running | itself | compacting, and running again |
         *     | running, compacting | itself | completed, or failed |
         *     | submitted, delivered, running, compacting | a cancellation | cancelled |
         *     | delivered, running, compacting | a stop or restart of its workspace | cancelled |
         *     | delivered, running, compacting | the failure of its workspace | failed |
         *     | submitted | a stop or the failure of its workspace | delivery_failed |
         * @enum {string}
         */
        TaskStatus: "submitted" | "delivered" | "running" | "compacting" | "completed" | "failed" | "cancelled" | "delivery_failed";
        /** @description The newest first. */
        TaskList: components["schemas"]["Task"][];
        /** @description A secret, without its value. */
        Secret: {
            /** @description Unique in the org. */
            name: string;
            /**
             * Format: date-time
             * @description When it was set first.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it was set last.
             */
            updated_at: string;
        };
        SecretList: {
            secrets: components["schemas"]["Secret"][];
        };
        SetSecret: {
            /** @description What is kept. No answer shows it. */
            value: string;
        };
        SecretDeleted: {
            /** @enum {string} */
            status: "deleted";
        };
        ApiKey: {
            id: string;
            label: string;
            /** @description The beginning and the end of the value, by which people tell keys apart. */
            prefix: string;
            permission_set: components["schemas"]["PermissionSet"];
            /** Format: date-time */
            created_at: string;
        };
        ApiKeyList: {
            api_keys: components["schemas"]["ApiKey"][];
        };
        /**
         * @description Which scopes a key has. None of the three may make keys, or touch members and billing.
         * @enum {string}
         */
        PermissionSet: "full_access" | "submit_observe" | "read_only";
        CreateApiKey: {
            /** @description What the key is for. Several keys may have one label. */
            label: string;
            permission_set: components["schemas"]["PermissionSet"];
        };
        ApiKeyCreated: {
            id: string;
            label: string;
            prefix: string;
            permission_set: components["schemas"]["PermissionSet"];
            /** @description The key itself. No other answer shows it. */
            value: string;
        };
        ApiKeyRevoked: {
            /** @enum {string} */
            status: "revoked";
        };
        OrgMembership: {
            id: string;
            org_id: string;
            /** @description The user; empty while the invitation is pending. */
            workos_user_id: string;
            email: string;
            role: components["schemas"]["MemberRole"];
            invited_by?: string;
            /** Format: date-time */
            invited_at: string;
            /** Format: date-time */
            accepted_at?: string | null;
        };
        /** @enum {string} */
        MemberRole: "owner" | "operator" | "member";
        OrgMembershipList: {
            memberships: components["schemas"]["OrgMembership"][];
        };
        Invitation: {
            /** @description One address of the form name@domain, whose domain has two labels at least. */
            email: string;
            role: components["schemas"]["MemberRole"];
        };
        MembershipRole: {
            role: components["schemas"]["MemberRole"];
        };
        MembershipRemoved: {
            /** @enum {string} */
            status: "deleted";
        };
        /**
         * @description The closed enum of error codes.
         * @enum {string}
         */
        ErrorCode: "validation_error" | "invalid_cursor" | "unauthenticated" | "permission_denied" | "workspace_not_visible" | "not_found" | "pack_not_found" | "file_not_found" | "provider_not_found" | "role_not_found" | "workspace_not_found" | "task_not_found" | "snapshot_not_found" | "credential_not_found" | "secret_not_found" | "api_key_not_found" | "membership_not_found" | "method_not_allowed" | "pack_exists" | "pack_in_use" | "pack_not_editable" | "provider_exists" | "role_exists" | "provider_archived" | "role_archived" | "workspaces_active" | "workspace_archived" | "workspace_busy" | "invalid_state" | "workspace_stopped" | "workspace_failed" | "workspace_provisioning" | "credential_exists" | "not_archived" | "membership_exists" | "pending_invitation" | "last_owner" | "payload_too_large" | "unsupported_media_type" | "billing_inactive" | "registry_cleanup_failed" | "agent_unreachable" | "auth_disabled" | "secrets_disabled";
        ErrorBody: {
            /** @enum {string} */
            code: "validation_error";
            /** @description A summary for people. */
            message: string;
            /** @description The server's id of the request, to find it in the logs. */
            request_id: string;
            details: {
                /** @description The name of a field, part or parameter, and what is wrong with it. */
                fields: {
                    [key: string]: string;
                };
            };
        } | {
            /** @enum {string} */
            code: "pack_in_use";
            /** @description A summary for people. */
            message: string;
            /** @description The server's id of the request, to find it in the logs. */
            request_id: string;
            details: {
                /** @description How many roles stand in the way. */
                roles: number;
            };
        } | {
            /** @enum {string} */
            code: "workspaces_active";
            /** @description A summary for people. */
            message: string;
            /** @description The server's id of the request, to find it in the logs. */
            request_id: string;
            details: {
                /** @description How many workspaces run. */
                workspaces: number;
            };
        } | {
            /** @enum {string} */
            code: "invalid_cursor" | "unauthenticated" | "permission_denied" | "workspace_not_visible" | "not_found" | "pack_not_found" | "file_not_found" | "provider_not_found" | "role_not_found" | "workspace_not_found" | "task_not_found" | "snapshot_not_found" | "credential_not_found" | "secret_not_found" | "api_key_not_found" | "membership_not_found" | "method_not_allowed" | "pack_exists" | "pack_not_editable" | "provider_exists" | "role_exists" | "provider_archived" | "role_archived" | "workspace_archived" | "workspace_busy" | "invalid_state" | "workspace_stopped" | "workspace_failed" | "workspace_provisioning" | "credential_exists" | "not_archived" | "membership_exists" | "pending_invitation" | "last_owner" | "payload_too_large" | "unsupported_media_type" | "billing_inactive" | "registry_cleanup_failed" | "agent_unreachable" | "auth_disabled" | "secrets_disabled";
            /** @description A summary for people. */
            message: string;
            /** @description The server's id of the request, to find it in the logs. */
            request_id: string;
            /**
             * @description What else is known. A validation error has `fields`, a text for each field, part or parameter,
             *     for `body` as a whole, `archive` or `image_ref` for what is inside one, and `path` of a file.
             */
            details?: Record<string, unknown>;
        };
        /** @description The one shape of every error. */
        Error: {
            error: components["schemas"]["ErrorBody"];
        };
        ValidationFailedError: components["schemas"]["Error"] & {
            error?: {
                /** @enum {string} */
                code?: "validation_error";
                details: {
                    /** @description The name of a field, part or parameter, and what is wrong with it. */
                    fields: {
                        [key: string]: string;
                    };
                };
            };
        };
        EventsRefusedError: components["schemas"]["Error"] & {
            error?: {
                /** @enum {string} */
                code?: "validation_error" | "invalid_cursor";
            };
        };
        UnauthenticatedError: components["schemas"]["Error"] & {
            error?: {
                /** @enum {string} */
                code?: "unauthenticated";
            };
        };
        PermissionDeniedError: components["schemas"]["Error"] & {
            error?: {
                /** @enum {string} */
                code?: "permission_denied";
            };
        };
        WorkspaceNotVisibleError: components["schemas"]["Error"] & {
            error?: {
                /** @enum {string} */
                code?: "permission_denied" | "workspace_not_visible";
            };
        };
        WorkspaceNotFoundError: components["schemas"]["Error"] & {
            error?: {
                /** @enum {string} */
                code?: "workspace_not_found";
            };
        };
        WorkspaceOrSnapshotNotFoundError: components["schemas"]["Error"] & {
            error?: {
                /** @enum {string} */
                code?: "snapshot_not_found" | "workspace_not_found";
            };
        };
        WorkspaceSnapshotOrFileNotFoundError: components["schemas"]["Error"] & {
            error?: {
                /** @enum {string} */
                code?: "file_not_found" | "snapshot_not_found" | "workspace_not_found";
            };
        };
        WorkspaceOrFileNotFoundError: components["schemas"]["Error"] & {
            error?: {
                /** @enum {string} */
                code?: "file_not_found" | "workspace_not_found";
            };
        };
        WorkspaceNotRunningError: components["schemas"]["Error"] & {
            error?: {
                /** @enum {string} */
                code?: "workspace_stopped" | "workspace_failed" | "workspace_provisioning";
            };
        };
        AgentUnreachableError: components["schemas"]["Error"] & {
            error?: {
                /** @enum {string} */
                code?: "agent_unreachable";
            };
        };
        WorkspaceOrTaskNotFoundError: components["schemas"]["Error"] & {
            error?: {
                /** @enum {string} */
                code?: "workspace_not_found" | "task_not_found";
            };
        };
        PackNotFoundError: components["schemas"]["Error"] & {
            error?: {
                /** @enum {string} */
                code?: "pack_not_found";
            };
        };
        PackOrFileNotFoundError: components["schemas"]["Error"] & {
            error?: {
                /** @enum {string} */
                code?: "pack_not_found" | "file_not_found";
            };
        };
        PackExistsError: components["schemas"]["Error"] & {
            error?: {
                /** @enum {string} */
                code?: "pack_exists";
            };
        };
        PackInUseError: components["schemas"]["Error"] & {
            error?: {
                /** @enum {string} */
                code?: "pack_in_use";
                details: {
                    /** @description How many roles stand in the way. */
                    roles: number;
                };
            };
        };
        PackNotEditableError: components["schemas"]["Error"] & {
            error?: {
                /** @enum {string} */
                code?: "pack_not_editable";
            };
        };
        ProviderNotFoundError: components["schemas"]["Error"] & {
            error?: {
                /** @enum {string} */
                code?: "provider_not_found";
            };
        };
        ProviderExistsError: components["schemas"]["Error"] & {
            error?: {
                /** @enum {string} */
                code?: "provider_exists";
            };
        };
        RoleNotFoundError: components["schemas"]["Error"] & {
            error?: {
                /** @enum {string} */
                code?: "role_not_found";
            };
        };
        RoleNotMadeError: components["schemas"]["Error"] & {
            error?: {
                /** @enum {string} */
                code?: "role_exists" | "provider_archived";
            };
        };
        ProviderArchivedError: components["schemas"]["Error"] & {
            error?: {
                /** @enum {string} */
                code?: "provider_archived";
            };
        };
        RoleNotUnarchivedError: components["schemas"]["Error"] & {
            error?: {
                /** @enum {string} */
                code?: "not_archived" | "provider_archived";
            };
        };
        RoleArchivedError: components["schemas"]["Error"] & {
            error?: {
                /** @enum {string} */
                code?: "role_archived";
            };
        };
        NotResumedError: components["schemas"]["Error"] & {
            error?: {
                /** @enum {string} */
                code?: "workspace_archived" | "provider_archived" | "role_archived" | "invalid_state";
            };
        };
        NotRestartedError: components["schemas"]["Error"] & {
            error?: {
                /** @enum {string} */
                code?: "workspace_archived" | "invalid_state" | "workspace_busy";
            };
        };
        NotForkedError: components["schemas"]["Error"] & {
            error?: {
                /** @enum {string} */
                code?: "workspace_archived" | "role_archived";
            };
        };
        TaskNotTakenError: components["schemas"]["Error"] & {
            error?: {
                /** @enum {string} */
                code?: "workspace_archived" | "workspace_stopped" | "workspace_failed";
            };
        };
        InvalidStateError: components["schemas"]["Error"] & {
            error?: {
                /** @enum {string} */
                code?: "invalid_state";
            };
        };
        WorkspacesActiveError: components["schemas"]["Error"] & {
            error?: {
                /** @enum {string} */
                code?: "workspaces_active";
                details: {
                    /** @description How many workspaces run. */
                    workspaces: number;
                };
            };
        };
        NotArchivedError: components["schemas"]["Error"] & {
            error?: {
                /** @enum {string} */
                code?: "not_archived";
            };
        };
        PayloadTooLargeError: components["schemas"]["Error"] & {
            error?: {
                /** @enum {string} */
                code?: "payload_too_large";
            };
        };
        UnsupportedMediaTypeError: components["schemas"]["Error"] & {
            error?: {
                /** @enum {string} */
                code?: "unsupported_media_type";
            };
        };
        BillingInactiveError: components["schemas"]["Error"] & {
            error?: {
                /** @enum {string} */
                code?: "billing_inactive";
            };
        };
        RegistryCleanupFailedError: components["schemas"]["Error"] & {
            error?: {
                /** @enum {string} */
                code?: "registry_cleanup_failed";
            };
        };
        CredentialNotFoundError: components["schemas"]["Error"] & {
            error?: {
                /** @enum {string} */
                code?: "credential_not_found";
            };
        };
        CredentialExistsError: components["schemas"]["Error"] & {
            error?: {
                /** @enum {string} */
                code?: "credential_exists";
            };
        };
        AuthDisabledError: components["schemas"]["Error"] & {
            error?: {
                /** @enum {string} */
                code?: "auth_disabled";
            };
        };
        SecretNotFoundError: components["schemas"]["Error"] & {
            error?: {
                /** @enum {string} */
                code?: "secret_not_found";
            };
        };
        MembershipNotFoundError: components["schemas"]["Error"] & {
            error?: {
                /** @enum {string} */
                code?: "membership_not_found";
            };
        };
        MembershipExistsError: components["schemas"]["Error"] & {
            error?: {
                /** @enum {string} */
                code?: "membership_exists";
            };
        };
        RoleStaysError: components["schemas"]["Error"] & {
            error?: {
                /** @enum {string} */
                code?: "pending_invitation" | "last_owner";
            };
        };
        LastOwnerError: components["schemas"]["Error"] & {
            error?: {
                /** @enum {string} */
                code?: "last_owner";
            };
        };
        ApiKeyNotFoundError: components["schemas"]["Error"] & {
            error?: {
                /** @enum {string} */
                code?: "api_key_not_found";
            };
        };
        SecretsDisabledError: components["schemas"]["Error"] & {
            error?: {
                /** @enum {string} */
                code?: "secrets_disabled";
            };
        };
        /**
         * @description What happened.
         * @enum {string}
         */
        EventType: "api_key.created" | "api_key.revoked" | "credential.created" | "credential.deleted" | "credential.oauth_started" | "credential.status_changed" | "membership.accepted" | "membership.invited" | "membership.removed" | "membership.role_changed" | "pack.created" | "pack.deleted" | "pack.file_replaced" | "pack.image_replaced" | "pack.visibility_changed" | "policy_decision" | "provider.archived" | "provider.created" | "provider.unarchived" | "provider.updated" | "role.archived" | "role.created" | "role.unarchived" | "role.updated" | "secret.deleted" | "secret.set" | "task_cancel_requested" | "task_compacting" | "task_completed" | "task_delivered" | "task_running" | "task_submitted" | "workspace_archived" | "workspace_created" | "workspace_failed" | "workspace_forked" | "workspace_ready" | "workspace_restarted" | "workspace_resumed" | "workspace_stopped" | "workspace_stopping" | "workspace_unarchived";
        /**
         * @description What happens in a workspace, or to a task.
         * @enum {string}
         */
        ActivityType: "task_cancel_requested" | "task_compacting" | "task_completed" | "task_delivered" | "task_running" | "task_submitted" | "workspace_archived" | "workspace_created" | "workspace_failed" | "workspace_forked" | "workspace_ready" | "workspace_restarted" | "workspace_resumed" | "workspace_stopped" | "workspace_stopping" | "workspace_unarchived";
        /** @description An event of a workspace, or of one of its tasks: what comes down a stream. */
        Activity: components["schemas"]["Event"] & {
            /** @enum {string} */
            category: "activity";
            event_type: components["schemas"]["ActivityType"];
            workspace_id: string;
        };
    };
    responses: {
        /** @description A query parameter is not one of this operation's, or not what it must be. */
        ParameterRefused: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ValidationFailedError"];
            };
        };
        /** @description A query parameter is not one of this operation's. */
        UnknownParameter: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ValidationFailedError"];
            };
        };
        /** @description The body is not valid, or the image that it names cannot be used. */
        ImageRefused: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ValidationFailedError"];
            };
        };
        /** @description The path, or the content sent, is not valid. */
        FilePathRefused: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ValidationFailedError"];
            };
        };
        /** @description There is no credential, or not a valid one. */
        Unauthenticated: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                "WWW-Authenticate": components["headers"]["Challenge"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["UnauthenticatedError"];
            };
        };
        /** @description The caller lacks the scope. */
        PermissionDenied: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["PermissionDeniedError"];
            };
        };
        /** @description The caller lacks the scope, or the pack belongs to the platform or another org. */
        PackNotOwned: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["PermissionDeniedError"];
            };
        };
        /** @description There is no such pack that the caller's org can see. */
        PackNotFound: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["PackNotFoundError"];
            };
        };
        /** @description There is no such pack that the caller's org can see, or no such file in it. */
        PackOrFileNotFound: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["PackOrFileNotFoundError"];
            };
        };
        /** @description The org already has a pack of this name. */
        PackExists: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["PackExistsError"];
            };
        };
        /** @description The body is not valid, or does not suit the kind of the provider. */
        ProviderRefused: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ValidationFailedError"];
            };
        };
        /** @description The caller's org has no such provider. */
        ProviderNotFound: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ProviderNotFoundError"];
            };
        };
        /** @description The org has a provider of this name, archived or not. */
        ProviderExists: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ProviderExistsError"];
            };
        };
        /** @description The body is not valid, or names a provider or a pack that the org does not see. */
        RoleRefused: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ValidationFailedError"];
            };
        };
        /** @description The caller's org has no such role. */
        RoleNotFound: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["RoleNotFoundError"];
            };
        };
        /** @description The org has a role of this name, archived or not, or the provider is archived. */
        RoleNotMade: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["RoleNotMadeError"];
            };
        };
        /** @description The provider that the role is to be moved to is archived. */
        RoleNotMoved: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ProviderArchivedError"];
            };
        };
        /** @description The role is not archived, or its provider is. */
        RoleNotUnarchived: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["RoleNotUnarchivedError"];
            };
        };
        /** @description Workspaces of the role, or of the roles of the provider, run. */
        WorkspacesActive: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["WorkspacesActiveError"];
            };
        };
        /** @description The caller's org has no role of the name that is asked for. */
        RoleNameUnknown: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["RoleNotFoundError"];
            };
        };
        /** @description The caller lacks the scope. */
        WorkspacesNotReadable: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["PermissionDeniedError"];
            };
        };
        /**
         * @description The caller lacks the scope; or holds it for what is the caller's own alone, and somebody else
         *     created the workspace.
         */
        WorkspaceNotVisible: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["WorkspaceNotVisibleError"];
            };
        };
        /**
         * @description The caller lacks the scope; or holds it for what is the caller's own alone, and somebody else
         *     created the workspace.
         */
        InWorkspaceNotVisible: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["WorkspaceNotVisibleError"];
            };
        };
        /** @description The caller's org has no such workspace, or the workspace no such task. */
        WorkspaceOrTaskNotFound: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["WorkspaceOrTaskNotFoundError"];
            };
        };
        /** @description The body or a parameter is wrong, or the body names no role, or names it twice. */
        WorkspaceRefused: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ValidationFailedError"];
            };
        };
        /** @description The body or a parameter is wrong; of a new workspace, it names no role, or names it twice. */
        TaskRefused: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ValidationFailedError"];
            };
        };
        /** @description The workspace is archived, has been stopped, or has failed. */
        TaskNotTaken: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["TaskNotTakenError"];
            };
        };
        /** @description The agent of the workspace does not run; the code says why. */
        AgentNotRunning: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["WorkspaceNotRunningError"];
            };
        };
        /** @description Nobody can reach the agent of the workspace. */
        AgentUnreachable: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["AgentUnreachableError"];
            };
        };
        /** @description The caller's org has no role of the id or name in the body. */
        RoleOfWorkspaceNotFound: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["RoleNotFoundError"];
            };
        };
        /** @description The role is archived. */
        RoleArchived: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["RoleArchivedError"];
            };
        };
        /**
         * @description The caller lacks the scope; or holds it for what is the caller's own alone, and somebody else
         *     created the workspace.
         */
        WorkspaceNotWritable: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["WorkspaceNotVisibleError"];
            };
        };
        /** @description The workspace has a status in which this cannot be done. */
        WorkspaceInvalidState: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["InvalidStateError"];
            };
        };
        /** @description The workspace does not run, or does not yet. */
        WorkspaceNotStopped: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["InvalidStateError"];
            };
        };
        /** @description The caller's org has no such workspace, or the workspace no snapshot. */
        WorkspaceOrSnapshotNotFound: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["WorkspaceOrSnapshotNotFoundError"];
            };
        };
        /** @description The caller's org has no such workspace, the workspace no snapshot, or the snapshot no such file. */
        WorkspaceSnapshotOrFileNotFound: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["WorkspaceSnapshotOrFileNotFoundError"];
            };
        };
        /** @description The caller's org has no such workspace, or its sandbox no such file. */
        WorkspaceOrFileNotFound: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["WorkspaceOrFileNotFoundError"];
            };
        };
        /** @description The path is not valid, or a query parameter is not one of this operation's or not what it must be. */
        WorkspaceFileRefused: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ValidationFailedError"];
            };
        };
        /** @description The workspace is not running, so that it has no sandbox. */
        SandboxNotRunning: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["WorkspaceNotRunningError"];
            };
        };
        /** @description Nobody can reach the agent of the workspace. */
        SandboxUnreachable: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["AgentUnreachableError"];
            };
        };
        /** @description The caller lacks the scope; or holds it for what is the caller's own alone, and somebody else created the workspace. */
        WorkspaceNotForTasks: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["WorkspaceNotVisibleError"];
            };
        };
        /** @description The workspace is archived, its role or the provider of that is, or it is not stopped. */
        WorkspaceNotResumed: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["NotResumedError"];
            };
        };
        /** @description The workspace is archived, is neither idle nor busy, or is busy and is not to be forced. */
        WorkspaceNotRestarted: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["NotRestartedError"];
            };
        };
        /** @description The workspace is archived, or its role is. */
        WorkspaceNotForked: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["NotForkedError"];
            };
        };
        /** @description The body is not valid, or the workspace has not ended so many tasks. */
        ForkRefused: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ValidationFailedError"];
            };
        };
        /** @description The caller's org has no such workspace. */
        WorkspaceNotFound: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["WorkspaceNotFoundError"];
            };
        };
        /** @description It is not archived. */
        NotArchived: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["NotArchivedError"];
            };
        };
        /**
         * @description The body is larger than the operation takes. Or the server cannot keep what the request would make it keep:
         *     then `details.limit` is how many bytes it keeps in all.
         */
        PayloadTooLarge: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["PayloadTooLargeError"];
            };
        };
        /** @description The body is of another media type. */
        UnsupportedMediaType: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["UnsupportedMediaTypeError"];
            };
        };
        /** @description The org is past due, being decommissioned, or its trial has expired. */
        BillingInactive: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["BillingInactiveError"];
            };
        };
        /** @description The body is not valid, does not suit the kind, or there is nothing that it could override. */
        CredentialRefused: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ValidationFailedError"];
            };
        };
        /** @description The credential is no authorization code. */
        CredentialNotStarted: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ValidationFailedError"];
            };
        };
        /**
         * @description The caller does not hold a scope that is asked for. Or the caller holds it as `auth:write:own` alone and the
         *     credential is the org's, or it is the personal one of somebody else.
         */
        CredentialNotOwned: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["PermissionDeniedError"];
            };
        };
        /** @description The caller's org has no such credential, or it is the personal one of somebody else. */
        CredentialNotFound: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["CredentialNotFoundError"];
            };
        };
        /** @description The org has a credential of this name, or the caller a personal one. */
        CredentialExists: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["CredentialExistsError"];
            };
        };
        /** @description The billing posture of the caller's org lets nothing be made; that this operation asks for it is assumed. */
        BillingAssumedInactive: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["BillingInactiveError"];
            };
        };
        /** @description The org cannot use credentials at present. */
        AuthDisabled: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["AuthDisabledError"];
            };
        };
        /** @description The name or the body is not valid. */
        SecretRefused: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ValidationFailedError"];
            };
        };
        /** @description A parameter is not valid, or the cursor is none, or one of another query. */
        EventsRefused: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["EventsRefusedError"];
            };
        };
        /** @description A parameter is not valid, or does not go with another. */
        StatisticsRefused: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ValidationFailedError"];
            };
        };
        /** @description The name is not valid. */
        SecretNameRefused: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ValidationFailedError"];
            };
        };
        /** @description The org has no secret of this name. */
        SecretNotFound: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["SecretNotFoundError"];
            };
        };
        /** @description The label or the permission set is refused. */
        ApiKeyRefused: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ValidationFailedError"];
            };
        };
        /** @description The caller's org has no such API key, or it was revoked. */
        ApiKeyNotFound: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ApiKeyNotFoundError"];
            };
        };
        /** @description The caller lacks the scope or the role, or the path names another org. */
        OrgNotOwn: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["PermissionDeniedError"];
            };
        };
        /** @description The address or the role is refused. */
        InvitationRefused: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ValidationFailedError"];
            };
        };
        /** @description There is no such role. */
        MemberRoleRefused: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ValidationFailedError"];
            };
        };
        /** @description The org has no such membership or invitation. */
        MembershipNotFound: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["MembershipNotFoundError"];
            };
        };
        /** @description Somebody of this e-mail address is in the org, or invited. */
        MembershipExists: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["MembershipExistsError"];
            };
        };
        /** @description The invitation is pending, or the org would be left without an owner. */
        RoleStays: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["RoleStaysError"];
            };
        };
        /** @description The org would be left without an owner. */
        OwnerStays: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["LastOwnerError"];
            };
        };
        /** @description The org cannot use secrets at present. */
        SecretsDisabled: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["SecretsDisabledError"];
            };
        };
    };
    parameters: {
        /**
         * @description The id of a pack. Opaque.
         * @example pack_01HZ
         */
        PackId: string;
        /**
         * @description The id of a provider. Opaque.
         * @example provider_01HZ
         */
        ProviderId: string;
        /**
         * @description The id of an API key. Opaque.
         * @example api_key_01HZ
         */
        ApiKeyId: string;
        /**
         * @description The id of a credential. Opaque.
         * @example cred_01HZ
         */
        CredentialId: string;
        /**
         * @description The id of the caller's org.
         * @example org_acme
         */
        OwnOrgId: string;
        /**
         * @description The user of a membership (`workos_user_id`), or the id of a membership or invitation.
         * @example usr_acme_member
         */
        MembershipUserId: string;
        /**
         * @description The id of an agent role. Opaque.
         * @example role_01HZ
         */
        RoleId: string;
        /**
         * @description The id of a workspace. Opaque.
         * @example ws_01HZ
         */
        WorkspaceId: string;
        /**
         * @description The id of a task. Opaque.
         * @example task_01HZ
         */
        TaskId: string;
        /** @description Whether a workspace that is busy is restarted too. */
        Force: boolean;
        /** @description Whether archived ones are in the list too. */
        IncludeArchived: boolean;
        /**
         * @description The name of a role of the org, in use or archived. The list holds the workspaces of this role alone.
         * @example dev
         */
        RoleName: string;
        /**
         * @description The path of a file inside the pack. Each segment is percent-encoded on its own, the slashes
         *     between them are bare. A `.`, `..` or empty segment, a NUL and an encoded slash are refused.
         * @example guides/first-steps.md
         */
        FilePath: string;
        /**
         * @description The path of a file in the snapshot. Each segment is percent-encoded on its own, the slashes
         *     between them are bare. A `.`, `..` or empty segment, a NUL and an encoded slash are refused.
         * @example workspace/notes.md
         */
        SnapshotPath: string;
        /**
         * @description The path of a file in the sandbox. Each segment is percent-encoded on its own, the slashes
         *     between them are bare. A `.`, `..` or empty segment, a NUL and an encoded slash are refused.
         * @example workspace/notes.md
         */
        SandboxPath: string;
        /** @description How many bytes of the file are read at most. */
        MaxBytes: number;
        /**
         * @description `column=a,b` keeps the events whose column is one of the values, `column!=a,b` those whose column
         *     is none of them or that lack it, `column!=` those that have it. All filters that are sent must hold.
         *     The first operator splits, a value has no comma, and nothing is escaped.
         * @example [
         *       "event_type=provider.created"
         *     ]
         */
        EventFilter: string[];
        /**
         * @description The first moment of the events. In a URL the `+` of an offset is written `%2B`.
         * @example 2026-06-01T00:00:00Z
         */
        EventsFrom: string;
        /**
         * @description The moment before which the events are.
         * @example 2026-06-02T00:00:00Z
         */
        EventsTo: string;
        /**
         * @description One to three columns. Each group has their values, an empty text where an event has none.
         * @example decision
         */
        EventGroup: string;
        /**
         * @description The length of a step of time, aligned to UTC; a bucket is the start of its step. `auto` is the
         *     finest of which there are a hundred at most, from `from` or the first event to `to` or now, else `1d`.
         */
        EventTimeBucket: "auto" | "5m" | "15m" | "1h" | "6h" | "1d";
        /**
         * @description A number of events, and the rising bounds at which it is split: the buckets of `C:b1,b2` are, in this
         *     order, `<b1`, `b1-b2` and `>=b2`, with the bounds as they are written. Events without the number do not count.
         * @example latency_ms:100,1000
         */
        EventBucket: string;
        /**
         * @description The value of a bucket: the count of its events, or the sum or mean of a number of those that have it.
         * @example avg:latency_ms
         */
        EventMetric: string;
        /**
         * @description `N:COLUMN` keeps the N values of a column of `group_by` that have the highest value of the metric
         *     over all events that count, by name where it is equal.
         * @example 5:decision
         */
        EventTop: string;
        /** @description The id of the last event that was received. */
        LastEventId: string;
        /**
         * @description The id of a task. The list has the events of this task alone.
         * @example task_01HZ
         */
        ActivityOfTask: string;
        /**
         * @description What happened. The list has the events of this type alone.
         * @example task_running
         */
        ActivityOfType: string;
        /**
         * @description The moment after which the events are. It does not go with a cursor.
         * @example 2026-06-01T00:00:00Z
         */
        ActivityAfter: string;
        /** @description By time, and by id where that is equal. Absent it is `desc`, and beside a cursor what it was. */
        EventOrder: "asc" | "desc";
        /** @description How many events a page holds at most. */
        EventLimit: number;
        /** @description The cursor of the page before. Opaque. */
        EventCursor: string;
        /**
         * @description The name of a secret, which need not be there yet.
         * @example WEBHOOK_TOKEN
         */
        NewSecretName: string;
        /**
         * @description The name of a secret.
         * @example WEBHOOK_TOKEN
         */
        SecretName: string;
    };
    requestBodies: never;
    headers: {
        /**
         * @description The id of this request. On an error it is the `request_id` of the envelope.
         * @example 7f3a9c2e
         */
        RequestId: string;
        /**
         * @description That the file is to be saved, and under which name.
         * @example attachment; filename="notes.md"
         */
        Attachment: string;
        /**
         * @description The scheme to sign in with.
         * @example Bearer
         */
        Challenge: string;
    };
    pathItems: never;
}
export type Visibility = components['schemas']['Visibility'];
export type Pack = components['schemas']['Pack'];
export type PackList = components['schemas']['PackList'];
export type PackFile = components['schemas']['PackFile'];
export type PackFiles = components['schemas']['PackFiles'];
export type FileEntry = components['schemas']['FileEntry'];
export type FileEntries = components['schemas']['FileEntries'];
export type FileContent = components['schemas']['FileContent'];
export type PackDeleted = components['schemas']['PackDeleted'];
export type ImageRef = components['schemas']['ImageRef'];
export type CreatePack = components['schemas']['CreatePack'];
export type UploadPack = components['schemas']['UploadPack'];
export type PackManifest = components['schemas']['PackManifest'];
export type ReplacePackImage = components['schemas']['ReplacePackImage'];
export type UpdatePackVisibility = components['schemas']['UpdatePackVisibility'];
export type Membership = components['schemas']['Membership'];
export type Session = components['schemas']['Session'];
export type Slug = components['schemas']['Slug'];
export type ProviderKind = components['schemas']['ProviderKind'];
export type Domain = components['schemas']['Domain'];
export type Provider = components['schemas']['Provider'];
export type ProviderList = components['schemas']['ProviderList'];
export type ProviderArchived = components['schemas']['ProviderArchived'];
export type Stopping = components['schemas']['Stopping'];
export type AgentSession = components['schemas']['AgentSession'];
export type Resuming = components['schemas']['Resuming'];
export type Restarting = components['schemas']['Restarting'];
export type StoppingCount = components['schemas']['StoppingCount'];
export type Fork = components['schemas']['Fork'];
export type ForkAccepted = components['schemas']['ForkAccepted'];
export type Cancelling = components['schemas']['Cancelling'];
export type Unarchived = components['schemas']['Unarchived'];
export type CreateProvider = components['schemas']['CreateProvider'];
export type UpdateProvider = components['schemas']['UpdateProvider'];
export type Event = components['schemas']['Event'];
export type EventPage = components['schemas']['EventPage'];
export type CredentialKind = components['schemas']['CredentialKind'];
export type Credential = components['schemas']['Credential'];
export type CredentialList = components['schemas']['CredentialList'];
export type CredentialCreated = components['schemas']['CredentialCreated'];
export type CreateCredential = components['schemas']['CreateCredential'];
export type CredentialDeleted = components['schemas']['CredentialDeleted'];
export type OAuthStart = components['schemas']['OAuthStart'];
export type Statistics = components['schemas']['Statistics'];
export type RoleEnvironment = components['schemas']['RoleEnvironment'];
export type ThinkingEffort = components['schemas']['ThinkingEffort'];
export type PoolPolicy = components['schemas']['PoolPolicy'];
export type Role = components['schemas']['Role'];
export type RoleList = components['schemas']['RoleList'];
export type Archived = components['schemas']['Archived'];
export type CreateRole = components['schemas']['CreateRole'];
export type UpdateRole = components['schemas']['UpdateRole'];
export type Workspace = components['schemas']['Workspace'];
export type CreateWorkspace = components['schemas']['CreateWorkspace'];
export type WorkspaceStatus = components['schemas']['WorkspaceStatus'];
export type WorkspaceList = components['schemas']['WorkspaceList'];
export type Task = components['schemas']['Task'];
export type SubmitTask = components['schemas']['SubmitTask'];
export type SubmitTaskForm = components['schemas']['SubmitTaskForm'];
export type SubmitToWorkspace = components['schemas']['SubmitToWorkspace'];
export type SubmitToWorkspaceForm = components['schemas']['SubmitToWorkspaceForm'];
export type TaskAccepted = components['schemas']['TaskAccepted'];
export type TaskStatus = components['schemas']['TaskStatus'];
export type TaskList = components['schemas']['TaskList'];
export type Secret = components['schemas']['Secret'];
export type SecretList = components['schemas']['SecretList'];
export type SetSecret = components['schemas']['SetSecret'];
export type SecretDeleted = components['schemas']['SecretDeleted'];
export type ApiKey = components['schemas']['ApiKey'];
export type ApiKeyList = components['schemas']['ApiKeyList'];
export type PermissionSet = components['schemas']['PermissionSet'];
export type CreateApiKey = components['schemas']['CreateApiKey'];
export type ApiKeyCreated = components['schemas']['ApiKeyCreated'];
export type ApiKeyRevoked = components['schemas']['ApiKeyRevoked'];
export type OrgMembership = components['schemas']['OrgMembership'];
export type MemberRole = components['schemas']['MemberRole'];
export type OrgMembershipList = components['schemas']['OrgMembershipList'];
export type Invitation = components['schemas']['Invitation'];
export type MembershipRole = components['schemas']['MembershipRole'];
export type MembershipRemoved = components['schemas']['MembershipRemoved'];
export type ErrorCode = components['schemas']['ErrorCode'];
export type ErrorBody = components['schemas']['ErrorBody'];
export type Error = components['schemas']['Error'];
export type ValidationFailedError = components['schemas']['ValidationFailedError'];
export type EventsRefusedError = components['schemas']['EventsRefusedError'];
export type UnauthenticatedError = components['schemas']['UnauthenticatedError'];
export type PermissionDeniedError = components['schemas']['PermissionDeniedError'];
export type WorkspaceNotVisibleError = components['schemas']['WorkspaceNotVisibleError'];
export type WorkspaceNotFoundError = components['schemas']['WorkspaceNotFoundError'];
export type WorkspaceOrSnapshotNotFoundError = components['schemas']['WorkspaceOrSnapshotNotFoundError'];
export type WorkspaceSnapshotOrFileNotFoundError = components['schemas']['WorkspaceSnapshotOrFileNotFoundError'];
export type WorkspaceOrFileNotFoundError = components['schemas']['WorkspaceOrFileNotFoundError'];
export type WorkspaceNotRunningError = components['schemas']['WorkspaceNotRunningError'];
export type AgentUnreachableError = components['schemas']['AgentUnreachableError'];
export type WorkspaceOrTaskNotFoundError = components['schemas']['WorkspaceOrTaskNotFoundError'];
export type PackNotFoundError = components['schemas']['PackNotFoundError'];
export type PackOrFileNotFoundError = components['schemas']['PackOrFileNotFoundError'];
export type PackExistsError = components['schemas']['PackExistsError'];
export type PackInUseError = components['schemas']['PackInUseError'];
export type PackNotEditableError = components['schemas']['PackNotEditableError'];
export type ProviderNotFoundError = components['schemas']['ProviderNotFoundError'];
export type ProviderExistsError = components['schemas']['ProviderExistsError'];
export type RoleNotFoundError = components['schemas']['RoleNotFoundError'];
export type RoleNotMadeError = components['schemas']['RoleNotMadeError'];
export type ProviderArchivedError = components['schemas']['ProviderArchivedError'];
export type RoleNotUnarchivedError = components['schemas']['RoleNotUnarchivedError'];
export type RoleArchivedError = components['schemas']['RoleArchivedError'];
export type NotResumedError = components['schemas']['NotResumedError'];
export type NotRestartedError = components['schemas']['NotRestartedError'];
export type NotForkedError = components['schemas']['NotForkedError'];
export type TaskNotTakenError = components['schemas']['TaskNotTakenError'];
export type InvalidStateError = components['schemas']['InvalidStateError'];
export type WorkspacesActiveError = components['schemas']['WorkspacesActiveError'];
export type NotArchivedError = components['schemas']['NotArchivedError'];
export type PayloadTooLargeError = components['schemas']['PayloadTooLargeError'];
export type UnsupportedMediaTypeError = components['schemas']['UnsupportedMediaTypeError'];
export type BillingInactiveError = components['schemas']['BillingInactiveError'];
export type RegistryCleanupFailedError = components['schemas']['RegistryCleanupFailedError'];
export type CredentialNotFoundError = components['schemas']['CredentialNotFoundError'];
export type CredentialExistsError = components['schemas']['CredentialExistsError'];
export type AuthDisabledError = components['schemas']['AuthDisabledError'];
export type SecretNotFoundError = components['schemas']['SecretNotFoundError'];
export type MembershipNotFoundError = components['schemas']['MembershipNotFoundError'];
export type MembershipExistsError = components['schemas']['MembershipExistsError'];
export type RoleStaysError = components['schemas']['RoleStaysError'];
export type LastOwnerError = components['schemas']['LastOwnerError'];
export type ApiKeyNotFoundError = components['schemas']['ApiKeyNotFoundError'];
export type SecretsDisabledError = components['schemas']['SecretsDisabledError'];
export type EventType = components['schemas']['EventType'];
export type ActivityType = components['schemas']['ActivityType'];
export type Activity = components['schemas']['Activity'];
export type ResponseParameterRefused = components['responses']['ParameterRefused'];
export type ResponseUnknownParameter = components['responses']['UnknownParameter'];
export type ResponseImageRefused = components['responses']['ImageRefused'];
export type ResponseFilePathRefused = components['responses']['FilePathRefused'];
export type ResponseUnauthenticated = components['responses']['Unauthenticated'];
export type ResponsePermissionDenied = components['responses']['PermissionDenied'];
export type ResponsePackNotOwned = components['responses']['PackNotOwned'];
export type ResponsePackNotFound = components['responses']['PackNotFound'];
export type ResponsePackOrFileNotFound = components['responses']['PackOrFileNotFound'];
export type ResponsePackExists = components['responses']['PackExists'];
export type ResponseProviderRefused = components['responses']['ProviderRefused'];
export type ResponseProviderNotFound = components['responses']['ProviderNotFound'];
export type ResponseProviderExists = components['responses']['ProviderExists'];
export type ResponseRoleRefused = components['responses']['RoleRefused'];
export type ResponseRoleNotFound = components['responses']['RoleNotFound'];
export type ResponseRoleNotMade = components['responses']['RoleNotMade'];
export type ResponseRoleNotMoved = components['responses']['RoleNotMoved'];
export type ResponseRoleNotUnarchived = components['responses']['RoleNotUnarchived'];
export type ResponseWorkspacesActive = components['responses']['WorkspacesActive'];
export type ResponseRoleNameUnknown = components['responses']['RoleNameUnknown'];
export type ResponseWorkspacesNotReadable = components['responses']['WorkspacesNotReadable'];
export type ResponseWorkspaceNotVisible = components['responses']['WorkspaceNotVisible'];
export type ResponseInWorkspaceNotVisible = components['responses']['InWorkspaceNotVisible'];
export type ResponseWorkspaceOrTaskNotFound = components['responses']['WorkspaceOrTaskNotFound'];
export type ResponseWorkspaceRefused = components['responses']['WorkspaceRefused'];
export type ResponseTaskRefused = components['responses']['TaskRefused'];
export type ResponseTaskNotTaken = components['responses']['TaskNotTaken'];
export type ResponseAgentNotRunning = components['responses']['AgentNotRunning'];
export type ResponseAgentUnreachable = components['responses']['AgentUnreachable'];
export type ResponseRoleOfWorkspaceNotFound = components['responses']['RoleOfWorkspaceNotFound'];
export type ResponseRoleArchived = components['responses']['RoleArchived'];
export type ResponseWorkspaceNotWritable = components['responses']['WorkspaceNotWritable'];
export type ResponseWorkspaceInvalidState = components['responses']['WorkspaceInvalidState'];
export type ResponseWorkspaceNotStopped = components['responses']['WorkspaceNotStopped'];
export type ResponseWorkspaceOrSnapshotNotFound = components['responses']['WorkspaceOrSnapshotNotFound'];
export type ResponseWorkspaceSnapshotOrFileNotFound = components['responses']['WorkspaceSnapshotOrFileNotFound'];
export type ResponseWorkspaceOrFileNotFound = components['responses']['WorkspaceOrFileNotFound'];
export type ResponseWorkspaceFileRefused = components['responses']['WorkspaceFileRefused'];
export type ResponseSandboxNotRunning = components['responses']['SandboxNotRunning'];
export type ResponseSandboxUnreachable = components['responses']['SandboxUnreachable'];
export type ResponseWorkspaceNotForTasks = components['responses']['WorkspaceNotForTasks'];
export type ResponseWorkspaceNotResumed = components['responses']['WorkspaceNotResumed'];
export type ResponseWorkspaceNotRestarted = components['responses']['WorkspaceNotRestarted'];
export type ResponseWorkspaceNotForked = components['responses']['WorkspaceNotForked'];
export type ResponseForkRefused = components['responses']['ForkRefused'];
export type ResponseWorkspaceNotFound = components['responses']['WorkspaceNotFound'];
export type ResponseNotArchived = components['responses']['NotArchived'];
export type ResponsePayloadTooLarge = components['responses']['PayloadTooLarge'];
export type ResponseUnsupportedMediaType = components['responses']['UnsupportedMediaType'];
export type ResponseBillingInactive = components['responses']['BillingInactive'];
export type ResponseCredentialRefused = components['responses']['CredentialRefused'];
export type ResponseCredentialNotStarted = components['responses']['CredentialNotStarted'];
export type ResponseCredentialNotOwned = components['responses']['CredentialNotOwned'];
export type ResponseCredentialNotFound = components['responses']['CredentialNotFound'];
export type ResponseCredentialExists = components['responses']['CredentialExists'];
export type ResponseBillingAssumedInactive = components['responses']['BillingAssumedInactive'];
export type ResponseAuthDisabled = components['responses']['AuthDisabled'];
export type ResponseSecretRefused = components['responses']['SecretRefused'];
export type ResponseEventsRefused = components['responses']['EventsRefused'];
export type ResponseStatisticsRefused = components['responses']['StatisticsRefused'];
export type ResponseSecretNameRefused = components['responses']['SecretNameRefused'];
export type ResponseSecretNotFound = components['responses']['SecretNotFound'];
export type ResponseApiKeyRefused = components['responses']['ApiKeyRefused'];
export type ResponseApiKeyNotFound = components['responses']['ApiKeyNotFound'];
export type ResponseOrgNotOwn = components['responses']['OrgNotOwn'];
export type ResponseInvitationRefused = components['responses']['InvitationRefused'];
export type ResponseMemberRoleRefused = components['responses']['MemberRoleRefused'];
export type ResponseMembershipNotFound = components['responses']['MembershipNotFound'];
export type ResponseMembershipExists = components['responses']['MembershipExists'];
export type ResponseRoleStays = components['responses']['RoleStays'];
export type ResponseOwnerStays = components['responses']['OwnerStays'];
export type ResponseSecretsDisabled = components['responses']['SecretsDisabled'];
export type ParameterPackId = components['parameters']['PackId'];
export type ParameterProviderId = components['parameters']['ProviderId'];
export type ParameterApiKeyId = components['parameters']['ApiKeyId'];
export type ParameterCredentialId = components['parameters']['CredentialId'];
export type ParameterOwnOrgId = components['parameters']['OwnOrgId'];
export type ParameterMembershipUserId = components['parameters']['MembershipUserId'];
export type ParameterRoleId = components['parameters']['RoleId'];
export type ParameterWorkspaceId = components['parameters']['WorkspaceId'];
export type ParameterTaskId = components['parameters']['TaskId'];
export type ParameterForce = components['parameters']['Force'];
export type ParameterIncludeArchived = components['parameters']['IncludeArchived'];
export type ParameterRoleName = components['parameters']['RoleName'];
export type ParameterFilePath = components['parameters']['FilePath'];
export type ParameterSnapshotPath = components['parameters']['SnapshotPath'];
export type ParameterSandboxPath = components['parameters']['SandboxPath'];
export type ParameterMaxBytes = components['parameters']['MaxBytes'];
export type ParameterEventFilter = components['parameters']['EventFilter'];
export type ParameterEventsFrom = components['parameters']['EventsFrom'];
export type ParameterEventsTo = components['parameters']['EventsTo'];
export type ParameterEventGroup = components['parameters']['EventGroup'];
export type ParameterEventTimeBucket = components['parameters']['EventTimeBucket'];
export type ParameterEventBucket = components['parameters']['EventBucket'];
export type ParameterEventMetric = components['parameters']['EventMetric'];
export type ParameterEventTop = components['parameters']['EventTop'];
export type ParameterLastEventId = components['parameters']['LastEventId'];
export type ParameterActivityOfTask = components['parameters']['ActivityOfTask'];
export type ParameterActivityOfType = components['parameters']['ActivityOfType'];
export type ParameterActivityAfter = components['parameters']['ActivityAfter'];
export type ParameterEventOrder = components['parameters']['EventOrder'];
export type ParameterEventLimit = components['parameters']['EventLimit'];
export type ParameterEventCursor = components['parameters']['EventCursor'];
export type ParameterNewSecretName = components['parameters']['NewSecretName'];
export type ParameterSecretName = components['parameters']['SecretName'];
export type HeaderRequestId = components['headers']['RequestId'];
export type HeaderAttachment = components['headers']['Attachment'];
export type HeaderChallenge = components['headers']['Challenge'];
export type $defs = Record<string, never>;
export interface operations {
    "packs.list": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The packs that the caller can see. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PackList"];
                };
            };
            400: components["responses"]["UnknownParameter"];
            401: components["responses"]["Unauthenticated"];
        };
    };
    "packs.create": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreatePack"];
            };
        };
        responses: {
            /** @description The pack that was made. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Pack"];
                };
            };
            400: components["responses"]["ImageRefused"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            409: components["responses"]["PackExists"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            423: components["responses"]["BillingInactive"];
        };
    };
    "packs.upload": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": components["schemas"]["UploadPack"];
            };
        };
        responses: {
            /** @description The pack that was made. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Pack"];
                };
            };
            /** @description The archive, or another part of the form, is refused. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ValidationFailedError"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            409: components["responses"]["PackExists"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            423: components["responses"]["BillingInactive"];
        };
    };
    "packs.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of a pack. Opaque.
                 * @example pack_01HZ
                 */
                id: components["parameters"]["PackId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The pack, as this caller sees it. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Pack"];
                };
            };
            400: components["responses"]["UnknownParameter"];
            401: components["responses"]["Unauthenticated"];
            404: components["responses"]["PackNotFound"];
        };
    };
    "packs.replace_image": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of a pack. Opaque.
                 * @example pack_01HZ
                 */
                id: components["parameters"]["PackId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReplacePackImage"];
            };
        };
        responses: {
            /** @description The pack with its new image. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Pack"];
                };
            };
            400: components["responses"]["ImageRefused"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PackNotOwned"];
            404: components["responses"]["PackNotFound"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            423: components["responses"]["BillingInactive"];
        };
    };
    "packs.delete": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of a pack. Opaque.
                 * @example pack_01HZ
                 */
                id: components["parameters"]["PackId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The pack is gone. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PackDeleted"];
                };
            };
            400: components["responses"]["UnknownParameter"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["PackNotFound"];
            /** @description A role references the pack. */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PackInUseError"];
                };
            };
            /** @description The image could not be purged from the registry. The pack stays; repeat the call. */
            502: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RegistryCleanupFailedError"];
                };
            };
        };
    };
    "packs.update_visibility": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of a pack. Opaque.
                 * @example pack_01HZ
                 */
                id: components["parameters"]["PackId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdatePackVisibility"];
            };
        };
        responses: {
            /** @description The pack with the visibility asked for. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Pack"];
                };
            };
            /** @description The body is not an object with one known `visibility`. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ValidationFailedError"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            /** @description The caller lacks the scope, or the pack belongs to the platform or another org. */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PermissionDeniedError"];
                };
            };
            /** @description There is no such pack that the caller's org can see. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PackNotFoundError"];
                };
            };
            /** @description A role of another org references the pack, so it cannot be taken back into the org. */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PackInUseError"];
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            /** @description The org is past due, being decommissioned, or its trial has expired. */
            423: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BillingInactiveError"];
                };
            };
        };
    };
    "packs.list_files": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of a pack. Opaque.
                 * @example pack_01HZ
                 */
                id: components["parameters"]["PackId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The files. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PackFiles"];
                };
            };
            400: components["responses"]["UnknownParameter"];
            401: components["responses"]["Unauthenticated"];
            404: components["responses"]["PackNotFound"];
        };
    };
    "packs.read_file": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of a pack. Opaque.
                 * @example pack_01HZ
                 */
                id: components["parameters"]["PackId"];
                /**
                 * @description The path of a file inside the pack. Each segment is percent-encoded on its own, the slashes
                 *     between them are bare. A `.`, `..` or empty segment, a NUL and an encoded slash are refused.
                 * @example guides/first-steps.md
                 */
                path: components["parameters"]["FilePath"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The bytes of the file; `Content-Type` is the type detected. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    /**
                     * @description The size of the file in bytes.
                     * @example 108
                     */
                    "Content-Length": number;
                    [name: string]: unknown;
                };
                content: {
                    "*/*": Blob;
                };
            };
            400: components["responses"]["FilePathRefused"];
            401: components["responses"]["Unauthenticated"];
            404: components["responses"]["PackOrFileNotFound"];
        };
    };
    "packs.replace_file": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of a pack. Opaque.
                 * @example pack_01HZ
                 */
                id: components["parameters"]["PackId"];
                /**
                 * @description The path of a file inside the pack. Each segment is percent-encoded on its own, the slashes
                 *     between them are bare. A `.`, `..` or empty segment, a NUL and an encoded slash are refused.
                 * @example guides/first-steps.md
                 */
                path: components["parameters"]["FilePath"];
            };
            cookie?: never;
        };
        /** @description The bytes of the file. An empty file is a valid file. */
        requestBody: {
            content: {
                "application/octet-stream": Blob;
            };
        };
        responses: {
            /** @description The pack with its new digest. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Pack"];
                };
            };
            400: components["responses"]["FilePathRefused"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PackNotOwned"];
            404: components["responses"]["PackOrFileNotFound"];
            /** @description The pack was not uploaded, so its files cannot be edited one by one. */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PackNotEditableError"];
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            423: components["responses"]["BillingInactive"];
        };
    };
    "providers.list": {
        parameters: {
            query?: {
                /** @description Whether archived ones are in the list too. */
                include_archived?: components["parameters"]["IncludeArchived"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The providers of the org. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProviderList"];
                };
            };
            400: components["responses"]["ParameterRefused"];
            401: components["responses"]["Unauthenticated"];
        };
    };
    "providers.create": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateProvider"];
            };
        };
        responses: {
            /** @description The provider that was made. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Provider"];
                };
            };
            400: components["responses"]["ProviderRefused"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            409: components["responses"]["ProviderExists"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            423: components["responses"]["BillingInactive"];
        };
    };
    "providers.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of a provider. Opaque.
                 * @example provider_01HZ
                 */
                id: components["parameters"]["ProviderId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The provider. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Provider"];
                };
            };
            400: components["responses"]["UnknownParameter"];
            401: components["responses"]["Unauthenticated"];
            404: components["responses"]["ProviderNotFound"];
        };
    };
    "providers.update": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of a provider. Opaque.
                 * @example provider_01HZ
                 */
                id: components["parameters"]["ProviderId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateProvider"];
            };
        };
        responses: {
            /** @description The provider as it is now. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Provider"];
                };
            };
            400: components["responses"]["ProviderRefused"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["ProviderNotFound"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            423: components["responses"]["BillingInactive"];
        };
    };
    "providers.archive": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of a provider. Opaque.
                 * @example provider_01HZ
                 */
                id: components["parameters"]["ProviderId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The provider is archived. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProviderArchived"];
                };
            };
            400: components["responses"]["UnknownParameter"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["ProviderNotFound"];
            409: components["responses"]["WorkspacesActive"];
        };
    };
    "providers.unarchive": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of a provider. Opaque.
                 * @example provider_01HZ
                 */
                id: components["parameters"]["ProviderId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The provider is in use again. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Unarchived"];
                };
            };
            400: components["responses"]["UnknownParameter"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["ProviderNotFound"];
            409: components["responses"]["NotArchived"];
            423: components["responses"]["BillingInactive"];
        };
    };
    "agent_roles.list": {
        parameters: {
            query?: {
                /** @description Whether archived ones are in the list too. */
                include_archived?: components["parameters"]["IncludeArchived"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The roles of the org. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RoleList"];
                };
            };
            400: components["responses"]["ParameterRefused"];
            401: components["responses"]["Unauthenticated"];
        };
    };
    "agent_roles.create": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateRole"];
            };
        };
        responses: {
            /** @description The role that was made. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Role"];
                };
            };
            400: components["responses"]["RoleRefused"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            409: components["responses"]["RoleNotMade"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            423: components["responses"]["BillingInactive"];
        };
    };
    "agent_roles.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of an agent role. Opaque.
                 * @example role_01HZ
                 */
                id: components["parameters"]["RoleId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The role. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Role"];
                };
            };
            400: components["responses"]["UnknownParameter"];
            401: components["responses"]["Unauthenticated"];
            404: components["responses"]["RoleNotFound"];
        };
    };
    "agent_roles.update": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of an agent role. Opaque.
                 * @example role_01HZ
                 */
                id: components["parameters"]["RoleId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateRole"];
            };
        };
        responses: {
            /** @description The role as it is now. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Role"];
                };
            };
            400: components["responses"]["RoleRefused"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["RoleNotFound"];
            409: components["responses"]["RoleNotMoved"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            423: components["responses"]["BillingInactive"];
        };
    };
    "agent_roles.archive": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of an agent role. Opaque.
                 * @example role_01HZ
                 */
                id: components["parameters"]["RoleId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The role is archived. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Archived"];
                };
            };
            400: components["responses"]["UnknownParameter"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["RoleNotFound"];
            409: components["responses"]["WorkspacesActive"];
        };
    };
    "agent_roles.unarchive": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of an agent role. Opaque.
                 * @example role_01HZ
                 */
                id: components["parameters"]["RoleId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The role is in use again. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Unarchived"];
                };
            };
            400: components["responses"]["UnknownParameter"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["RoleNotFound"];
            409: components["responses"]["RoleNotUnarchived"];
            423: components["responses"]["BillingInactive"];
        };
    };
    "agent_roles.stop_workspaces": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of an agent role. Opaque.
                 * @example role_01HZ
                 */
                id: components["parameters"]["RoleId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description How many are stopping by this. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StoppingCount"];
                };
            };
            400: components["responses"]["UnknownParameter"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["RoleNotFound"];
        };
    };
    "workspaces.list": {
        parameters: {
            query?: {
                /** @description Whether archived ones are in the list too. */
                include_archived?: components["parameters"]["IncludeArchived"];
                /**
                 * @description The name of a role of the org, in use or archived. The list holds the workspaces of this role alone.
                 * @example dev
                 */
                role_name?: components["parameters"]["RoleName"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The workspaces that the caller may see. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WorkspaceList"];
                };
            };
            400: components["responses"]["ParameterRefused"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["WorkspacesNotReadable"];
            404: components["responses"]["RoleNameUnknown"];
        };
    };
    "workspaces.create": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateWorkspace"];
            };
        };
        responses: {
            /** @description The workspace that was made. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Workspace"];
                };
            };
            400: components["responses"]["WorkspaceRefused"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["RoleOfWorkspaceNotFound"];
            409: components["responses"]["RoleArchived"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            423: components["responses"]["BillingInactive"];
        };
    };
    "workspaces.stop_all": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description How many are stopping by this. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StoppingCount"];
                };
            };
            400: components["responses"]["UnknownParameter"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
        };
    };
    "workspaces.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of a workspace. Opaque.
                 * @example ws_01HZ
                 */
                id: components["parameters"]["WorkspaceId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The workspace. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Workspace"];
                };
            };
            400: components["responses"]["UnknownParameter"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["WorkspaceNotVisible"];
            404: components["responses"]["WorkspaceNotFound"];
        };
    };
    "workspaces.archive": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of a workspace. Opaque.
                 * @example ws_01HZ
                 */
                id: components["parameters"]["WorkspaceId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The workspace is archived. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Archived"];
                };
            };
            400: components["responses"]["UnknownParameter"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["WorkspaceNotWritable"];
            404: components["responses"]["WorkspaceNotFound"];
            409: components["responses"]["WorkspaceInvalidState"];
        };
    };
    "workspaces.unarchive": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of a workspace. Opaque.
                 * @example ws_01HZ
                 */
                id: components["parameters"]["WorkspaceId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The workspace is archived no longer. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Unarchived"];
                };
            };
            400: components["responses"]["UnknownParameter"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["WorkspaceNotWritable"];
            404: components["responses"]["WorkspaceNotFound"];
            409: components["responses"]["NotArchived"];
            423: components["responses"]["BillingInactive"];
        };
    };
    "workspaces.stop": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of a workspace. Opaque.
                 * @example ws_01HZ
                 */
                id: components["parameters"]["WorkspaceId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The workspace is stopping. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Stopping"];
                };
            };
            400: components["responses"]["UnknownParameter"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["WorkspaceNotWritable"];
            404: components["responses"]["WorkspaceNotFound"];
            409: components["responses"]["WorkspaceNotStopped"];
        };
    };
    "sandbox.list_files": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of a workspace. Opaque.
                 * @example ws_01HZ
                 */
                id: components["parameters"]["WorkspaceId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The files and folders. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FileEntries"];
                };
            };
            400: components["responses"]["UnknownParameter"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["InWorkspaceNotVisible"];
            404: components["responses"]["WorkspaceNotFound"];
            /** @description The workspace is not running. No body. */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Nobody can reach the agent. No body. */
            502: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "sandbox.download": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of a workspace. Opaque.
                 * @example ws_01HZ
                 */
                id: components["parameters"]["WorkspaceId"];
                /**
                 * @description The path of a file in the sandbox. Each segment is percent-encoded on its own, the slashes
                 *     between them are bare. A `.`, `..` or empty segment, a NUL and an encoded slash are refused.
                 * @example workspace/notes.md
                 */
                path: components["parameters"]["SandboxPath"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The bytes of the file. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    "Content-Disposition": components["headers"]["Attachment"];
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": Blob;
                };
            };
            400: components["responses"]["WorkspaceFileRefused"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["InWorkspaceNotVisible"];
            404: components["responses"]["WorkspaceOrFileNotFound"];
            409: components["responses"]["SandboxNotRunning"];
            502: components["responses"]["SandboxUnreachable"];
        };
    };
    "snapshots.list_files": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of a workspace. Opaque.
                 * @example ws_01HZ
                 */
                id: components["parameters"]["WorkspaceId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The files and folders. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FileEntries"];
                };
            };
            400: components["responses"]["UnknownParameter"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["InWorkspaceNotVisible"];
            404: components["responses"]["WorkspaceOrSnapshotNotFound"];
        };
    };
    "snapshots.read_file": {
        parameters: {
            query?: {
                /** @description How many bytes of the file are read at most. */
                max_bytes?: components["parameters"]["MaxBytes"];
            };
            header?: never;
            path: {
                /**
                 * @description The id of a workspace. Opaque.
                 * @example ws_01HZ
                 */
                id: components["parameters"]["WorkspaceId"];
                /**
                 * @description The path of a file in the snapshot. Each segment is percent-encoded on its own, the slashes
                 *     between them are bare. A `.`, `..` or empty segment, a NUL and an encoded slash are refused.
                 * @example workspace/notes.md
                 */
                path: components["parameters"]["SnapshotPath"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The beginning of the file, and what the list shows of it. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FileContent"];
                };
            };
            400: components["responses"]["WorkspaceFileRefused"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["InWorkspaceNotVisible"];
            404: components["responses"]["WorkspaceSnapshotOrFileNotFound"];
        };
    };
    "snapshots.download": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of a workspace. Opaque.
                 * @example ws_01HZ
                 */
                id: components["parameters"]["WorkspaceId"];
                /**
                 * @description The path of a file in the snapshot. Each segment is percent-encoded on its own, the slashes
                 *     between them are bare. A `.`, `..` or empty segment, a NUL and an encoded slash are refused.
                 * @example workspace/notes.md
                 */
                path: components["parameters"]["SnapshotPath"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The bytes of the file. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    "Content-Disposition": components["headers"]["Attachment"];
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": Blob;
                };
            };
            400: components["responses"]["WorkspaceFileRefused"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["InWorkspaceNotVisible"];
            404: components["responses"]["WorkspaceSnapshotOrFileNotFound"];
        };
    };
    "workspaces.get_session": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of a workspace. Opaque.
                 * @example ws_01HZ
                 */
                id: components["parameters"]["WorkspaceId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The session, as the agent tells it. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AgentSession"];
                };
            };
            400: components["responses"]["UnknownParameter"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["InWorkspaceNotVisible"];
            404: components["responses"]["WorkspaceNotFound"];
            409: components["responses"]["AgentNotRunning"];
            502: components["responses"]["AgentUnreachable"];
        };
    };
    "workspaces.resume": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of a workspace. Opaque.
                 * @example ws_01HZ
                 */
                id: components["parameters"]["WorkspaceId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The workspace provisions again. */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Resuming"];
                };
            };
            400: components["responses"]["UnknownParameter"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["WorkspaceNotForTasks"];
            404: components["responses"]["WorkspaceNotFound"];
            409: components["responses"]["WorkspaceNotResumed"];
            423: components["responses"]["BillingInactive"];
        };
    };
    "workspaces.restart": {
        parameters: {
            query?: {
                /** @description Whether a workspace that is busy is restarted too. */
                force?: components["parameters"]["Force"];
            };
            header?: never;
            path: {
                /**
                 * @description The id of a workspace. Opaque.
                 * @example ws_01HZ
                 */
                id: components["parameters"]["WorkspaceId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The workspace provisions again. */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Restarting"];
                };
            };
            400: components["responses"]["ParameterRefused"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["WorkspaceNotWritable"];
            404: components["responses"]["WorkspaceNotFound"];
            409: components["responses"]["WorkspaceNotRestarted"];
            423: components["responses"]["BillingInactive"];
        };
    };
    "workspaces.fork": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of a workspace. Opaque.
                 * @example ws_01HZ
                 */
                id: components["parameters"]["WorkspaceId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Fork"];
            };
        };
        responses: {
            /** @description The new workspace is on its way. */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ForkAccepted"];
                };
            };
            400: components["responses"]["ForkRefused"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["InWorkspaceNotVisible"];
            404: components["responses"]["WorkspaceNotFound"];
            409: components["responses"]["WorkspaceNotForked"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            423: components["responses"]["BillingInactive"];
        };
    };
    "tasks.submit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SubmitTask"];
                "multipart/form-data": components["schemas"]["SubmitTaskForm"];
            };
        };
        responses: {
            /** @description The task waits for its turn. */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskAccepted"];
                };
            };
            400: components["responses"]["TaskRefused"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["RoleOfWorkspaceNotFound"];
            409: components["responses"]["RoleArchived"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            423: components["responses"]["BillingInactive"];
        };
    };
    "tasks.cancel": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of a workspace. Opaque.
                 * @example ws_01HZ
                 */
                id: components["parameters"]["WorkspaceId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The task is being cancelled, if there is one. */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Cancelling"];
                };
            };
            400: components["responses"]["UnknownParameter"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["WorkspaceNotWritable"];
            404: components["responses"]["WorkspaceNotFound"];
            409: components["responses"]["AgentNotRunning"];
            502: components["responses"]["AgentUnreachable"];
        };
    };
    "tasks.list": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of a workspace. Opaque.
                 * @example ws_01HZ
                 */
                id: components["parameters"]["WorkspaceId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The tasks of the workspace, not wrapped in an object. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskList"];
                };
            };
            400: components["responses"]["UnknownParameter"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["InWorkspaceNotVisible"];
            404: components["responses"]["WorkspaceNotFound"];
        };
    };
    "tasks.submit_to_workspace": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of a workspace. Opaque.
                 * @example ws_01HZ
                 */
                id: components["parameters"]["WorkspaceId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SubmitToWorkspace"];
                "multipart/form-data": components["schemas"]["SubmitToWorkspaceForm"];
            };
        };
        responses: {
            /** @description The task waits for its turn. */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskAccepted"];
                };
            };
            400: components["responses"]["TaskRefused"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["WorkspaceNotForTasks"];
            404: components["responses"]["WorkspaceNotFound"];
            409: components["responses"]["TaskNotTaken"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            423: components["responses"]["BillingInactive"];
        };
    };
    "tasks.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of a workspace. Opaque.
                 * @example ws_01HZ
                 */
                id: components["parameters"]["WorkspaceId"];
                /**
                 * @description The id of a task. Opaque.
                 * @example task_01HZ
                 */
                task_id: components["parameters"]["TaskId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The task. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Task"];
                };
            };
            400: components["responses"]["UnknownParameter"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["InWorkspaceNotVisible"];
            404: components["responses"]["WorkspaceOrTaskNotFound"];
        };
    };
    "audit.list_for_workspace": {
        parameters: {
            query?: {
                /**
                 * @description `column=a,b` keeps the events whose column is one of the values, `column!=a,b` those whose column
                 *     is none of them or that lack it, `column!=` those that have it. All filters that are sent must hold.
                 *     The first operator splits, a value has no comma, and nothing is escaped.
                 * @example [
                 *       "event_type=provider.created"
                 *     ]
                 */
                filter?: components["parameters"]["EventFilter"];
                /**
                 * @description The first moment of the events. In a URL the `+` of an offset is written `%2B`.
                 * @example 2026-06-01T00:00:00Z
                 */
                from?: components["parameters"]["EventsFrom"];
                /**
                 * @description The moment before which the events are.
                 * @example 2026-06-02T00:00:00Z
                 */
                to?: components["parameters"]["EventsTo"];
                /** @description By time, and by id where that is equal. Absent it is `desc`, and beside a cursor what it was. */
                order?: components["parameters"]["EventOrder"];
                /** @description How many events a page holds at most. */
                limit?: components["parameters"]["EventLimit"];
                /** @description The cursor of the page before. Opaque. */
                cursor?: components["parameters"]["EventCursor"];
            };
            header?: never;
            path: {
                /**
                 * @description The id of a workspace. Opaque.
                 * @example ws_01HZ
                 */
                id: components["parameters"]["WorkspaceId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of the events of the workspace. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventPage"];
                };
            };
            400: components["responses"]["EventsRefused"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["InWorkspaceNotVisible"];
            404: components["responses"]["WorkspaceNotFound"];
        };
    };
    "audit.stats_for_workspace": {
        parameters: {
            query?: {
                /**
                 * @description `column=a,b` keeps the events whose column is one of the values, `column!=a,b` those whose column
                 *     is none of them or that lack it, `column!=` those that have it. All filters that are sent must hold.
                 *     The first operator splits, a value has no comma, and nothing is escaped.
                 * @example [
                 *       "event_type=provider.created"
                 *     ]
                 */
                filter?: components["parameters"]["EventFilter"];
                /**
                 * @description The first moment of the events. In a URL the `+` of an offset is written `%2B`.
                 * @example 2026-06-01T00:00:00Z
                 */
                from?: components["parameters"]["EventsFrom"];
                /**
                 * @description The moment before which the events are.
                 * @example 2026-06-02T00:00:00Z
                 */
                to?: components["parameters"]["EventsTo"];
                /**
                 * @description One to three columns. Each group has their values, an empty text where an event has none.
                 * @example decision
                 */
                group_by?: components["parameters"]["EventGroup"];
                /**
                 * @description The length of a step of time, aligned to UTC; a bucket is the start of its step. `auto` is the
                 *     finest of which there are a hundred at most, from `from` or the first event to `to` or now, else `1d`.
                 */
                time_bucket?: components["parameters"]["EventTimeBucket"];
                /**
                 * @description A number of events, and the rising bounds at which it is split: the buckets of `C:b1,b2` are, in this
                 *     order, `<b1`, `b1-b2` and `>=b2`, with the bounds as they are written. Events without the number do not count.
                 * @example latency_ms:100,1000
                 */
                bucket_by?: components["parameters"]["EventBucket"];
                /**
                 * @description The value of a bucket: the count of its events, or the sum or mean of a number of those that have it.
                 * @example avg:latency_ms
                 */
                metric?: components["parameters"]["EventMetric"];
                /**
                 * @description `N:COLUMN` keeps the N values of a column of `group_by` that have the highest value of the metric
                 *     over all events that count, by name where it is equal.
                 * @example 5:decision
                 */
                top?: components["parameters"]["EventTop"];
            };
            header?: never;
            path: {
                /**
                 * @description The id of a workspace. Opaque.
                 * @example ws_01HZ
                 */
                id: components["parameters"]["WorkspaceId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The buckets. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Statistics"];
                };
            };
            400: components["responses"]["StatisticsRefused"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["InWorkspaceNotVisible"];
            404: components["responses"]["WorkspaceNotFound"];
        };
    };
    "activity.list": {
        parameters: {
            query?: {
                /**
                 * @description The id of a task. The list has the events of this task alone.
                 * @example task_01HZ
                 */
                task_id?: components["parameters"]["ActivityOfTask"];
                /**
                 * @description What happened. The list has the events of this type alone.
                 * @example task_running
                 */
                event_type?: components["parameters"]["ActivityOfType"];
                /**
                 * @description The moment after which the events are. It does not go with a cursor.
                 * @example 2026-06-01T00:00:00Z
                 */
                after?: components["parameters"]["ActivityAfter"];
                /** @description By time, and by id where that is equal. Absent it is `desc`, and beside a cursor what it was. */
                order?: components["parameters"]["EventOrder"];
                /** @description How many events a page holds at most. */
                limit?: components["parameters"]["EventLimit"];
                /** @description The cursor of the page before. Opaque. */
                cursor?: components["parameters"]["EventCursor"];
            };
            header?: never;
            path: {
                /**
                 * @description The id of a workspace. Opaque.
                 * @example ws_01HZ
                 */
                id: components["parameters"]["WorkspaceId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of the activity of the workspace. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventPage"];
                };
            };
            400: components["responses"]["EventsRefused"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["InWorkspaceNotVisible"];
            404: components["responses"]["WorkspaceNotFound"];
        };
    };
    "activity.stream_for_workspace": {
        parameters: {
            query?: never;
            header?: {
                /** @description The id of the last event that was received. */
                "Last-Event-ID"?: components["parameters"]["LastEventId"];
            };
            path: {
                /**
                 * @description The id of a workspace. Opaque.
                 * @example ws_01HZ
                 */
                id: components["parameters"]["WorkspaceId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The stream. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            400: components["responses"]["UnknownParameter"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["InWorkspaceNotVisible"];
            404: components["responses"]["WorkspaceNotFound"];
        };
    };
    "session.get": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The caller. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            400: components["responses"]["UnknownParameter"];
            401: components["responses"]["Unauthenticated"];
        };
    };
    "audit.list": {
        parameters: {
            query?: {
                /**
                 * @description `column=a,b` keeps the events whose column is one of the values, `column!=a,b` those whose column
                 *     is none of them or that lack it, `column!=` those that have it. All filters that are sent must hold.
                 *     The first operator splits, a value has no comma, and nothing is escaped.
                 * @example [
                 *       "event_type=provider.created"
                 *     ]
                 */
                filter?: components["parameters"]["EventFilter"];
                /**
                 * @description The first moment of the events. In a URL the `+` of an offset is written `%2B`.
                 * @example 2026-06-01T00:00:00Z
                 */
                from?: components["parameters"]["EventsFrom"];
                /**
                 * @description The moment before which the events are.
                 * @example 2026-06-02T00:00:00Z
                 */
                to?: components["parameters"]["EventsTo"];
                /** @description By time, and by id where that is equal. Absent it is `desc`, and beside a cursor what it was. */
                order?: components["parameters"]["EventOrder"];
                /** @description How many events a page holds at most. */
                limit?: components["parameters"]["EventLimit"];
                /** @description The cursor of the page before. Opaque. */
                cursor?: components["parameters"]["EventCursor"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of events. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventPage"];
                };
            };
            400: components["responses"]["EventsRefused"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
        };
    };
    "activity.stream": {
        parameters: {
            query?: never;
            header?: {
                /** @description The id of the last event that was received. */
                "Last-Event-ID"?: components["parameters"]["LastEventId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The stream. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            400: components["responses"]["UnknownParameter"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
        };
    };
    "credentials.list": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The credentials that the caller can see. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CredentialList"];
                };
            };
            400: components["responses"]["UnknownParameter"];
            401: components["responses"]["Unauthenticated"];
            503: components["responses"]["AuthDisabled"];
        };
    };
    "credentials.create": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateCredential"];
            };
        };
        responses: {
            /** @description The credential that was made. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CredentialCreated"];
                };
            };
            400: components["responses"]["CredentialRefused"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["CredentialNotOwned"];
            409: components["responses"]["CredentialExists"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            423: components["responses"]["BillingInactive"];
            503: components["responses"]["AuthDisabled"];
        };
    };
    "credentials.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of a credential. Opaque.
                 * @example cred_01HZ
                 */
                id: components["parameters"]["CredentialId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The credential, without its secret. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Credential"];
                };
            };
            400: components["responses"]["UnknownParameter"];
            401: components["responses"]["Unauthenticated"];
            404: components["responses"]["CredentialNotFound"];
            503: components["responses"]["AuthDisabled"];
        };
    };
    "credentials.delete": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of a credential. Opaque.
                 * @example cred_01HZ
                 */
                id: components["parameters"]["CredentialId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The credential is gone. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CredentialDeleted"];
                };
            };
            400: components["responses"]["UnknownParameter"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["CredentialNotOwned"];
            404: components["responses"]["CredentialNotFound"];
            503: components["responses"]["AuthDisabled"];
        };
    };
    "credentials.start_oauth": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of a credential. Opaque.
                 * @example cred_01HZ
                 */
                id: components["parameters"]["CredentialId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Where the browser is to go. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthStart"];
                };
            };
            400: components["responses"]["CredentialNotStarted"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["CredentialNotOwned"];
            404: components["responses"]["CredentialNotFound"];
            423: components["responses"]["BillingAssumedInactive"];
            503: components["responses"]["AuthDisabled"];
        };
    };
    "audit.stats": {
        parameters: {
            query?: {
                /**
                 * @description `column=a,b` keeps the events whose column is one of the values, `column!=a,b` those whose column
                 *     is none of them or that lack it, `column!=` those that have it. All filters that are sent must hold.
                 *     The first operator splits, a value has no comma, and nothing is escaped.
                 * @example [
                 *       "event_type=provider.created"
                 *     ]
                 */
                filter?: components["parameters"]["EventFilter"];
                /**
                 * @description The first moment of the events. In a URL the `+` of an offset is written `%2B`.
                 * @example 2026-06-01T00:00:00Z
                 */
                from?: components["parameters"]["EventsFrom"];
                /**
                 * @description The moment before which the events are.
                 * @example 2026-06-02T00:00:00Z
                 */
                to?: components["parameters"]["EventsTo"];
                /**
                 * @description One to three columns. Each group has their values, an empty text where an event has none.
                 * @example decision
                 */
                group_by?: components["parameters"]["EventGroup"];
                /**
                 * @description The length of a step of time, aligned to UTC; a bucket is the start of its step. `auto` is the
                 *     finest of which there are a hundred at most, from `from` or the first event to `to` or now, else `1d`.
                 */
                time_bucket?: components["parameters"]["EventTimeBucket"];
                /**
                 * @description A number of events, and the rising bounds at which it is split: the buckets of `C:b1,b2` are, in this
                 *     order, `<b1`, `b1-b2` and `>=b2`, with the bounds as they are written. Events without the number do not count.
                 * @example latency_ms:100,1000
                 */
                bucket_by?: components["parameters"]["EventBucket"];
                /**
                 * @description The value of a bucket: the count of its events, or the sum or mean of a number of those that have it.
                 * @example avg:latency_ms
                 */
                metric?: components["parameters"]["EventMetric"];
                /**
                 * @description `N:COLUMN` keeps the N values of a column of `group_by` that have the highest value of the metric
                 *     over all events that count, by name where it is equal.
                 * @example 5:decision
                 */
                top?: components["parameters"]["EventTop"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The buckets. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Statistics"];
                };
            };
            400: components["responses"]["StatisticsRefused"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
        };
    };
    "secrets.list": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The secrets of the org. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SecretList"];
                };
            };
            400: components["responses"]["UnknownParameter"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            503: components["responses"]["SecretsDisabled"];
        };
    };
    "secrets.set": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The name of a secret, which need not be there yet.
                 * @example WEBHOOK_TOKEN
                 */
                name: components["parameters"]["NewSecretName"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SetSecret"];
            };
        };
        responses: {
            /** @description The secret is set. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Secret"];
                };
            };
            400: components["responses"]["SecretRefused"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            423: components["responses"]["BillingInactive"];
            503: components["responses"]["SecretsDisabled"];
        };
    };
    "secrets.delete": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The name of a secret.
                 * @example WEBHOOK_TOKEN
                 */
                name: components["parameters"]["SecretName"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The secret is gone. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SecretDeleted"];
                };
            };
            400: components["responses"]["SecretNameRefused"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["SecretNotFound"];
            503: components["responses"]["SecretsDisabled"];
        };
    };
    "api_keys.list": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The API keys of the org. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKeyList"];
                };
            };
            400: components["responses"]["UnknownParameter"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
        };
    };
    "api_keys.create": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateApiKey"];
            };
        };
        responses: {
            /** @description The key, with its value. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKeyCreated"];
                };
            };
            400: components["responses"]["ApiKeyRefused"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            423: components["responses"]["BillingInactive"];
        };
    };
    "api_keys.revoke": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of an API key. Opaque.
                 * @example api_key_01HZ
                 */
                id: components["parameters"]["ApiKeyId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The key is revoked. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKeyRevoked"];
                };
            };
            400: components["responses"]["UnknownParameter"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["ApiKeyNotFound"];
        };
    };
    "memberships.list": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of the caller's org.
                 * @example org_acme
                 */
                id: components["parameters"]["OwnOrgId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The memberships that the caller may read. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrgMembershipList"];
                };
            };
            400: components["responses"]["UnknownParameter"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["OrgNotOwn"];
        };
    };
    "memberships.invite": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of the caller's org.
                 * @example org_acme
                 */
                id: components["parameters"]["OwnOrgId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Invitation"];
            };
        };
        responses: {
            /** @description The invitation. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrgMembership"];
                };
            };
            400: components["responses"]["InvitationRefused"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["OrgNotOwn"];
            409: components["responses"]["MembershipExists"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            423: components["responses"]["BillingInactive"];
        };
    };
    "memberships.remove": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of the caller's org.
                 * @example org_acme
                 */
                id: components["parameters"]["OwnOrgId"];
                /**
                 * @description The user of a membership (`workos_user_id`), or the id of a membership or invitation.
                 * @example usr_acme_member
                 */
                user_id: components["parameters"]["MembershipUserId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The membership or invitation is gone. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MembershipRemoved"];
                };
            };
            400: components["responses"]["UnknownParameter"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["OrgNotOwn"];
            404: components["responses"]["MembershipNotFound"];
            409: components["responses"]["OwnerStays"];
        };
    };
    "memberships.update_role": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of the caller's org.
                 * @example org_acme
                 */
                id: components["parameters"]["OwnOrgId"];
                /**
                 * @description The user of a membership (`workos_user_id`), or the id of a membership or invitation.
                 * @example usr_acme_member
                 */
                user_id: components["parameters"]["MembershipUserId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MembershipRole"];
            };
        };
        responses: {
            /** @description The membership with its role. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrgMembership"];
                };
            };
            400: components["responses"]["MemberRoleRefused"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["OrgNotOwn"];
            404: components["responses"]["MembershipNotFound"];
            409: components["responses"]["RoleStays"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            423: components["responses"]["BillingInactive"];
        };
    };
}
