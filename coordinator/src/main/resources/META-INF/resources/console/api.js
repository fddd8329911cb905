// The public API, and nothing else. Who the user is stays in this tab, until it is closed.

const KEY = 'handfast.authorization';

class Problem extends Error {
  constructor(status, body) {
    super(body.detail ?? body.title ?? `The answer was ${status}.`);
    this.status = status;
    this.type = String(body.type ?? '').split(':').at(-1);
    this.violations = body.violations ?? [];
  }
}

let signIn = null;

/** Says how the user is asked who they are. */
export function whenUnknown(ask) { signIn = ask; }

export function rememberUser(authorization) { sessionStorage.setItem(KEY, authorization); }

function headers(more) {
  const authorization = sessionStorage.getItem(KEY);
  // By the second, the service knows that the browser need not ask by itself.
  return {...more, ...(authorization ? {Authorization: authorization} : {}), 'Handfast-Console': '1'};
}

export async function open(path, options = {}) {
  let answer = await fetch(path, {...options, headers: headers(options.headers), cache: 'no-store'});
  while (answer.status === 401 && signIn) {
    await signIn(sessionStorage.getItem(KEY) !== null);
    answer = await fetch(path, {...options, headers: headers(options.headers), cache: 'no-store'});
  }
  if (!answer.ok) {
    throw new Problem(answer.status, await answer.json().catch(() => ({})));
  }
  return answer;
}

export async function call(method, path, body, preconditions = {}) {
  const json = method === 'GET' || method === 'DELETE' ? {headers: preconditions}
    : {headers: {'Content-Type': 'application/json', ...preconditions}, body: JSON.stringify(body ?? {})};
  const answer = await open(path, {method, ...json});
  return answer.status === 204 ? null : answer.json();
}

/** What stands at a path, with the precondition that it is still this when it is changed. */
export async function getToChange(path) {
  const answer = await open(path);
  return {value: await answer.json(), unchanged: {'If-Match': answer.headers.get('ETag')}};
}

/** The precondition that there is nothing yet. */
export const ABSENT = {'If-None-Match': '*'};

export const get = path => call('GET', path);

export const part = encodeURIComponent;
