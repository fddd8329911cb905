// The few helpers that pages are written with. Text is only ever set as text, never as markup.

const SVG = 'http://www.w3.org/2000/svg';

function fill(element, properties, children) {
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, '');
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.flat().filter(child => child != null && child !== false));
  return element;
}

export const h = (name, properties, ...children) => fill(document.createElement(name), properties, children);

export const s = (name, properties, ...children) => fill(document.createElementNS(SVG, name), properties, children);

/** Changes a text only where it differs, so that nothing is drawn or read out again. */
export function say(element, text) {
  const next = String(text);
  if (element.textContent !== next) element.textContent = next;
}

export function announce(text) {
  say(document.getElementById('announcer'), text);
}

const MOST_NOTICES = 4;

/** Says what has failed. It stays until the reader closes it or leaves the page, whatever is drawn meanwhile. */
export function complain(text) {
  const notices = document.getElementById('notices');
  for (const known of [...notices.children]) if (known.firstChild.textContent === text) known.remove();
  const notice = h('div', {class: 'error', role: 'alert'}, h('span', {}, text),
    h('button', {type: 'button', 'aria-label': 'Close the notice', onclick: () => notice.remove()}, '×'));
  notices.append(notice);
  if (notices.children.length > MOST_NOTICES) notices.firstChild.remove();
}

/** Does what a button stands for. It cannot be pressed again before that has ended; a failure is told in a notice. */
export async function attempt(button, act) {
  button.disabled = true;
  try {
    await act();
  } catch (problem) {
    complain(`${button.getAttribute('aria-label') ?? button.textContent}: ${problem.message}`);
  }
  button.disabled = false;
}

/** An id or a name, which is broken after its separators where a line is too short, and nowhere else if that helps. */
export const ident = text => String(text).split(/(?<=[.:/])/).flatMap((piece, i) => i ? [h('wbr'), piece] : [piece]);

/** What stands in a numeric field: a number, or the text that is none, which the API refuses by name. */
export function whole(input) {
  const text = input.value.trim();
  return /^\d{1,15}$/.test(text) ? Number(text) : text;
}

/** A violation for each of these fields that holds no whole number. */
export function notWhole(inputs) {
  return inputs.filter(input => typeof whole(input) !== 'number')
    .map(input => ({field: input.dataset.path, rule: 'a whole number'}));
}

export const number = value => value == null ? '–' : Number(value).toLocaleString('en');

export function millis(value) {
  if (value == null) return '–';
  return value < 1000 ? `${Math.round(value)} ms` : `${number(Math.round(value / 100) / 10)} s`;
}

export function micros(value) {
  if (value < 1000) return `${value} µs`;
  return value < 10000 ? `${Math.round(value / 100) / 10} ms` : millis(value / 1000);
}

/** An ISO-8601 duration of whole seconds, for people. */
export function age(text) {
  return text.replace(/^PT/, '').replace(/(\d+)([HMS])/g, (all, n, unit) => `${n} ${unit.toLowerCase()} `).trim() || '0 s';
}

const GOOD = ['running', 'committed', 'completed', 'reached', 'done'];
const BAD = ['failed', 'rolled-back', 'heuristic-mixed', 'heuristic-hazard', 'interrupted'];

export function tone(state) {
  return 'badge ' + (GOOD.includes(state) ? 'good' : BAD.includes(state) ? 'bad' : 'warn');
}

/** A state by its name in the API, but for 'away', which documents and log call unreachable. */
export const badge = state => h('span', {class: tone(state)}, state === 'away' ? 'unreachable' : state);

export const empty = text => h('p', {class: 'card empty'}, text);

let last = 0;

/** A labelled input with its hint; what is wrong with it is shown beside it. */
export function field(label, input, {path, hint} = {}) {
  const id = `f${++last}`;
  input.id = id;
  const wrong = h('p', {class: 'wrong', id: `${id}-wrong`, hidden: true});
  const told = hint ? h('p', {class: 'hint', id: `${id}-hint`}, hint) : null;
  input.setAttribute('aria-describedby', `${id}-wrong` + (hint ? ` ${id}-hint` : ''));
  if (path) input.dataset.path = path;
  return h('div', {class: 'field'}, h('label', {for: id}, label), input, wrong, told);
}

/** Shows each violation at its field, and gives back those that have none. */
export function showViolations(form, violations) {
  for (const input of form.querySelectorAll('[data-path]')) {
    input.removeAttribute('aria-invalid');
    const wrong = document.getElementById(`${input.id}-wrong`);
    wrong.hidden = true;
  }
  const rest = [];
  for (const violation of violations) {
    const known = [...form.querySelectorAll('[data-path]')]
      .filter(input => violation.field === input.dataset.path || violation.field.startsWith(input.dataset.path + '[')
        || violation.field.startsWith(input.dataset.path + '.'))
      .sort((a, b) => b.dataset.path.length - a.dataset.path.length)[0];
    if (!known) { rest.push(violation); continue; }
    known.setAttribute('aria-invalid', 'true');
    const wrong = document.getElementById(`${known.id}-wrong`);
    wrong.textContent = (wrong.hidden ? '' : wrong.textContent + ' · ') + `Must be ${violation.rule}`;
    wrong.hidden = false;
  }
  form.querySelector('[aria-invalid=true]')?.focus();
  return rest;
}

/** Opens a dialog that ends with the page it belongs to; closing gives the focus back. */
export function dialog(title, {narrow} = {}, ...children) {
  const heading = h('h2', {id: `d${++last}`}, title);
  const box = h('dialog', {class: narrow ? 'narrow' : '', 'aria-labelledby': heading.id}, heading, ...children);
  box.addEventListener('close', () => box.remove());
  document.body.append(box);
  box.showModal();
  return box;
}

/**
 * Asks before something is done, and says what will happen. Runs `act`, whose failure it shows.
 * What is dangerous is done by a click on its button: the focus is elsewhere, and Enter in a field does nothing.
 */
export function confirm(title, {lines, verb, danger, fields}, act) {
  const wrong = h('p', {class: 'error', hidden: true, role: 'alert'});
  const go = h('button', {type: danger ? 'button' : 'submit', class: danger ? 'danger' : 'main'}, verb);
  const form = h('form', {method: 'dialog'}, lines.map(line => h('p', {}, line)), fields ?? [], wrong,
    h('div', {class: 'buttons'}, go,
      h('button', {type: 'button', autofocus: danger && !fields, onclick: () => box.close()}, 'Cancel')));
  const run = async event => {
    event.preventDefault();
    go.disabled = true;
    try {
      await act();
      box.close();
    } catch (problem) {
      wrong.textContent = problem.message;
      wrong.hidden = false;
      go.disabled = false;
    }
  };
  form.addEventListener('submit', danger ? event => event.preventDefault() : run);
  if (danger) go.addEventListener('click', run);
  const box = dialog(title, {narrow: true}, form);
}

/** A moment to the second, in the time of the browser; with its day where that is not today. */
export function moment(text) {
  const at = new Date(text);
  const clock = at.toLocaleTimeString('en-GB');
  return at.toDateString() === new Date().toDateString() ? clock : `${at.toLocaleDateString('en-CA')} ${clock}`;
}
