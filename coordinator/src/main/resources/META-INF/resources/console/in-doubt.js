import {call, get, part} from './api.js';
import {age, announce, attempt, badge, confirm, empty, field, h, ident} from './dom.js';

export const title = 'In doubt';

const EVERY = 3000;
const VERBS = {commit: 'Commit', rollback: 'Roll back', forget: 'Forget'};

const CONSEQUENCES = {
  commit: 'The branch is committed at this participant, at once. Its rows or messages take effect, and nothing can take that back.',
  rollback: 'The branch is rolled back at this participant, at once. Its rows or messages are gone; messages that were received in it come again.',
  forget: 'Handfast and the participant forget how this branch ended. Do it when rows and messages were compared and corrected manually.',
};

export function show(main) {
  const list = h('div', {});
  const scans = h('p', {class: 'quiet'});
  let drawn = '';
  let counted = null;
  const timer = setInterval(() => { if (!document.hidden) load(); }, EVERY);
  main.append(
    h('div', {class: 'head'}, h('h1', {}, title), h('div', {class: 'tools'},
      h('button', {class: 'main', onclick: event => attempt(event.target, scan)}, 'Scan now'))),
    h('p', {class: 'quiet'}, 'What is not over at every participant, joined over the decision log, the broker and the databases. Recovery needs no operator: it ends what it can as soon as a participant is back.'),
    scans, list);

  async function scan() {
    draw(await call('POST', '/v1/recovery/scans'));
    announce('Scanned');
  }

  async function load() {
    try {
      draw(await get('/v1/recovery'));
    } catch (problem) {
      list.replaceChildren(h('p', {class: 'error', role: 'alert'}, problem.message));
    }
  }

  function draw(recovery) {
    scans.replaceChildren(...recovery.scans.flatMap(s => [badge(s.error ? 'unreachable' : 'reached'), ` ${s.participant}${s.error ? ': ' + s.error : ''}  `]));
    const {transactions, heuristics, inDoubt} = recovery;
    const others = inDoubt.filter(branch => branch.safeAction === 'none');
    // Ages change all the time, and alone are no reason to take a button from under a finger.
    const text = JSON.stringify([transactions, heuristics, others], (key, value) => key === 'age' ? undefined : value);
    if (text === drawn) return;
    drawn = text;
    list.replaceChildren(...transactions.map(transaction), ...heuristics.map(heuristic), ...(others.length ? [foreign(others)] : []));
    if (!list.children.length) list.append(empty('Nothing is in doubt.'));
  }

  function transaction(t) {
    return h('article', {class: 'card wide', 'aria-label': `Transaction ${t.transaction}`},
      h('div', {class: 'top'}, h('h2', {}, ident(t.transaction)), badge(`decision: ${t.decision}`)),
      h('p', {}, h('b', {}, t.safeAction === 'wait' ? 'Safe action: wait.' : `Safe action: ${t.safeAction}.`), ` ${t.next}`),
      h('p', {class: 'quiet'}, `For ${age(t.age)} when this was drawn.`),
      h('div', {class: 'scroll', tabindex: '0', role: 'region', 'aria-label': `Participants of ${t.transaction}`}, h('table', {class: 'stack'},
        h('thead', {}, h('tr', {}, ['Participant', 'State', 'Reported by participant', 'Manual actions'].map(text => h('th', {scope: 'col'}, text)))),
        h('tbody', {}, t.participants.map(p => h('tr', {},
          h('td', {}, p.participant), h('td', {}, badge(p.state)), h('td', {}, p.detail ?? '–'),
          h('td', {}, p.xid ? h('div', {class: 'buttons'}, ['commit', 'rollback'].map(action => button(action, p, t))) : '–')))))));
  }

  function button(action, p, t) {
    const isSafe = t.safeAction === action || (t.safeAction === 'wait' && t.decision === action);
    return h('button', {class: isSafe ? 'main' : 'danger', 'aria-label': `${VERBS[action]} ${t.transaction} at ${p.participant}`,
      onclick: () => ask(action, p, t.transaction, isSafe ? `This is what was decided (${t.decision}).`
        : `The decision is '${t.decision}' and the safe action '${t.safeAction}'. What contradicts the log or the marker is refused, unless forced below.`, !isSafe)}, VERBS[action]);
  }

  function heuristic(x) {
    return h('article', {class: 'card wide', 'aria-label': `Heuristic outcome of ${x.transaction}`},
      h('div', {class: 'top'}, h('h2', {}, ident(x.transaction)), badge('heuristic-mixed')),
      h('p', {}, `Decided to ${x.decision}, and ${x.participant} has ${x.outcome}: ${x.cause}.`),
      h('p', {}, 'Compare the rows and messages of this transaction and correct them manually; then forget it.'),
      h('div', {class: 'buttons'}, h('button', {class: 'danger', onclick: () => ask('forget', x, x.transaction, 'Nothing will remind you of it any more.', false)}, 'Forget')));
  }

  function foreign(others) {
    return h('details', {class: 'card wide'}, h('summary', {}, `${others.length} prepared branches that are not this node’s, or not to be touched`),
      h('ul', {}, others.map(b => h('li', {}, h('code', {}, ident(b.xid)), ` at ${b.participant}: ${b.detail}`))));
  }

  function ask(action, p, transaction, why, mayForce) {
    const who = h('input', {autocomplete: 'name'});
    const reason = h('input', {});
    const force = h('input', {type: 'checkbox'});
    confirm(`${VERBS[action]} at ${p.participant}?`, {
      verb: VERBS[action], danger: mayForce || action === 'forget',
      lines: [`Transaction ${transaction}.`, CONSEQUENCES[action], why, 'Who did it and why is kept in the record of acts.'],
      fields: [field('Who', who), field('Why', reason),
        mayForce || action === 'forget' ? h('label', {class: 'choice'}, force, h('span', {}, 'Force it, though the log says otherwise')) : null].filter(Boolean),
    }, async () => {
      const body = {...(who.value ? {who: who.value} : {}), ...(reason.value ? {why: reason.value} : {})};
      await call('POST', `/v1/recovery/in-doubt/${part(p.xid)}/${action}${force.checked ? '?force=true' : ''}`, body);
      announce(`${VERBS[action]} done`);
      await load();
    });
  }

  load();
  return {
    leave: () => clearInterval(timer),
    snapshot(data) {
      if (data.inDoubt !== counted) { counted = data.inDoubt; load(); }
    },
  };
}
