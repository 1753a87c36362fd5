import { NUDGE_EVERY_MS } from '../../engine/contract';
import type { BareJid, Time } from '../../model/types';

const last = new Map<BareJid, Time>();

/** At most one nudge in ten seconds to one person; asking takes the turn. */
export function nudgeAllowed(to: BareJid, now: Time): boolean {
  if (now - (last.get(to) ?? -Infinity) < NUDGE_EVERY_MS) return false;
  last.set(to, now);
  return true;
}
