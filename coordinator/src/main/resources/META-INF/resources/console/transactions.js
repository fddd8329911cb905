import {get, part} from './api.js';
import {badge, empty, field, h, ident, micros, s, say} from './dom.js';

export const title = 'Transactions';

const EVERY = 2000;
const STATUSES = ['committed', 'committing', 'in-doubt', 'rolled-back', 'active', 'heuristic-mixed', 'heuristic-hazard'];
const NAMES = {
  receive: 'Received', apply: 'Statements', join: 'Joined', prepare: 'Prepared', decide: 'Decision', commit: 'Committed',
  rollback: 'Rolled back', recover: 'Recovered',
};

const time = text => new Date(text).toLocaleTimeString('en-GB') + '.' + text.slice(20, 23).padEnd(3, '0');

const NOTE = 'The latest units of deliveries under two-phase commit and local commit, and clients’ transactions, since this process began.';

/** The filters are part of the address: they stay when a transaction is chosen, and for who comes back or shares it. */
export function show(main, [selected], query) {
  const pick = (label, name, options) => {
    const now = query.get(name) ?? '';
    const known = now && !options.includes(now) ? [now, ...options] : options;
    const select = h('select', {onchange: filter}, h('option', {value: ''}, 'all'), known.map(o => h('option', {selected: o === now}, o)));
    return {select, element: field(label, select)};
  };
  const status = pick('Status', 'status', STATUSES);
  const delivery = pick('Delivery', 'delivery', []);
  const rows = h('tbody', {});
  const note = h('p', {class: 'quiet'}, NOTE);
  const detail = h('section', {class: 'card', 'aria-label': 'Timeline of one transaction'}, h('p', {class: 'quiet'}, 'Choose a transaction to see its timeline.'));
  const timer = setInterval(() => { if (!document.hidden) load(); }, EVERY);
  let drawn = '';
  let detailed = '';
  main.append(
    h('div', {class: 'head'}, h('h1', {}, title), h('div', {class: 'tools'}, status.element, delivery.element)),
    note,
    h('div', {class: 'split'},
      h('div', {class: 'card'}, h('table', {class: 'stack'},
        h('thead', {}, h('tr', {}, ['Begun', 'Transaction', 'Of', 'Status', 'Took'].map(text => h('th', {scope: 'col'}, text)))), rows)),
      detail));

  get('/v1/deliveries').then(list => delivery.select.append(...list.map(d => d.name)
    .filter(name => name !== delivery.select.value).map(name => h('option', {}, name))), problem => say(note, problem.message));

  function filters() {
    const chosen = new URLSearchParams();
    if (status.select.value) chosen.set('status', status.select.value);
    if (delivery.select.value) chosen.set('delivery', delivery.select.value);
    return chosen;
  }

  function address(transaction) {
    const chosen = filters().toString();
    return `#/transactions${transaction ? '/' + part(transaction) : ''}${chosen ? '?' + chosen : ''}`;
  }

  function filter() {
    history.replaceState(null, '', address(selected));
    load();
  }

  async function load() {
    const asked = filters();
    asked.set('limit', '25');
    try {
      const list = await get(`/v1/timelines?${asked}`);
      say(note, NOTE);
      const text = JSON.stringify(list);
      if (text !== drawn && !rows.contains(document.activeElement)) {
        rows.replaceChildren(...list.map(row));
        drawn = text;
      }
      if (!list.length) rows.replaceChildren(h('tr', {}, h('td', {colspan: '5'}, 'None yet.')));
      if (selected) await tell(selected);
    } catch (problem) {
      say(note, problem.message);
    }
  }

  function row(story) {
    const end = story.steps.length ? story.steps.at(-1).atMicros : 0;
    return h('tr', {},
      h('td', {class: 'time'}, time(story.begun)),
      h('td', {}, h('button', {class: 'link', onclick: () => { location.hash = address(story.transaction); }}, ident(story.transaction))),
      h('td', {}, story.delivery ?? 'a client'),
      h('td', {}, badge(story.status)),
      h('td', {class: 'time'}, micros(end)));
  }

  async function tell(id) {
    const story = await get(`/v1/timelines/${part(id)}`);
    const text = JSON.stringify(story);
    if (text === detailed) return;
    detailed = text;
    const whole = Math.max(1, ...story.steps.map(step => step.atMicros));
    detail.replaceChildren(
      h('div', {class: 'top'}, h('h2', {}, ident(story.transaction)), badge(story.status)),
      h('p', {class: 'route'}, `${story.delivery ? 'Unit of ' + story.delivery : 'Of a client'}, begun ${time(story.begun)}`),
      story.reason ? h('p', {class: 'error'}, story.reason) : '',
      h('ol', {class: 'story'}, story.steps.map(step => h('li', {class: `${step.step}${step.failed ? ' failed' : ''}`},
        h('div', {}, h('b', {}, step.failed ? `${NAMES[step.step]}: failed` : NAMES[step.step]), h('div', {class: 'quiet'}, step.participant ?? 'coordinator')),
        bar(step, whole),
        h('div', {class: 'quiet'}, step.tookMicros ? micros(step.tookMicros) : `at ${micros(step.atMicros)}`),
        step.detail ? h('p', {class: 'detail'}, step.detail) : null))));
  }

  function bar(step, whole) {
    const width = Math.max(0.8, step.tookMicros / whole * 100);
    const x = Math.min(100 - width, (step.atMicros - step.tookMicros) / whole * 100);
    return s('svg', {viewBox: '0 0 100 16', preserveAspectRatio: 'none', 'aria-hidden': 'true'}, s('rect', {x, y: 2, width, height: 12, rx: 1}));
  }

  if (selected) tell(selected).catch(problem => detail.replaceChildren(empty(problem.message)));
  load();
  return {leave: () => clearInterval(timer)};
}
