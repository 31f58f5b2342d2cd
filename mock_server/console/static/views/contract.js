// The contract: each operation with all that is promised of it, and a way to try it as somebody.

import { baseUrl, inWorld, loadPersonas, send, control } from '../api.js';
import { IS_OURS } from '../base.js';
import { allows, choiceOf, filled, loadContract, names, namesOperations } from '../contract.js';
import { fill, h } from '../dom.js';
import { badge, choice, confirmed, field, form, opening, prose, size, snippet, statusBadge, table } from '../parts.js';
import { exampleValues } from '../requests.js';
import { href, replaceQuery } from '../route.js';
import { curl } from '../snippets.js';

const COOKIE = 'cookie';
const PROVENANCE_BADGES = { seed: 'good', reference: 'good', mentioned: 'warn', assumed: 'warn' };
const provenance = (text) => (text ? badge(text, PROVENANCE_BADGES[text], 'Provenance of this statement') : null);

export async function mount(root, { world, query }) {
  const [contract, personas, { packs }] = await Promise.all([
    loadContract(),
    loadPersonas(),
    IS_OURS ? control('GET', inWorld(world, '/packs?viewer=org_acme')).catch(() => ({ packs: [] })) : { packs: [] },
  ]);
  const detail = h('div', {});
  const picker = choice(contract.operations.map(choiceOf));
  const stateless = contract.operations.filter((each) => each.stateless);
  const show = (id) => {
    const operation = contract.operations.find((each) => each.id === id) ?? contract.operations[0];
    picker.value = operation.id;
    fill(detail, operationSection(operation), responses(operation), tryIt(operation), rulesOf(operation));
  };
  picker.addEventListener('change', () => {
    replaceQuery({ operation: picker.value });
    show(picker.value);
  });
  detail.className = 'view';

  fill(
    root,
    h(
      'p',
      { class: 'lead' },
      contract.document.info.title,
      ' ',
      contract.document.info.version,
      '. ',
      h('a', { href: `docs/?world=${encodeURIComponent(world)}` }, 'The same document in Swagger UI'),
      '.',
    ),
    stateless.length ? withoutState() : null,
    h('section', { 'aria-label': 'Operation' }, field('Operation', picker)),
    detail,
    general(),
  );

  function operationSection(operation) {
    const asked = operation.permissions.length
      ? operation.permissions.map((each) => each.join(' or ')).join(', and ')
      : 'none; any signed-in caller';
    const able = personas.filter((each) => allows(operation, each.permissions, each.role)).map((each) => each.name);
    return h(
      'section',
      { 'aria-label': operation.id },
      h('h3', {}, badge(operation.method), ' ', h('code', {}, operation.path)),
      h('p', {}, h('strong', {}, operation.summary), ' ', provenance(operation.provenance)),
      operation.stateless ? h('p', {}, badge('stateless', 'warn'), ' ', answerWithoutState(operation.stateless)) : null,
      h('p', {}, prose(operation.description)),
      h(
        'dl',
        { class: 'facts' },
        fact('Scopes', asked),
        operation.role ? fact('Role', operation.role) : null,
        fact('Billing class', operation.billing),
        operation.maxBody ? fact('Largest body', size(operation.maxBody)) : null,
        fact(
          'Who may',
          able.length === personas.length
            ? 'every persona'
            : `${able.length} of ${personas.length} personas: ${able.slice(0, 6).join(', ')}${able.length > 6 ? ' …' : ''}`,
        ),
      ),
      operation.parameters.length
        ? table(
            'Parameters',
            ['Name', 'In', 'Type', 'Meaning'],
            operation.parameters.map((each) => [
              h('code', {}, each.name),
              each.in,
              each.schema?.format ?? each.schema?.type ?? '',
              prose(each.description ?? ''),
            ]),
            '',
          )
        : null,
      operation.bodies.map((each) =>
        h(
          'div',
          { class: 'view' },
          h('h4', {}, 'Body ', h('code', {}, each.type)),
          opening('Schema', () => snippet(JSON.stringify(each.schema, null, 2), 'schema')),
        ),
      ),
    );
  }

  function withoutState() {
    return h(
      'section',
      { 'aria-label': 'Operations without state' },
      h('h3', {}, 'Operations without state'),
      h(
        'p',
        {},
        'The mock has no function for these. Credential, scope, billing and validation are real; the answer is an ',
        'example of the contract, with the header ',
        h('code', {}, 'X-Mock-Stateless'),
        '.',
      ),
      h(
        'ul',
        { class: 'steps' },
        stateless.map((each) =>
          h(
            'li',
            {},
            h('a', { href: href(world, 'contract', { operation: each.id }) }, each.id),
            ` ${each.method} `,
            h('code', {}, each.path),
            ' ',
            statusBadge(each.stateless.status),
            ' ',
            each.stateless.problem ?? each.stateless.reason ?? '',
          ),
        ),
      ),
    );
  }

  function responses(operation) {
    return h(
      'section',
      { 'aria-label': 'Responses' },
      h('h3', {}, 'Responses'),
      table(
        'The answers, and the provenance of each',
        ['Answer', 'When', 'Response', 'Status', 'Codes', 'Example'],
        operation.responses.map((each) => [
          statusBadge(each.status, each.codes.join(' or ')),
          prose(each.description),
          provenance(each.provenance.response),
          provenance(each.provenance.status),
          provenance(each.provenance.codes) ?? h('span', { class: 'muted' }, 'none'),
          each.example === undefined
            ? h('span', { class: 'muted' }, 'none')
            : opening('Show', () =>
                snippet(
                  typeof each.example === 'string' ? each.example : JSON.stringify(each.example, null, 2),
                  'example',
                ),
              ),
        ]),
        '',
      ),
    );
  }

  function rulesOf(operation) {
    const rules = contract.rules.filter((each) => names(each, operation));
    return h(
      'section',
      { 'aria-label': 'Rules' },
      h('h3', {}, 'Its rules'),
      rulesTable(rules, `${rules.length} promises that a schema cannot express`),
    );
  }

  function general() {
    const rules = contract.rules.filter((each) => !namesOperations(each));
    return h(
      'section',
      { 'aria-label': 'Rules of every operation' },
      h('h3', {}, 'Rules of every operation'),
      opening(`${rules.length} rules`, () => rulesTable(rules, 'They hold for each request')),
    );
  }

  function tryIt(operation) {
    const inputs = Object.entries(exampleValues(operation, packs, personas[0])).map(([name, value]) => [
      name,
      h('input', { type: 'text', value, autocomplete: 'off', spellcheck: 'false' }),
    ]);
    const persona = choice(
      [['', 'nobody'], [COOKIE, 'whom this browser is signed in as'], ...personas.map((each) => each.name)],
      { value: personas[0]?.name },
    );
    const query = h('input', { type: 'text', placeholder: 'name=value', autocomplete: 'off', spellcheck: 'false' });
    const prefer = h('input', { type: 'text', placeholder: 'code=423', autocomplete: 'off', spellcheck: 'false' });
    const media = operation.bodies[0];
    const multipart = media?.type === 'multipart/form-data';
    const body = multipart ? h('input', { type: 'file' }) : h('textarea', { spellcheck: 'false' });
    if (media && !multipart) body.value = media.example === undefined ? '' : JSON.stringify(media.example, null, 2);
    const place = h('div', { class: 'view', 'aria-live': 'polite' });
    const submit = async () => {
      fill(place);
      if (operation.method === 'DELETE' && !(await confirmed(`Send this DELETE to ${world}?`, 'Delete it'))) return;
      const token = personas.find((each) => each.name === persona.value)?.token;
      const headers = {};
      if (prefer.value) headers.Prefer = prefer.value;
      if (media && !multipart) headers['Content-Type'] = media.type;
      const values = Object.fromEntries(inputs.map(([name, input]) => [name, input.value]));
      const path = filled(operation, values) + (query.value ? `?${query.value.replace(/^\?/, '')}` : '');
      const sent = {
        method: operation.method,
        path,
        token,
        cookie: persona.value === COOKIE,
        headers,
        body: !media ? undefined : multipart ? formOf(body) : body.value,
      };
      const got = await send(world, sent);
      const shownHeaders = { ...headers, ...(token ? { Authorization: `Bearer ${token}` } : {}) };
      const url = baseUrl(world) + path;
      const command = multipart
        ? `curl -i '${url}' \\\n  -H 'Authorization: Bearer ${token ?? 'TOKEN'}' \\\n  -F archive=@pack.tar.gz -F visibility=org`
        : curl({ ...operation, url, headers: shownHeaders, body: sent.body });
      fill(
        place,
        h('p', {}, statusBadge(got.status, got.error?.code), ` in ${got.ms.toFixed(0)} ms`),
        h('pre', { tabindex: '0', role: 'group', 'aria-label': 'Answer' }, h('code', {}, textOf(got))),
        snippet(command, 'curl'),
      );
    };
    return h(
      'section',
      { 'aria-label': 'Try it' },
      h('h3', {}, `Try it in ${world}`),
      form(
        submit,
        field('As', persona),
        inputs.map(([name, input]) => field(name, input)),
        field('Query', query),
        field('Prefer', prefer),
        media ? h('div', { class: 'body' }, field(`Body, ${media.type}`, body)) : null,
        h('button', {}, 'Send'),
      ),
      place,
    );
  }

  show(query.get('operation'));
  return { query: (now) => show(now.get('operation')) };
}

function formOf(input) {
  const body = new FormData();
  if (input.files[0])
    body.append('archive', new Blob([input.files[0]], { type: 'application/gzip' }), input.files[0].name);
  return body;
}

function textOf(got) {
  const text = new TextDecoder().decode(got.bytes);
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function answerWithoutState({ status, problem }) {
  return problem
    ? `The mock has no function for it and no example to answer with: ${problem}. It answers ${status}.`
    : `The mock has no function for it: it answers ${status} with the contract’s example, whatever its world holds.`;
}

function fact(name, text) {
  return h('div', {}, h('dt', {}, name), h('dd', {}, text));
}

function rulesTable(rules, caption) {
  return table(
    caption,
    ['Rule', 'Clause', 'Promise', 'Level', 'Provenance'],
    rules.map((each) => [
      h('code', {}, each.id),
      each.clause,
      prose(each.text),
      each.level,
      provenance(each.provenance),
    ]),
    'None.',
  );
}
