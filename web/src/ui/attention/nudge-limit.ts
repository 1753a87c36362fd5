import type { BareJid, Time } from '../../model/types';

export const nudge_every_ms = 10_000;
const last = new Map<BareJid, Time>();

/** At most one nudge in ten seconds to one person; asking takes the turn. */
export function nudgeAllowed(to: BareJid, now: Time): boolean {
  if (now - (last.get(to) ?? -Infinity) < nudge_every_ms) return false;
  last.set(to, now);
  return true;
}
