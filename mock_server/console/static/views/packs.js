// The packs of a world as a chosen viewer sees them, and what the viewer may do with them through the real API.

import { told } from '../answers.js';
import { control, inWorld, loadPersonas, send } from '../api.js';
import { fill, h } from '../dom.js';
import { filesOf, uploads } from '../packs.js';
import { pagerOf } from '../pager.js';
import { afterChanges, attempt, badge, button, confirmed, outcome, tableRow, when } from '../parts.js';
import { replaceQuery } from '../route.js';

const COLUMNS = ['Pack', 'Visibility', 'Owner', 'Image', 'Used by', 'Actions'];

export async function mount(root, { world, query, viewer }) {
  const personas = await loadPersonas();
  const whole = h('input', { type: 'checkbox', id: 'whole', checked: query.get('all') !== 'no' });
  const packs = h('div', {});
  const place = outcome();
  const persona = () => personas.find((each) => each.name === viewer.value) ?? personas[0];
  const opened = new Set(); // packs whose files are looked at
  const pager = pagerOf(query, changed);
  let turn = 0;

  function changed() {
    replaceQuery({ as: viewer.value, all: whole.checked ? '' : 'no', ...pager.query() });
    attempt(place, refresh);
  }
  for (const control of [viewer, whole])
    control.addEventListener('change', () => {
      pager.again();
      changed();
    });

  fill(
    root,
    h(
      'section',
      { 'aria-label': 'Viewer' },
      h('p', { class: 'check' }, whole, h('label', { for: 'whole' }, 'Show what this viewer cannot see')),
      place,
    ),
    h('section', { 'aria-label': 'Packs' }, h('h3', {}, 'Packs'), h('div', { class: 'row' }, pager.made), packs),
    uploads(world, persona, refresh),
  );

  async function refresh() {
    const mine = (turn += 1);
    const asked = new URLSearchParams({ viewer: persona().org_id, visible: !whole.checked });
    const found = await control('GET', inWorld(world, `/packs?${asked}&${pager.asked()}`));
    if (mine !== turn) return;
    const count = whole.checked ? found.count : found.visible;
    pager.show(count);
    fill(
      packs,
      h(
        'table',
        { role: 'table', class: 'packs' },
        h('caption', {}, `${count} packs; ${found.visible} of ${found.count} are seen by ${viewer.value}`),
        h(
          'thead',
          { role: 'rowgroup' },
          h(
            'tr',
            { role: 'row' },
            COLUMNS.map((name) => h('th', { scope: 'col', role: 'columnheader' }, name)),
          ),
        ),
        h('tbody', { role: 'rowgroup' }, found.packs.flatMap(packRows)),
      ),
    );
  }

  function packRows(each) {
    const { pack } = each;
    const seen = (name, shown) => (each.visible && each.hidden.includes(name) && name in pack ? hidden(shown) : shown);
    const answer = outcome();
    const act = (request, done, question) => (pressed) =>
      attempt(
        answer,
        async () => {
          if (question && !(await confirmed(question, 'Delete it'))) return;
          const got = await send(world, { ...request, token: persona().token });
          if (got.ok) await refresh();
          told(got.ok ? place : answer, request, got, done);
        },
        pressed,
      );
    const to = pack.visibility === 'org' ? 'community' : 'org';
    const path = `/packs/${encodeURIComponent(each.id)}`;
    const key = (name) => ({ 'data-key': `${name} ${each.id}`, of: pack.display_name });
    const files = h(
      'tr',
      { role: 'row', hidden: !opened.has(each.id) },
      h(
        'td',
        { role: 'cell', colspan: COLUMNS.length, class: 'wide' },
        h('div', { class: 'view' }, facts(each, seen), filesOf(each, world, persona)),
      ),
    );
    const filesButton = button(
      'Files',
      () => {
        const open = files.hidden;
        files.hidden = !open;
        filesButton.setAttribute('aria-expanded', String(open));
        if (open) opened.add(each.id);
        else opened.delete(each.id);
      },
      { ...key('Files'), 'aria-expanded': String(opened.has(each.id)) },
    );
    return [
      tableRow(
        COLUMNS,
        [
          [
            h('strong', {}, pack.display_name),
            ' ',
            h('span', { class: 'muted' }, pack.version),
            ' ',
            each.visible ? null : badge('not visible', 'bad', `${viewer.value} does not see this pack`),
            h('br'),
            h('code', {}, each.id),
          ],
          badge(pack.visibility, pack.visibility === 'community' ? 'good' : 'plain'),
          seen('org_id', ownerOf(each)),
          imageOf(pack, seen),
          h('span', { class: 'muted' }, roleCount(each.roles)),
          [
            h(
              'div',
              { class: 'row' },
              filesButton,
              button(
                `Make ${to}`,
                act(
                  {
                    method: 'PATCH',
                    path,
                    headers: { 'Content-Type': 'application/json' },
                    body: JSON.stringify({ visibility: to }),
                  },
                  `${pack.display_name} is ${to} now.`,
                ),
                key('Make'),
              ),
              button(
                'Delete',
                act(
                  { method: 'DELETE', path },
                  `${pack.display_name} is gone.`,
                  `Delete ${pack.display_name} (${each.id}) as ${viewer.value}? A rewind in the journal brings it back.`,
                ),
                { ...key('Delete'), class: 'destroys' },
              ),
            ),
          ],
        ],
        { class: each.visible ? null : 'not-seen', 'data-pack': each.id },
      ),
      h(
        'tr',
        { role: 'row', class: 'told', 'data-answer': each.id },
        h('td', { role: 'cell', colspan: COLUMNS.length, class: 'wide' }, answer),
      ),
      files,
    ];
  }

  await refresh();
  return {
    refresh,
    entry: afterChanges(refresh),
  };
}

function hidden(shown) {
  return h(
    'span',
    { class: 'redacted' },
    badge('hidden', 'warn', 'This viewer is not shown it'),
    ' ',
    h('span', { class: 'muted' }, shown),
  );
}

const ownerOf = (each) => (each.owner ? h('code', {}, each.owner) : 'the platform');
const imageOf = (pack, seen) =>
  pack.image_ref ? seen('image_ref', h('code', {}, pack.image_ref)) : hidden('never shown');
const roleCount = (roles) => (roles.length === 0 ? 'nobody' : roles.length === 1 ? '1 role' : `${roles.length} roles`);

/** Details of a row, and the columns that a small screen leaves out. */
function facts({ pack, roles }, seen) {
  const fact = (name, shown) => h('div', {}, h('dt', {}, name), h('dd', {}, shown));
  return h(
    'dl',
    { class: 'facts' },
    fact('Tier', pack.tier),
    fact('Origin', h('code', {}, pack.image_origin)),
    fact('Image', imageOf(pack, seen)),
    fact('Updated', when(pack.updated_at, 'short')),
    fact(
      'Used by',
      roles.length
        ? h(
            'ul',
            { class: 'plain' },
            roles.map((role) =>
              h('li', {}, role.name, ' of ', h('code', {}, role.org_id), role.archived ? ' (archived)' : ''),
            ),
          )
        : 'nobody',
    ),
  );
}
