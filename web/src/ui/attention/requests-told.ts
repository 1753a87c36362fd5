import type { BareJid } from '../../model/types';

const key = 'rookery-requests-told';

/** Requests come again with every session until they are answered; the user has been told of them once. */
export function firstTime(jid: BareJid): boolean {
  const told = read();
  if (told.includes(jid)) return false;
  write([...told, jid]);
  return true;
}

/** Answered or withdrawn: should he ask again, that is news. */
export function forgetTime(jid: BareJid): void {
  const told = read();
  if (told.includes(jid)) write(told.filter((one) => one !== jid));
}

/** Where the browser keeps nothing, one is told once for each page. */
let here: BareJid[] = [];

function read(): BareJid[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key) ?? '[]');
    return Array.isArray(kept) ? kept.filter((one) => typeof one === 'string') : [];
  } catch {
    return here;
  }
}
function write(told: BareJid[]): void {
  here = told.slice(-100);
  try {
    localStorage.setItem(key, JSON.stringify(here));
  } catch {
    // see `here`
  }
}
