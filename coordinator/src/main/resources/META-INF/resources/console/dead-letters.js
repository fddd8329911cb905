import {call, get, part} from './api.js';
import {announce, attempt, confirm, empty, h, ident, number} from './dom.js';

export const title = 'Dead letters';

const IN_TABLE = 'database/';
const isStored = queue => queue.startsWith(IN_TABLE);
const pathOf = queue => '/v1/dead-letters/' + (isStored(queue) ? IN_TABLE + part(queue.slice(IN_TABLE.length)) : part(queue));

export function show(main, [selected]) {
  const queues = h('div', {class: 'cards'});
  const content = h('section', {'aria-label': 'Messages'});
  let dead = null;
  main.append(h('div', {class: 'head'}, h('h1', {}, title)),
    h('p', {class: 'quiet'}, 'Messages that could not be applied. Mend what was wrong, then send them back: each is moved in one transaction, and is never lost or duplicated by it. Those of a topic of Kafka, or a queue of SQS, are rows in its database, and are applied from there.'),
    queues, content);

  async function load() {
    try {
      const list = await get('/v1/dead-letters');
      queues.replaceChildren(...list.map(q => h('article', {class: 'card', 'aria-label': q.queue},
        h('div', {class: 'top'}, h('h2', {}, q.queue), h('span', {class: q.messages ? 'badge bad' : 'badge good'}, number(q.messages))),
        h('p', {class: 'route'}, `of ${q.deliveries.join(', ')}`),
        h('div', {class: 'buttons'}, h('button', {'aria-label': `Show ${q.queue}`, onclick: () => { location.hash = `#/dead-letters/${part(q.queue)}`; }}, 'Show')))));
      if (!list.length) queues.append(empty('No delivery, no dead letters.'));
      if (selected) await open(selected);
    } catch (problem) {
      content.replaceChildren(h('p', {class: 'error', role: 'alert'}, problem.message));
    }
  }

  async function open(queue) {
    const shown = await get(`${pathOf(queue)}?limit=50`);
    content.replaceChildren(
      h('div', {class: 'head'}, h('h2', {}, queue), h('div', {class: 'tools'},
        h('button', {class: 'main', disabled: shown.total === 0, onclick: () => all(queue, shown.total)}, `Replay all ${number(shown.total)}`))),
      ...shown.messages.map(message => letter(queue, message)));
    if (!shown.messages.length) content.append(empty('There is no message here now.'));
    else if (shown.total > shown.messages.length) content.append(h('p', {class: 'quiet'}, `The oldest ${shown.messages.length} of ${number(shown.total)}.`));
  }

  function letter(queue, m) {
    return h('article', {class: 'card wide', 'aria-label': `Message ${m.message}`},
      h('div', {class: 'top'}, h('h2', {}, ident(m.message)), h('span', {class: 'badge'}, `${m.failures} ${m.failures === 1 ? 'failure' : 'failures'}`)),
      h('p', {class: 'route'}, [m.delivery && `delivery ${m.delivery}`, m.source && `from ${m.source}`, m.failedAt && `at ${new Date(m.failedAt).toLocaleString('en-GB')}`].filter(Boolean).join(' · ')),
      m.cause ? h('p', {class: 'error'}, m.cause) : null,
      m.body === undefined ? h('p', {class: 'quiet'}, 'It has no text.') : h('pre', {tabindex: '0', 'aria-label': 'Body'}, m.body + (m.truncated ? '…' : '')),
      m.source
        ? h('div', {class: 'buttons'}, h('button', {'aria-label': `Replay ${m.message}`, onclick: event => attempt(event.target, () => one(queue, m))}, 'Replay'))
        : h('p', {class: 'note'}, 'It does not say where it came from, so it cannot be sent back.'));
  }

  async function one(queue, m) {
    const {replayed} = await call('POST', `${pathOf(queue)}/replay`, {ids: [m.id]});
    announce(replayed ? (isStored(queue) ? 'Applied' : `Sent back to ${m.source}`) : isStored(queue) ? 'It failed again, or was not there any more' : 'It was not there any more');
    await load();
  }

  function all(queue, total) {
    confirm('Replay all?', {
      verb: 'Replay all',
      lines: isStored(queue)
        ? [`The ${number(total)} messages are applied again, each in one transaction with its removal.`, 'What fails again stays.']
        : [`The ${number(total)} messages in '${queue}' go back to where they came from, and their deliveries apply them again.`,
          'What fails again comes back here, with its failures counted from the start.'],
    }, async () => {
      const {replayed} = await call('POST', `${pathOf(queue)}/replay`, {});
      announce(isStored(queue) ? `${replayed} applied` : `${replayed} sent back`);
      await load();
    });
  }

  load();
  return {
    snapshot(data) {
      const now = data.deliveries.reduce((sum, d) => sum + d.counters.deadLettered, 0);
      if (dead !== null && now !== dead) load();
      dead = now;
    },
  };
}
