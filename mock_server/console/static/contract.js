// The contract, read for people: our vocabulary, resolved and flat.

import { control, EVENT_STREAM } from './api.js';

const METHODS = ['get', 'put', 'post', 'patch', 'delete'];
let loaded = null;

/** The contract that the mock serves: document, operations, rules. */
export async function loadContract() {
  loaded ??= Promise.all([control('GET', '/contract'), control('GET', '/health')])
    .then(read)
    .catch((problem) => {
      loaded = null;
      throw problem;
    });
  return loaded;
}

export function forgetContract() {
  loaded = null;
}

function read([document, { stateless = [] }]) {
  const resolve = (node) => resolved(document, node);
  const operations = Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.filter((method) => method in item).map((method) => {
      const operation = operationOf(path, item, method, resolve);
      return {
        ...operation,
        keyHeader: keyHeaderOf(document, item[method]),
        stateless: stateless.find((each) => each.operation_id === operation.id) ?? null,
      };
    }),
  );
  const rules = Object.entries(document['x-rules'] ?? {}).map(([id, rule]) => ({ id, ...rule }));
  return { document, operations, rules, resolve };
}

/** The header in which an operation of another API takes its key; null where it takes a bearer credential. */
function keyHeaderOf(document, { security = document.security ?? [] }) {
  const schemes = document.components?.securitySchemes ?? {};
  const [first] = security.flatMap((each) => Object.keys(each)).map((name) => schemes[name] ?? {});
  return first?.type === 'apiKey' && first.in === 'header' ? first.name : null;
}

function resolved(document, node) {
  let found = node;
  while (found?.$ref) {
    found = found.$ref
      .replace(/^#\//, '')
      .split('/')
      .reduce((at, step) => at?.[step.replace(/~1/g, '/').replace(/~0/g, '~')], document);
  }
  return found ?? {};
}

function operationOf(path, item, method, resolve) {
  const raw = item[method];
  const content = resolve(raw.requestBody).content ?? {};
  return {
    id: raw.operationId,
    method: method.toUpperCase(),
    path,
    tag: raw.tags?.[0] ?? 'others',
    summary: raw.summary ?? '',
    description: raw.description ?? '',
    permissions: permissionsOf(raw['x-permissions']),
    billing: raw['x-billing'] ?? 'read',
    role: raw['x-role'] ?? null,
    maxBody: raw['x-max-body'] ?? null,
    provenance: raw['x-provenance'] ?? null,
    parameters: [...(item.parameters ?? []), ...(raw.parameters ?? [])].map(resolve),
    bodies: Object.entries(content).map(([type, media]) => ({
      type,
      schema: resolve(media.schema),
      example: exampleOf(media, resolve),
      examples: examplesOf(media, resolve),
    })),
    responses: Object.entries(raw.responses)
      .filter(([status]) => Number(status))
      .map(([status, response]) => responseOf(Number(status), resolve(response), resolve)),
    streams: Object.values(raw.responses).some((response) => EVENT_STREAM in (resolve(response).content ?? {})),
  };
}

/** Lists of scopes, of each of which one is needed. */
function permissionsOf(asked) {
  if (!asked) return [];
  return asked.all ?? [asked.any];
}

function responseOf(status, response, resolve) {
  const [type, media] = Object.entries(response.content ?? {})[0] ?? [null, {}];
  return {
    status,
    description: response.description,
    codes: codesOf(media.schema, resolve),
    provenance: response['x-provenance'] ?? {},
    headers: Object.keys(response.headers ?? {}),
    type,
    schema: media.schema,
    example: exampleOf(media, resolve),
    examples: examplesOf(media, resolve),
  };
}

function exampleOf(media, resolve) {
  return examplesOf(media, resolve)[0]?.[1];
}

/** The examples of a body or an answer, each with what it is of. */
function examplesOf(media, resolve) {
  if (media.example !== undefined) return [['Example', media.example]];
  return Object.entries(media.examples ?? {}).map(([name, each]) => {
    const { summary, value } = resolve(each);
    return [summary ?? name, value];
  });
}

/** The codes of an error, by the narrowest list in its schema. */
function codesOf(schema, resolve) {
  const lists = [];
  const walk = (node) => {
    const one = resolve(node);
    const code = resolve(resolve(resolve(one.properties?.error).properties?.code));
    if (code.enum) lists.push(code.enum);
    for (const each of [...(one.allOf ?? []), ...(resolve(one.properties?.error).allOf ?? [])]) walk(each);
  };
  if (schema) walk(schema);
  return lists.sort((a, b) => a.length - b.length)[0] ?? [];
}

/** Every answer that the contract declares: an operation, a status, and the code of an error. */
export function answersOf(operation) {
  return operation.responses.flatMap((response) =>
    (response.codes.length ? response.codes : [null]).map((code) => ({ response, status: response.status, code })),
  );
}

/** Whether these scopes allow the operation. */
export function allows(operation, scopes, role) {
  return (
    operation.permissions.every((oneOf) => oneOf.some((scope) => scopes.includes(scope))) &&
    (operation.role === null || operation.role === role)
  );
}

/** Whether a rule names the operations that it is about; else it is about all of them. */
export function namesOperations(rule) {
  return Array.isArray(rule.operations);
}

/** Whether a rule names this operation, by its id or by a pattern such as `packs.*`. */
export function names(rule, operation) {
  return namesOperations(rule) && rule.operations.some((pattern) => matches(operation.id, pattern));
}

function matches(id, pattern) {
  const expression = pattern
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.')
    .replace(/\[!/g, '[^');
  return new RegExp(`^${expression}$`).test(id);
}

/** A path with its parameters filled in; slashes stay where a parameter allows them. */
export function filled(operation, values) {
  return operation.path.replace(/\{(\w+)\}/g, (_, name) => {
    const declared = operation.parameters.find((each) => each.name === name);
    const text = values[name] ?? '';
    return declared?.schema?.format === 'path'
      ? text.split('/').map(encodeURIComponent).join('/')
      : encodeURIComponent(text);
  });
}

/** The header `Prefer` that asks for a declared answer. */
export function preference(operation, status, code) {
  const several = operation.responses.find((each) => each.status === status)?.codes.length > 1;
  return code && several ? `code=${status}, error=${code}` : `code=${status}`;
}
