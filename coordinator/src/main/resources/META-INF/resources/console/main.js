import {get, rememberUser, whenUnknown} from './api.js';
import {listen} from './live.js';
import {announce, dialog, field, h, say} from './dom.js';
import * as deliveries from './deliveries.js';
import * as transactions from './transactions.js';
import * as inDoubt from './in-doubt.js';
import * as deadLetters from './dead-letters.js';
import * as comparisons from './comparisons.js';

const PAGES = {deliveries, transactions, 'in-doubt': inDoubt, 'dead-letters': deadLetters, comparisons};
const main = document.getElementById('main');
const links = new Map();
let shown = {leave() {}, snapshot() {}};
let latest = null;

whenUnknown(ask);

/** One dialog, however many calls wait for it. */
let asking = null;
function ask(again) {
  asking ??= new Promise(done => {
    const user = h('input', {autocomplete: 'username'});
    const password = h('input', {type: 'password', autocomplete: 'current-password'});
    const token = h('textarea', {spellcheck: 'false'});
    const form = h('form', {},
      again ? h('p', {class: 'error', role: 'alert'}, 'That was not accepted.') : null,
      h('p', {class: 'quiet'}, 'A user with the role viewer may look, an operator may do everything. It is kept in this tab only.'),
      field('User', user), field('Password', password), field('or bearer token', token),
      h('div', {class: 'buttons'}, h('button', {type: 'submit', class: 'main'}, 'Sign in')));
    form.addEventListener('submit', event => {
      event.preventDefault();
      const bytes = new TextEncoder().encode(`${user.value}:${password.value}`);
      rememberUser(token.value.trim() ? `Bearer ${token.value.trim()}` : `Basic ${btoa(String.fromCharCode(...bytes))}`);
      box.close();
    });
    const box = dialog('Say who you are', {narrow: true}, form);
    box.addEventListener('cancel', event => event.preventDefault());
    box.addEventListener('close', () => { asking = null; done(); });
  });
  return asking;
}

for (const [name, page] of Object.entries(PAGES)) {
  const count = h('span', {class: 'count', hidden: true});
  const link = h('a', {href: `#/${name}`}, page.title, count);
  links.set(name, {link, count});
  document.getElementById('pages').append(h('li', {}, link));
}

function show() {
  const [path, query] = location.hash.replace(/^#\//, '').split('?');
  const [name, ...rest] = path.split('/').map(decodeURIComponent);
  const page = PAGES[name] ?? deliveries;
  for (const dialog of document.querySelectorAll('dialog')) if (!asking) dialog.close();
  shown.leave();
  for (const [key, {link}] of links) {
    if (PAGES[key] === page) link.setAttribute('aria-current', 'page'); else link.removeAttribute('aria-current');
  }
  document.title = `${page.title} · Handfast`;
  document.getElementById('notices').replaceChildren();
  main.replaceChildren();
  shown = {leave() {}, snapshot() {}, ...page.show(main, rest, new URLSearchParams(query))};
  if (latest) shown.snapshot(latest);
}

function count(name, value, what) {
  const {count} = links.get(name);
  count.hidden = value === 0;
  say(count, value);
  count.setAttribute('title', what);
}

document.getElementById('skip').addEventListener('click', event => { event.preventDefault(); main.focus(); });
addEventListener('hashchange', () => { show(); main.focus(); });
show();
listen({
  tell(name, data) {
    if (name === 'state') {
      announce(`Delivery ${data.delivery}: ${data.to ?? 'deleted'}${data.to === 'failed' || data.to === 'retrying' ? ', ' + data.lastError : ''}`);
      return;
    }
    if (latest && data.inDoubt > latest.inDoubt) announce(`${data.inDoubt} transactions in doubt`);
    latest = data;
    count('in-doubt', data.inDoubt + data.heuristics, 'in doubt, or ended otherwise than decided');
    const away = data.unreachable.length ? ` · unreachable: ${data.unreachable.join(', ')}` : '';
    const refused = data.refused.length ? ` · refused by: ${data.refused.join(', ')}` : '';
    say(document.getElementById('live'), `live${away}${refused}`);
    shown.snapshot(data);
  },
  isOn(isOn) {
    document.getElementById('dot').className = isOn ? 'dot on' : 'dot';
    if (!isOn) say(document.getElementById('live'), 'not connected, trying again');
    else get('/v1/recovery').then(recovery => say(document.getElementById('node'), recovery.node), () => {});
  },
});
