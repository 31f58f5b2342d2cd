// What happens in a world, as it happens: the one stream of the page, which says as well whether the mock is there.

import { Refused, control, controlled, forget, inWorld } from './api.js';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 4000;

/**
 * Follow a world until `signal` ends it; `known`: it was there before, and is not to be made by asking.
 * `told` has: entry, gap, connected, lost, deleted, refused.
 */
export async function follow(world, signal, told, known = false) {
  let last = null;
  let pause = FIRST_PAUSE_MS;
  while (!signal.aborted) {
    try {
      if (known && !(await exists(world))) {
        told.deleted();
        return;
      }
      const headers = last === null ? {} : { 'Last-Event-ID': String(last) };
      const answer = await controlled(inWorld(world, '/journal/stream'), { headers, signal });
      if (!answer.ok) throw new Refused(answer.status, (await answer.json()).error);
      told.connected();
      pause = FIRST_PAUSE_MS;
      known = true;
      for await (const event of events(answer.body)) {
        last = Number(event.id ?? last);
        if (event.name === 'message') told.entry(JSON.parse(event.data));
        else told.gap();
      }
    } catch (problem) {
      if (signal.aborted) return;
      if (problem.status < 500) {
        // no token, or no world of this name: asking again gets nothing else
        told.refused();
        return;
      }
    }
    await waited(FIRST_PAUSE_MS, signal);
    if (await there()) continue;
    told.lost();
    while (!signal.aborted && !(await there())) {
      await waited(pause, signal);
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
    }
    known = false; // a mock that was started anew has no world yet
    last = null;
    forget();
  }
}

async function there() {
  try {
    return (await fetch('/_mock/health')).ok;
  } catch {
    return false;
  }
}

async function exists(world) {
  const { worlds } = await control('GET', '/worlds');
  return worlds.some((each) => each.name === world);
}

function waited(ms, signal) {
  return new Promise((done) => {
    const timer = setTimeout(done, ms);
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        done();
      },
      { once: true },
    );
  });
}

async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    text += value;
    const blocks = text.split('\n\n');
    text = blocks.pop();
    for (const block of blocks) {
      const event = parsed(block);
      if (event.data) yield event;
    }
  }
}

function parsed(block) {
  const event = { name: 'message', id: null, data: '' };
  for (const line of block.split('\n')) {
    const [, field, value] = /^(\w*): ?(.*)$/.exec(line) ?? [];
    if (field === 'event') event.name = value;
    else if (field === 'id') event.id = value;
    else if (field === 'data') event.data += value;
  }
  return event;
}
