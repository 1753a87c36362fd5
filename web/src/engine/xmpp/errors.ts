// Stanza errors (RFC 6120 §8.3) as values.
import { NS } from './ns';
import { attr, child, children, text, type Element } from './xml';

export interface StanzaErrorValue {
  type: string;
  /** A word of the closed list; 'timeout' and 'offline' are ours, for requests that found no answer. */
  condition: string;
  text: string;
  /** The application's own condition, by name. */
  application?: string;
}

export class IqError extends Error {
  constructor(readonly error: StanzaErrorValue) {
    super(error.condition);
  }
  /** The line is down, or it took too long. */
  get unanswered(): boolean {
    return ['offline', 'timeout'].includes(this.error.condition);
  }
}

export function stanzaError(stanza: Element): StanzaErrorValue {
  const error = child(stanza, 'error');
  const conditions = children(error);
  const condition = conditions.find((c) => c.getNS() === NS.stanzaErrors && c.getName() !== 'text');
  return {
    type: attr(error, 'type'),
    condition: condition?.getName() ?? 'undefined-condition',
    text: text(child(error, 'text', NS.stanzaErrors)),
    application: conditions.find((c) => c.getNS() !== NS.stanzaErrors && c.getName() !== 'text')?.getName(),
  };
}
