// What each error of the contract says to people. A code that the contract gains is one that the compiler misses here.
import { ApiError, type ErrorCode } from '@evershell/client'

export const TEXTS: Record<Exclude<ErrorCode, 'pack_in_use' | 'workspaces_active'>, string> = {
  agent_unreachable: 'Nobody can reach the agent just now. Try again in a moment.',
  api_key_not_found: 'This key is gone.',
  auth_disabled: 'Signing in to other services is switched off for your org.',
  billing_inactive: 'Your org’s bill is due: nothing can be created or changed until it is paid.',
  credential_exists: 'There is a credential of this name already.',
  credential_not_found: 'This credential is gone.',
  file_not_found: 'This file is gone.',
  invalid_cursor: 'This page of the list is out of date. Begin at its first page.',
  invalid_state: 'That is not possible in the state that it is in now.',
  last_owner: 'An org needs an owner, and this is the last one.',
  membership_exists: 'This person is a member already.',
  membership_not_found: 'This person is no member any more.',
  method_not_allowed: 'That is not possible here.',
  not_archived: 'It is not archived, so it cannot be brought back.',
  not_found: 'This is gone.',
  pack_exists: 'Your org has a pack of this name already.',
  pack_not_editable: 'The files of this pack come from a registry. Change them there.',
  pack_not_found: 'This pack is gone.',
  payload_too_large: 'That is too large.',
  pending_invitation: 'This person is invited, and has not answered yet.',
  permission_denied: 'You may not do that. An owner of your org can.',
  provider_archived: 'Its provider is archived. Bring that back first.',
  provider_exists: 'There is a provider of this name already.',
  provider_not_found: 'This provider is gone.',
  registry_cleanup_failed: 'The pack is deleted, but the registry has kept its image.',
  role_archived: 'Its role is archived. Bring that back first.',
  role_exists: 'There is a role of this name already.',
  role_not_found: 'This role is gone.',
  secret_not_found: 'This secret is gone.',
  secrets_disabled: 'Secrets are switched off for your org.',
  snapshot_not_found: 'There are no saved files of this workspace.',
  task_not_found: 'This task is gone.',
  unauthenticated: 'Your session is over. Sign in again.',
  unsupported_media_type: 'A file of this kind is not taken.',
  validation_error: 'Something in it is not right.',
  workspace_archived: 'This workspace is archived.',
  workspace_busy: 'This workspace is working on a task.',
  workspace_failed: 'This workspace has failed, and takes no tasks.',
  workspace_not_found: 'This workspace is gone.',
  workspace_not_visible: 'This workspace is somebody else’s.',
  workspace_provisioning: 'This workspace is still being made ready.',
  workspace_stopped: 'This workspace is stopped. Resume it first.',
}

function counted(count: number, one: string, several: string): string {
  return `${count} ${count === 1 ? one : several}`
}

export interface Told {
  text: string
  /** What is wrong with which field. */
  fields: [string, string][]
  /** By which the operators of the API find it. */
  requestId: string | undefined
}

/** What an error says to people, wherever it comes from. */
export function told(error: unknown): Told {
  if (!(error instanceof ApiError)) {
    return { text: 'There is no connection. Try again once you are online.', fields: [], requestId: undefined }
  }
  const fields = error.code === 'validation_error' ? Object.entries(error.details.fields) : []
  return { text: textOf(error), fields, requestId: error.requestId }
}

function textOf(error: ApiError): string {
  switch (error.code) {
    case undefined:
      return unknown(error.status)
    case 'pack_in_use':
      return `${counted(error.details.roles, 'role uses', 'roles use')} this pack; detach it there first.`
    case 'workspaces_active':
      return `${counted(error.details.workspaces, 'workspace is', 'workspaces are')} still running. Stop what runs first.`
    default:
      return TEXTS[error.code] ?? unknown(error.status) // one that the contract has gained since
  }
}

function unknown(status: number): string {
  return status >= 500 || status === 429
    ? 'The service is busy. Try again in a moment.'
    : 'That was refused, and the service did not say why.'
}
