// An account made from the page (XEP-0077 §3.1), on a stream that signs in to nothing.
import { randomId } from './bytes';
import { NS } from './ns';
import { stanzaError, type StanzaErrorValue } from './errors';
import type { OpenSocket } from './socket';
import { Stream } from './stream';
import { attr, child, el } from './xml';

const REGISTRATION_MS = 15_000;

export class RegistrationRefused extends Error {
  constructor(readonly error: StanzaErrorValue) {
    super(error.condition);
  }
}

/** Throws RegistrationRefused ('service-unavailable' where it is not open at all) or StreamEnded. */
export async function register(open: OpenSocket, at: { url: string; domain: string }, username: string, password: string): Promise<void> {
  const stream = new Stream(open, at.url, at.domain, [], REGISTRATION_MS);
  try {
    const features = await stream.next();
    if (!child(features, 'register', NS.registerFeature))
      throw new RegistrationRefused({ type: 'cancel', condition: 'service-unavailable', text: '' });
    const id = randomId();
    stream.send(el('iq', { xmlns: NS.client, type: 'set', id, to: at.domain },
      el('query', { xmlns: NS.register }, el('username', {}, username), el('password', {}, password))));
    const answer = await stream.next();
    if (attr(answer, 'type') !== 'result' || attr(answer, 'id') !== id) throw new RegistrationRefused(stanzaError(answer));
  } finally {
    stream.close();
  }
}
