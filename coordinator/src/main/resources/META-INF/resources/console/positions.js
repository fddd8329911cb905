import {call, get, part} from './api.js';
import {announce, attempt, confirm, dialog, empty, field, h, number, tone} from './dom.js';

const WAYS = {earliest: 'the first records', latest: 'the end, past all records', time: 'records of a time or later', offsets: 'offsets by partition'};

/** How far a delivery has applied each partition of its topic, and where it is to go on. */
export async function positions(name, done) {
  const path = `/v1/deliveries/${part(name)}`;
  const state = h('span', {});
  const rows = h('tbody', {});
  const told = h('p', {class: 'quiet'});
  const error = h('p', {class: 'error', hidden: true});
  const toggle = h('button', {type: 'button', onclick: event => attempt(event.target, async () => {
    await call('POST', `${path}/${toggle.dataset.act}`);
    await load();
    await done();
  })});
  const way = h('select', {}, Object.entries(WAYS).map(([key, label]) => h('option', {value: key}, label)));
  const time = h('input', {spellcheck: 'false', placeholder: '2026-11-28T00:00:00Z'});
  const offsets = h('input', {spellcheck: 'false', placeholder: '{"0": 42}'});
  const timed = field('Time', time, {hint: 'ISO-8601, in UTC'});
  const chosen = field('Offsets', offsets, {hint: 'a JSON object; partitions that are not named stay where they are'});
  const move = h('button', {type: 'button', class: 'danger', onclick: () => ask()}, 'Go on there');
  const paused = h('fieldset', {}, h('legend', {}, 'Go on elsewhere'),
    field('At', way), timed, chosen, h('div', {class: 'buttons'}, move));
  const running = h('p', {class: 'note'}, 'Pause the delivery to have it go on elsewhere.');
  const arrange = () => {
    timed.hidden = way.value !== 'time';
    chosen.hidden = way.value !== 'offsets';
  };
  way.addEventListener('change', arrange);
  arrange();

  async function load() {
    const [d, all] = await Promise.all([get(path), get(`${path}/position`)]);
    const isPaused = d.state === 'paused';
    state.className = tone(d.state);
    state.textContent = d.state;
    toggle.dataset.act = d.state === 'running' || d.state === 'retrying' ? 'pause' : 'resume';
    toggle.textContent = toggle.dataset.act === 'pause' ? 'Pause' : 'Start';
    toggle.setAttribute('aria-label', `${toggle.textContent} the delivery`);
    paused.hidden = !isPaused;
    running.hidden = isPaused;
    error.hidden = !d.lastError;
    error.textContent = d.lastError ?? '';
    told.replaceChildren(`Topic ${d.source.kafka.topic}, group ${d.source.kafka.group}. Lag ${number(d.lag)}. `,
      d.deadLetterDepth
        ? h('a', {href: `#/dead-letters/${part(`database/${name}`)}`}, d.deadLetterDepth === 1 ? '1 dead letter' : `${number(d.deadLetterDepth)} dead letters`)
        : d.deadLetterDepth === 0 ? 'No dead letters.' : 'How many dead letters there are is not known.');
    rows.replaceChildren(...all.map(p => h('tr', {},
      h('td', {}, h('span', {class: 'label'}, 'Partition '), p.partition),
      ...[['Position ', p.position], ['First ', p.start], ['End ', p.end], ['Lag ', p.lag]].map(([label, value]) =>
        h('td', {class: 'number'}, h('span', {class: 'label'}, label), number(value))),
      h('td', {}, p.failing == null ? '' : `offset ${number(p.failing)} has failed ${p.attempts} ${p.attempts === 1 ? 'time' : 'times'}`))));
  }

  function target() {
    if (way.value === 'time') return time.value.trim();
    if (way.value !== 'offsets') return way.value;
    try {
      return JSON.parse(offsets.value);
    } catch {
      return offsets.value.trim(); // the service says what it should be
    }
  }

  function ask() {
    const to = target();
    confirm('Go on there?', {
      verb: 'Set the positions', danger: true,
      lines: [`The delivery ${name} goes on at ${typeof to === 'string' ? to : JSON.stringify(to)}, on all nodes.`,
        'Records after a position that goes back are applied again; those before one that goes on are never applied.'],
    }, async () => {
      await call('POST', `${path}/position`, {to}).catch(problem => {
        if (problem.violations.length) problem.message = problem.violations.map(v => `${v.field}: must be ${v.rule}`).join(' · ');
        throw problem;
      });
      announce(`Positions of ${name} set`);
      await load();
    });
  }

  await load();
  const box = dialog(`Positions of ${name}`, {}, h('p', {}, state), told, error,
    rows.children.length ? h('div', {class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Partitions'}, h('table', {class: 'stack'},
      h('thead', {}, h('tr', {}, ['Partition', 'Position', 'First', 'End', 'Lag', 'Held by'].map((text, i) => h('th', {scope: 'col', class: i > 0 && i < 5 ? 'number' : ''}, text)))), rows)) : empty('The topic has no partitions.'),
    running, paused,
    h('div', {class: 'buttons'}, toggle,
      h('button', {type: 'button', onclick: event => attempt(event.target, load)}, 'Refresh'),
      h('button', {type: 'button', onclick: () => box.close()}, 'Close')));
}
