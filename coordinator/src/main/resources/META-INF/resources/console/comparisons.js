import {call, get, open, part} from './api.js';
import {announce, attempt, badge, confirm, dialog, empty, field, h, ident, notWhole, number, showViolations, whole} from './dom.js';
import {GUARANTEES} from './deliveries.js';

export const title = 'Comparisons';

export function show(main, [selected]) {
  const rows = h('tbody', {});
  const detail = h('section', {class: 'card', 'aria-label': 'One comparison'}, h('p', {class: 'quiet'}, 'Choose a comparison to see its figures.'));
  const bar = h('progress', {'aria-label': 'Progress', max: '1', value: '0'});
  const step = h('p', {class: 'quiet'});
  let running = null;
  let picture = null;
  main.append(
    h('div', {class: 'head'}, h('h1', {}, title), h('div', {class: 'tools'}, h('button', {class: 'main', onclick: event => attempt(event.target, start)}, 'New comparison'))),
    h('p', {class: 'quiet'}, 'What each guarantee costs with this broker, this database and this machine: the same messages through every one, measured and audited.'),
    h('div', {class: 'split'},
      h('div', {class: 'card'}, h('table', {class: 'stack'},
        h('thead', {}, h('tr', {}, ['Started', 'Status', 'Messages', ''].map(text => h('th', {scope: 'col'}, text || h('span', {class: 'unseen'}, 'Look'))))), rows)),
      detail));

  async function load() {
    const list = await get('/v1/comparisons');
    rows.replaceChildren(...list.map(c => h('tr', {},
      h('td', {class: 'time'}, new Date(c.startedAt).toLocaleString('en-GB')), h('td', {}, badge(c.status)), h('td', {}, `${number(c.messages)} × ${c.rounds}`),
      h('td', {}, h('button', {'aria-label': `Show ${c.id}`, onclick: () => { location.hash = `#/comparisons/${c.id}`; }}, 'Show')))));
    if (!list.length) rows.append(h('tr', {}, h('td', {colspan: '4'}, 'None yet.')));
    if (selected) await tell();
  }

  async function tell() {
    const c = await get(`/v1/comparisons/${part(selected)}`);
    const isRunning = c.status === 'running';
    bar.max = c.progress.of;
    bar.value = c.progress.done;
    step.textContent = c.progress.step;
    const measured = c.results.filter(r => r.messagesPerSecond !== undefined);
    const image = measured.length ? h('img', {class: 'chart', alt: 'Bars of messages a second and of latency; the table below has the same figures.', src: await chart()}) : null;
    detail.replaceChildren(
      h('div', {class: 'top'}, h('h2', {}, ident(c.id)), badge(c.status)),
      c.error ? h('p', {class: 'error'}, c.error) : '',
      ...(isRunning ? [bar, step, h('div', {class: 'buttons'}, h('button', {class: 'danger', onclick: event => attempt(event.target, cancel)}, 'Cancel it'))] : []),
      image ?? '',
      ...(measured.length ? [h('div', {class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Figures'}, h('table', {},
        h('thead', {}, h('tr', {}, ['Guarantee', 'Batch', 'Messages/s', 'p50 ms', 'p99 ms', 'Lost', 'Duplicated'].map((text, i) => h('th', {scope: 'col', class: i > 0 ? 'number' : ''}, text)))),
        h('tbody', {}, measured.map(r => h('tr', {}, h('td', {}, r.guarantee),
          [r.batch, number(Math.round(r.messagesPerSecond)), r.latency ? ms(r.latency.p50) : '–', r.latency ? ms(r.latency.p99) : '–', r.lost, r.duplicated]
            .map(value => h('td', {class: 'number'}, value)))))))] : []),
      ...c.results.flatMap(r => (r.interruptions ?? []).map(text => h('p', {class: 'quiet'}, `${r.guarantee}, batch ${r.batch}: interrupted in ${text}`))));
  }

  const ms = value => (Math.round(value * 10) / 10).toString();

  /** Fetched as everything else is: a picture by its address could not say who its user is. */
  async function chart() {
    const answer = await open(`/v1/comparisons/${part(selected)}/chart.svg`, {headers: {Accept: 'image/svg+xml'}});
    if (picture) URL.revokeObjectURL(picture);
    picture = URL.createObjectURL(new Blob([await answer.text()], {type: 'image/svg+xml'}));
    return picture;
  }

  async function cancel() {
    await call('POST', `/v1/comparisons/${part(selected)}/cancel`);
    await load();
  }

  async function start() {
    const participants = await get('/v1/participants');
    const broker = participants.find(p => p.name === 'broker');
    if (!broker) throw new Error('A comparison needs queues, and this node has no broker: handfast.broker.enabled is false.');
    const databases = participants.filter(p => p.name !== 'broker');
    const database = h('select', {}, databases.map(p => h('option', {value: p.name.replace(/^database:?/, '')}, `${p.name} (${p.url})`)));
    const text = value => h('input', {value, inputmode: 'numeric'});
    const from = {messages: text(10000), size: text(256), consumers: text(4), batch: text(100), rounds: text(3), rate: text(200)};
    const ways = GUARANTEES.map(g => h('input', {type: 'checkbox', checked: true, value: g.value}));
    const wrong = h('p', {class: 'error', role: 'alert', hidden: true});
    const go = h('button', {type: 'submit', class: 'main'}, 'Start');
    const form = h('form', {novalidate: true},
      h('fieldset', {}, h('legend', {}, 'Guarantees'), GUARANTEES.map((g, i) => h('label', {class: 'choice'}, ways[i], h('span', {}, h('b', {}, g.name), h('span', {class: 'quiet'}, g.text))))),
      h('div', {class: 'two'},
        field('Messages', from.messages, {path: 'messages'}), field('Bytes each', from.size, {path: 'size'}),
        field('Consumers', from.consumers, {path: 'consumers'}), field('Messages in a unit', from.batch, {path: 'batch'}),
        field('Rounds', from.rounds, {path: 'rounds'}), field('Messages/s for latency', from.rate, {path: 'rate'})),
      field('Database', database, {path: 'database', hint: `The broker is ${broker.url}${broker.embedded ? ', embedded in this process' : ''}. The comparison uses queues and tables of its own, and removes them.`}),
      wrong,
      h('div', {class: 'buttons'}, go, h('button', {type: 'button', onclick: () => box.close()}, 'Cancel')));
    form.addEventListener('submit', async event => {
      event.preventDefault();
      const violations = notWhole(Object.values(from));
      showViolations(form, violations);
      wrong.hidden = true;
      if (violations.length) return;
      const to = databases[database.selectedIndex];
      const shared = [broker, to].filter(p => !p.embedded);
      if (!shared.length) { await run(); return; }
      confirm('Start it there?', {
        verb: 'Start the comparison', danger: true,
        lines: [`It runs on ${shared.map(p => `the ${p.name} ${p.url}`).join(' and on ')}, which ${shared.length > 1 ? 'are' : 'is'} not embedded in this process.`,
          `${number(whole(from.messages))} messages of ${number(whole(from.size))} bytes, ${number(whole(from.rounds))} rounds for each guarantee: whatever else uses ${shared.length > 1 ? 'them' : 'it'} is slowed down meanwhile.`],
      }, run);
    });

    /** What the service refuses is shown in the form, where it can be corrected. */
    async function run() {
      go.disabled = true;
      const body = Object.fromEntries(Object.entries(from).map(([key, input]) => [key, whole(input)]));
      body.guarantees = ways.filter(way => way.checked).map(way => way.value);
      if (database.value) body.database = database.value;
      try {
        const begun = await call('POST', '/v1/comparisons', body);
        box.close();
        announce('The comparison runs');
        location.hash = `#/comparisons/${part(begun.id)}`;
      } catch (problem) {
        const rest = showViolations(form, problem.violations);
        wrong.textContent = problem.violations.length ? rest.map(v => `${v.field}: must be ${v.rule}`).join(' · ') : problem.message;
        wrong.hidden = !wrong.textContent;
      }
      go.disabled = false;
    }
    const box = dialog('New comparison', {}, form);
  }

  const fail = problem => detail.replaceChildren(empty(problem.message));
  load().catch(fail);
  return {
    leave() { if (picture) URL.revokeObjectURL(picture); },
    snapshot(data) {
      const now = JSON.stringify(data.comparison);
      if (running !== null && now !== running) load().catch(fail);
      running = now;
    },
  };
}
