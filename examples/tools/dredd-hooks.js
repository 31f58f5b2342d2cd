// What Dredd cannot read from the contract: who asks, of what the seed data has, and how each refusal comes about.
const fs = require('fs');
const path = require('path');
const hooks = require('hooks');
const yaml = require('js-yaml');

const contract = yaml.load(fs.readFileSync(path.join(__dirname, '../../openapi.yaml'), 'utf8'));
const other = JSON.parse(fs.readFileSync(path.join(__dirname, 'requests.json'), 'utf8'));
const OWNER = 'acme-owner';
const READER = 'acme-read-only';
const PAST_DUE = 'initech-owner';
const BOUNDARY = 'part';
const tokens = {};

hooks.beforeAll(async (transactions, done) => {
  const { protocol, host, port } = transactions[0];
  const answer = await fetch(`${protocol}//${host}:${port}/_mock/personas`);
  for (const { name, token } of (await answer.json()).personas) tokens[name] = `Bearer ${token}`;
  done();
});

hooks.beforeEach((transaction, done) => {
  const [template] = transaction.name.split(' > ');
  const { method, headers } = transaction.request;
  const base = transaction.fullPath.slice(0, -transaction.request.uri.length);
  const status = Number(transaction.expected.statusCode);
  const operation = contract.paths[template][method.toLowerCase()];
  const instead = other[`${method} ${template}`] || {};
  if (instead.path) transaction.fullPath = base + instead.path;
  if (instead.body)
    transaction.request.body = typeof instead.body === 'string' ? instead.body : JSON.stringify(instead.body);
  if (headers['Content-Type'] === 'multipart/form-data') sendForm(transaction.request, instead.form);
  if (headers['Last-Event-ID'] === '') delete headers['Last-Event-ID']; // optional, and an empty one is none
  headers.Authorization = tokens[(status < 300 && instead.persona) || OWNER];
  if (status >= 400) refuse(transaction, status, operation);
  judgeBySchema(transaction, operation.responses[status]);
  done();
});

function sendForm(request, fields) {
  const parts = Object.entries(fields).map(([name, it]) => {
    const file = it.base64 ? `; filename="${it.filename}"\r\nContent-Type: ${it.type}` : '';
    const head = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"${file}\r\n\r\n`;
    return Buffer.concat([
      Buffer.from(head),
      it.base64 ? Buffer.from(it.base64, 'base64') : Buffer.from(it),
      Buffer.from('\r\n'),
    ]);
  });
  request.body = Buffer.concat([...parts, Buffer.from(`--${BOUNDARY}--\r\n`)]).toString('base64');
  request.bodyEncoding = 'base64';
  request.headers['Content-Type'] += `; boundary=${BOUNDARY}`;
}

function refuse(transaction, status, operation) {
  const { request } = transaction;
  const writes = JSON.stringify(operation['x-permissions'] || '').includes(':write');
  if (status === 400) transaction.fullPath += `${transaction.fullPath.includes('?') ? '&' : '?'}unknown=1`;
  else if (status === 401) delete request.headers.Authorization;
  else if (status === 403 && writes) request.headers.Authorization = tokens[READER];
  else if (status === 415) request.headers['Content-Type'] = 'text/plain';
  else if (status === 423) request.headers.Authorization = tokens[PAST_DUE];
  else request.headers.Prefer = `code=${status}`; // needs a state of its own; the mock gives the declared answer
}

// Dredd takes an example for what every answer looks like: each of its keys has to be there. The schema says what has to.
function judgeBySchema(transaction, response) {
  const content = Object.values(resolved(response).content || {})[0];
  if (!content) return;
  delete transaction.expected.body;
  if (transaction.expected.headers['Content-Type'] !== 'application/json') return;
  transaction.expected.bodySchema = JSON.stringify({
    ...draft(content.schema),
    definitions: definitionsOf(content.schema),
  });
}

// The component schemas that a schema needs: with all of them, each check takes a tenth of a second more.
function definitionsOf(schema, found = {}) {
  for (const [, name] of JSON.stringify(schema).matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
    if (name in found) continue;
    found[name] = draft(contract.components.schemas[name]);
    definitionsOf(contract.components.schemas[name], found);
  }
  return found;
}

function resolved(node) {
  return node.$ref
    ? node.$ref
        .slice(2)
        .split('/')
        .reduce((it, key) => it[key], contract)
    : node;
}

// A schema of OpenAPI 3.0 as one of JSON Schema, draft 4.
function draft(node) {
  if (Array.isArray(node)) return node.map(draft);
  if (node === null || typeof node !== 'object') return node;
  const made = Object.fromEntries(
    Object.entries(node)
      .filter(([key, it]) => !['example', 'nullable', 'discriminator'].includes(key) && it !== 'int64')
      .map(([key, it]) => [key, draft(it)]),
  );
  if (typeof node.$ref === 'string') made.$ref = node.$ref.replace('#/components/schemas/', '#/definitions/');
  return node.nullable ? { anyOf: [made, { type: 'null' }] } : made;
}
