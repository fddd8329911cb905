import {ABSENT, call, get, getToChange, part} from './api.js';
import {announce, attempt, badge, complain, confirm, dialog, empty, field, h, millis, moment, number, s, say, showViolations, tone, whole} from './dom.js';
import {positions} from './positions.js';

export const title = 'Deliveries';

const KEPT = 60;
const rates = new Map();

/** The ways to deliver, as one chooses between them. */
export const GUARANTEES = [
  {value: 'two-phase-commit', name: 'Exactly once, two-phase commit', steps: 'receive → apply → prepare both → force the decision → commit both',
    text: 'A crash costs nothing: recovery finishes what the log decided and rolls back the rest. For orders, payments, stock in several databases or services.'},
  {value: 'local-commit', name: 'Exactly once, local commit', steps: 'receive → prepare the broker + apply + write a marker → commit the database, which decides → commit the broker',
    text: 'A crash costs nothing: recovery finishes what the marker decided and rolls back the rest. For one database, also one that cannot prepare.'},
  {value: 'idempotency', name: 'Exactly once, idempotency', steps: 'receive → note the ids in an inbox + apply → commit → acknowledge',
    text: 'A crash costs nothing: a second copy is recognised. For where you want no XA, also at the broker.'},
  {value: 'at-least-once', name: 'At least once', steps: 'receive → apply → commit → acknowledge',
    text: 'A crash applies the messages in flight again. For changes that do no harm twice, such as upserts by key.'},
  {value: 'at-most-once', name: 'At most once', steps: 'receive → acknowledge → apply → commit',
    text: 'A crash loses the messages in flight. For samples and ticks, where late or duplicated is worse than lost.'},
];

const chosen = d => d.guarantee === 'exactly-once' ? d.protocol : d.guarantee;
const source = d => d.source.queue ?? (d.source.kafka ? `${d.source.kafka.topic} (Kafka)`
  : d.source.sqs ? `${d.source.sqs.queue} (SQS)` : `${d.source.topic} (${d.source.subscription})`);

function targets(d) {
  if (d.style === 'pull') return ['clients that ask'];
  return [d.sink && (d.sink.database ? `database ${d.sink.database}` : 'database'), d.forward && `queue ${d.forward.queue}`, d.handler && d.handler.url].filter(Boolean);
}

function spark(values) {
  const top = Math.max(1, ...values);
  const points = values.map((value, i) => `${(KEPT - values.length + i) * 100 / (KEPT - 1)},${42 - value / top * 38}`);
  return [`M${points.join('L')}`, `M${points[0].split(',')[0]},44L${points.join('L')}L100,44Z`];
}

export function show(main) {
  const cards = h('div', {class: 'cards'});
  const banner = h('p', {class: 'error banner', role: 'alert', hidden: true});
  const known = new Map();
  let names = null;
  let loading = true;
  main.append(
    h('div', {class: 'head'}, h('h1', {}, title), h('div', {class: 'tools'},
      h('button', {class: 'main', onclick: event => attempt(event.target, () => edit(null, load))}, 'New delivery'))),
    banner, cards);

  /** Deliveries that are to run and cannot, and why; one line for all. */
  function warn(list) {
    const retrying = list.filter(d => d.state === 'retrying');
    banner.hidden = !retrying.length;
    say(banner, retrying.map(d => `${d.name} is retrying since ${moment(d.retryingSince)}: ${d.lastError}`).join(' · '));
  }

  async function load() {
    const list = await get('/v1/deliveries');
    names = list.map(d => d.name).join();
    known.clear();
    cards.replaceChildren(...list.map(card));
    warn(list);
    if (!list.length) cards.append(empty('There is no delivery yet. Create one: a queue, and what shall become of its messages.'));
  }

  function card(d) {
    const view = {
      state: badge(d.state), rate: h('dd', {}, '–'), backlog: h('dd', {}, '–'), latency: h('dd', {}, '–'),
      committed: h('dd', {}, number(d.counters.committed)), again: h('dd', {}, number(d.counters.rolledBack)),
      dead: h('dd', {}, number(d.counters.deadLettered)), waiting: h('dd', {}, number(d.deadLetterDepth)), error: h('p', {class: 'error', hidden: !d.lastError}, d.lastError ?? ''),
      line: s('path', {class: 'line'}), area: s('path', {class: 'area'}), toggle: h('button', {}),
    };
    const heading = h('h2', {}, d.name);
    view.toggle.addEventListener('click', () => attempt(view.toggle, async () => {
      const now = await call('POST', `/v1/deliveries/${part(d.name)}/${view.toggle.dataset.act}`);
      state(view, now);
      announce(`Delivery ${d.name}: ${now.state}`);
    }));
    view.named = d.name;
    state(view, d);
    known.set(d.name, view);
    const figure = (name, value) => h('div', {}, h('dt', {}, name), value);
    return h('article', {class: 'card', 'aria-label': `Delivery ${d.name}`},
      h('div', {class: 'top'}, heading, view.state),
      h('p', {class: 'route'}, `${source(d)} → ${targets(d).join(' + ')} · ${chosen(d)}`),
      h('dl', {class: 'figures'}, figure('Messages/s', view.rate), figure(d.source.kafka ? 'Lag' : 'Backlog', view.backlog), figure('Latency (oldest)', view.latency)),
      s('svg', {class: 'spark', viewBox: '0 0 100 44', preserveAspectRatio: 'none', 'aria-hidden': 'true'}, view.area, view.line),
      h('dl', {class: 'figures small'}, figure('Committed', view.committed), figure('Rolled back', view.again), figure('Dead letters', view.dead), figure(d.source.kafka || d.source.sqs ? 'In dead-letter table' : 'In dead-letter queue', view.waiting)),
      view.error,
      h('div', {class: 'buttons'}, view.toggle,
        d.source.kafka ? h('button', {onclick: event => attempt(event.target, () => positions(d.name, load)), 'aria-label': `Positions of ${d.name}`}, 'Positions') : null,
        h('button', {onclick: event => attempt(event.target, () => edit(d.name, load)), 'aria-label': `Edit ${d.name}`}, 'Edit'),
        h('button', {class: 'danger', onclick: event => attempt(event.target, () => remove(d.name, load)), 'aria-label': `Delete ${d.name}`}, 'Delete')));
  }

  function state(view, now) {
    view.state.className = tone(now.state);
    say(view.state, now.state);
    const act = now.state === 'running' || now.state === 'retrying' ? 'pause' : 'resume';
    view.toggle.dataset.act = act;
    say(view.toggle, act === 'pause' ? 'Pause' : 'Start');
    view.toggle.setAttribute('aria-label', `${view.toggle.textContent} ${view.named}`);
  }

  load().catch(problem => cards.replaceChildren(h('p', {class: 'error', role: 'alert'}, problem.message)))
    .finally(() => { loading = false; });
  return {
    snapshot(data) {
      warn(data.deliveries);
      if (!loading && data.deliveries.map(d => d.name).join() !== names) {
        loading = true;
        load().catch(problem => complain(`The deliveries could not be asked for: ${problem.message}`)).finally(() => { loading = false; });
      }
      for (const d of data.deliveries) {
        const history = rates.get(d.name) ?? [];
        history.push(d.rate);
        rates.set(d.name, history.slice(-KEPT));
        const view = known.get(d.name);
        if (!view) continue;
        state(view, d);
        say(view.rate, number(Math.round(d.rate)));
        say(view.backlog, number(d.backlog));
        if (d.latencyMillis != null) say(view.latency, millis(d.latencyMillis));
        say(view.committed, number(d.counters.committed));
        say(view.again, number(d.counters.rolledBack));
        say(view.dead, number(d.counters.deadLettered));
        say(view.waiting, number(d.deadLetterDepth));
        view.error.hidden = !d.lastError;
        say(view.error, d.lastError ?? '');
        const [line, area] = spark(rates.get(d.name));
        view.line.setAttribute('d', line);
        view.area.setAttribute('d', area);
      }
    },
  };
}

async function remove(name, done) {
  const {value: d, unchanged} = await getToChange(`/v1/deliveries/${part(name)}`);
  confirm(`Delete ${d.name}?`, {
    verb: 'Delete', danger: true,
    lines: ['What is in flight is settled first. ' + (d.source.kafka
      ? 'Its positions stay in the database: the same delivery goes on there.'
      : d.source.topic
      ? `The subscription '${d.source.subscription}' goes with all messages that wait in it.`
      : `Messages that wait in '${d.source.queue ?? d.source.sqs.queue}' stay there.`)],
  }, async () => {
    await call('DELETE', `/v1/deliveries/${part(name)}`, null, unchanged).catch(problem => { throw told(problem, name); });
    await done();
  });
}

/** A precondition that does not hold, in the words of what was to be done. */
function told(problem, name) {
  if (problem.type === 'precondition-failed') {
    problem.message = `'${name}' was changed by another user or program since it was shown here. Nothing was done; close this and look at it again.`;
  }
  return problem;
}

/** What the form can say, over the members of a specification that it leaves as they were. */
function specification(before, from) {
  const d = {};
  for (const kept of ['sink', 'handler']) if (before[kept]) d[kept] = structuredClone(before[kept]);
  const value = name => from[name].value.trim();
  const selector = before.source?.selector;
  d.source = value('kind') === 'kafka' ? {kafka: {...before.source?.kafka, topic: value('topic')}}
    : value('kind') === 'sqs' ? {sqs: {...before.source?.sqs, queue: value('queue')}}
    : value('kind') === 'queue' ? {queue: value('queue')} : {topic: value('topic'), subscription: value('subscription')};
  if (selector) d.source.selector = selector;
  const way = from.ways.find(way => way.checked).value;
  d.guarantee = way.startsWith('at-') ? way : 'exactly-once';
  if (d.guarantee === 'exactly-once') d.protocol = way;
  d.style = value('style');
  d.consumers = whole(from.consumers);
  if (value('batch')) d.batch = whole(from.batch);
  d.retry = {...before.retry, attempts: whole(from.attempts), delay: value('delay')};
  if (value('dead')) d.deadLetter = {queue: value('dead')};
  const statements = from.statements.value.split(/\n\s*\n/).map(text => text.trim()).filter(Boolean);
  if (statements.length) d.sink = {...d.sink, statements, expectRows: from.expectRows.checked}; else delete d.sink;
  if (value('forward')) d.forward = {queue: value('forward')}; else delete d.forward;
  if (value('handler')) d.handler = {...d.handler, url: value('handler')}; else delete d.handler;
  return d;
}

async function edit(name, done) {
  const {value: before, unchanged} = name ? await getToChange(`/v1/deliveries/${part(name)}`) : {value: {}, unchanged: ABSENT};
  const text = value => h('input', {value: value ?? '', spellcheck: 'false', autocomplete: 'off'});
  const select = (value, options) => h('select', {}, Object.entries(options).map(([key, label]) => h('option', {value: key, selected: key === value}, label)));
  const from = {
    kind: select(['kafka', 'sqs', 'topic'].find(kind => before.source?.[kind]) ?? 'queue', {queue: 'a queue', topic: 'a subscription to a topic', kafka: 'a topic of Kafka', sqs: 'a queue of SQS'}),
    queue: text(before.source?.queue ?? before.source?.sqs?.queue), topic: text(before.source?.topic ?? before.source?.kafka?.topic), subscription: text(before.source?.subscription),
    style: select(before.style ?? 'push', {push: 'push: Handfast applies messages', pull: 'pull: clients ask for messages'}),
    consumers: text(before.consumers ?? 4), batch: text(before.batchGrows ? '' : before.batch),
    attempts: text(before.retry?.attempts ?? 5), delay: text(before.retry?.delay ?? 'PT1S'), dead: text(before.deadLetter?.queue),
    statements: h('textarea', {spellcheck: 'false'}, before.sink?.statements.join('\n\n') ?? ''),
    expectRows: h('input', {type: 'checkbox', checked: before.sink?.expectRows ?? false}),
    forward: text(before.forward?.queue), handler: text(before.handler?.url),
  };
  const called = text(name);
  from.ways = GUARANTEES.map(g => h('input', {type: 'radio', name: 'guarantee', value: g.value,
    checked: g.value === (name ? chosen(before) : 'two-phase-commit')}));
  const wrong = h('p', {class: 'error', role: 'alert', hidden: true});
  const queue = field('Queue', from.queue, {path: 'source.queue'});
  const subscription = field('Subscription', from.subscription, {path: 'source.subscription'});
  const topic = h('div', {class: 'two'}, field('Topic', from.topic, {path: 'source.topic'}), subscription);
  const effects = h('fieldset', {}, h('legend', {}, 'What becomes of each message'),
    field('Statements', from.statements, {path: 'sink', hint: 'SQL, an empty line between two. :name is a field of the JSON body; :message.id, :message.body and :header.X are the message’s.'}),
    h('label', {class: 'choice'}, from.expectRows, h('span', {}, 'A statement that changes no row fails the message')),
    h('div', {class: 'two'}, field('Forward to queue', from.forward, {path: 'forward'}), field('Handler URL', from.handler, {path: 'handler'})));
  const arrange = () => {
    queue.hidden = !['queue', 'sqs'].includes(from.kind.value);
    topic.hidden = !queue.hidden;
    subscription.hidden = from.kind.value === 'kafka';
    effects.hidden = from.style.value === 'pull';
  };
  from.kind.addEventListener('change', arrange);
  from.style.addEventListener('change', arrange);
  arrange();
  const save = h('button', {type: 'submit', class: 'main'}, name ? 'Save' : 'Create');
  const form = h('form', {novalidate: true},
    name ? null : field('Name', called, {path: 'name'}),
    h('div', {class: 'two'}, field('Messages come from', from.kind, {path: 'source'}), field('Style', from.style, {path: 'style'})),
    queue, topic,
    h('fieldset', {}, h('legend', {}, 'Guarantee'), GUARANTEES.map((g, i) => h('label', {class: 'choice'}, from.ways[i],
      h('span', {}, h('b', {}, g.name), h('span', {class: 'steps'}, g.steps), h('span', {class: 'quiet'}, g.text))))),
    effects,
    h('div', {class: 'two'},
      field('Consumers', from.consumers, {path: 'consumers', hint: '1 to 64'}),
      field('Messages in a unit', from.batch, {path: 'batch', hint: 'empty: grows under a backlog'}),
      field('Attempts', from.attempts, {path: 'retry.attempts'}),
      field('Pause between', from.delay, {path: 'retry.delay', hint: 'ISO-8601, such as PT1S'}),
      field('Dead letters go to', from.dead, {path: 'deadLetter', hint: 'empty: <queue>.dead'})),
    wrong,
    h('div', {class: 'buttons'}, save, h('button', {type: 'button', onclick: () => box.close()}, 'Cancel')));
  form.addEventListener('submit', async event => {
    event.preventDefault();
    save.disabled = true;
    wrong.hidden = true;
    const target = name ?? called.value.trim();
    try {
      await call('PUT', `/v1/deliveries/${part(target || '-')}`, specification(before, from), unchanged);
      box.close();
      announce(`Delivery ${target} ${name ? 'saved' : 'created'}`);
      await done();
    } catch (problem) {
      if (problem.type === 'precondition-failed' && !name) {
        problem.violations = [{field: 'name', rule: 'a name that is free: this delivery exists, and nothing was changed'}];
      }
      const rest = showViolations(form, told(problem, target).violations);
      wrong.textContent = problem.violations.length ? rest.map(v => `${v.field}: must be ${v.rule}`).join(' · ') : problem.message;
      wrong.hidden = !wrong.textContent;
    }
    save.disabled = false;
  });
  const box = dialog(name ? `Edit ${name}` : 'New delivery', {}, form);
}
