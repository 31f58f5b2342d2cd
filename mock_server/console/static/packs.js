// What a caller does with packs through the API itself.

import { told } from './answers.js';
import { readShown, send } from './api.js';
import { fill, h } from './dom.js';
import { attempt, button, choice, field, form, outcome, size } from './parts.js';
import { gzipped } from './tar.js';

/** The files of a pack, which the caller reads one by one. */
export function filesOf(each, world, caller) {
  const view = h('div', { 'aria-live': 'polite' });
  const list = h(
    'div',
    { class: 'segments' },
    each.files.map((file) => {
      const one = button(
        `${file.path} · ${size(file.bytes)}`,
        (pressed) =>
          attempt(
            view,
            async () => {
              const path = `/packs/${encodeURIComponent(each.id)}/files/${file.path.split('/').map(encodeURIComponent).join('/')}`;
              const got = await readShown(world, { path, token: caller().token });
              for (const other of list.children) other.setAttribute('aria-pressed', String(other === one));
              if (got.ok) fill(view, content(file.path, got));
              else told(view, { method: 'GET', path }, got);
            },
            pressed,
          ),
        { 'aria-pressed': 'false' },
      );
      return one;
    }),
  );
  return h(
    'div',
    { class: 'view' },
    h('p', { class: 'muted' }, `Files of ${each.pack.display_name}, read as ${caller().name}:`),
    list,
    view,
  );
}

/** Two forms that make a pack as the caller: from a file, and a new one; `done` is awaited after each. */
export function uploads(world, caller, done) {
  const archive = h('input', { type: 'file', accept: '.tar.gz,.tgz,application/gzip', required: true });
  const name = h('input', {
    type: 'text',
    required: true,
    value: 'my-pack',
    autocomplete: 'off',
    spellcheck: 'false',
  });
  const seenBy = [choice(['org', 'community']), choice(['org', 'community'])];
  const answer = outcome();
  const upload = async (blob, fileName, visibility) => {
    const body = new FormData();
    body.append('archive', blob, fileName);
    body.append('visibility', visibility);
    const request = { method: 'POST', path: '/packs/upload', body };
    const got = await send(world, { ...request, token: caller().token });
    if (got.ok) await done();
    told(answer, request, got, `${fileName} is a pack now.`);
  };
  return h(
    'section',
    { 'aria-label': 'Upload' },
    h('h3', {}, 'Upload as this viewer'),
    form(
      () => upload(new Blob([archive.files[0]], { type: 'application/gzip' }), archive.files[0].name, seenBy[0].value),
      field('Archive (.tar.gz)', archive),
      field('Visibility of the archive', seenBy[0]),
      h('button', {}, 'Upload'),
    ),
    form(
      async () =>
        upload(
          await gzipped({
            'pack.yaml': `name: ${name.value}\nversion: 1.0.0\n`,
            'behavior.md': `# ${name.value}\n`,
          }),
          `${name.value}.tar.gz`,
          seenBy[1].value,
        ),
      field('Or a small pack named', name),
      field('Visibility of the small pack', seenBy[1]),
      h('button', {}, 'Make and upload'),
    ),
    answer,
  );
}

function content(path, got) {
  const told = h('p', { class: 'muted' }, h('code', {}, path), ` · ${size(got.bytes.length)} · ${got.type}`);
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(got.bytes);
    if (!text.includes('\0'))
      return [told, h('pre', { tabindex: '0', role: 'group', 'aria-label': path }, h('code', {}, text))];
  } catch {
    /* it is no text */
  }
  return [told, h('p', {}, 'It is not text.')];
}
