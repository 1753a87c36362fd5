import type { BareJid, SignOutReason } from '../../model/types';

const key = 'rookery-last-address';
/** Whoever left for good leaves no name behind. */
const gone: readonly (SignOutReason | undefined)[] = ['by-user', 'account-deleted', 'signed-out-elsewhere'];

/** Who is signed in here, so that after an expired token only the password has to be written. */
export function keepLastAddress(jid: BareJid): void {
  try {
    localStorage.setItem(key, jid);
  } catch {
    // A browser that keeps nothing: it is written again.
  }
}

/** Who was signed in here until `reason`; '' where nobody was, or the name is to be forgotten, which it is then. */
export function lastAddress(reason: SignOutReason | undefined): BareJid {
  try {
    if (gone.includes(reason)) for (const one of [key, 'rookery-requests-told']) localStorage.removeItem(one);
    return localStorage.getItem(key) ?? '';
  } catch {
    return '';
  }
}
