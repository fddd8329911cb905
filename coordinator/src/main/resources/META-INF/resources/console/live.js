// Server-sent events, read with fetch: an EventSource cannot say who its user is.

import {open} from './api.js';

const PAUSE = 2000;

async function read(answer, tell) {
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const {done, value} = await reader.read();
    if (done) return;
    rest += value.replaceAll('\r', '');
    const events = rest.split('\n\n');
    rest = events.pop();
    for (const event of events) {
      const lines = event.split('\n');
      const of = name => lines.filter(line => line.startsWith(`${name}:`)).map(line => line.slice(name.length + 1).trimStart()).join('\n');
      if (of('data')) tell(of('event'), JSON.parse(of('data')));
    }
  }
}

/** Listens for as long as the page is open, and comes back after every loss. */
export async function listen({tell, isOn}) {
  for (;;) {
    try {
      const answer = await open('/v1/events');
      isOn(true);
      await read(answer, tell);
    } catch (lost) {
      // said below
    }
    isOn(false);
    await new Promise(done => setTimeout(done, PAUSE));
  }
}
