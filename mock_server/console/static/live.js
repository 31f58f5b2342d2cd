// Streams of what happens in a world: one that ends is opened again, and whoever follows it hears whether the mock is there.

import { Refused, allWorlds, forget } from './api.js';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 4000;

/**
 * Follow a stream of a world until `signal` ends it; `open` asks for it, with headers and the signal. `known`: the world
 * was there before, and is not to be made by asking; `last`: the id of the last event that was received.
 * `told` has: event, connected, lost, and perhaps deleted, refused.
 */
export async function follow(world, open, signal, told, { known = false, last = null } = {}) {
  let pause = FIRST_PAUSE_MS;
  while (!signal.aborted) {
    try {
      if (known && !(await exists(world))) {
        told.deleted?.();
        return;
      }
      const answer = await open(last === null ? {} : { 'Last-Event-ID': last }, signal);
      if (!answer.ok) throw new Refused(answer.status, (await answer.json()).error);
      told.connected();
      pause = FIRST_PAUSE_MS;
      known = true;
      for await (const event of events(answer.body)) {
        last = event.id ?? last;
        told.event(event);
      }
    } catch (problem) {
      if (signal.aborted) return;
      if (problem.status < 500) {
        // no token, no scope, or no world of this name: asking again gets nothing else
        told.refused?.(problem);
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
  return (await allWorlds()).some((each) => each.name === world);
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
