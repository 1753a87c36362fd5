// An account made from the page (XEP-0077 §3.1), with an invitation where there is one (XEP-0445), on a stream that signs in to nothing.
import { randomId } from './bytes';
import { NS } from './ns';
import { stanzaError, type StanzaErrorValue } from './errors';
import type { OpenSocket } from './socket';
import { Stream } from './stream';
import { attr, child, el, type Element } from './xml';

const REGISTRATION_MS = 15_000;

export class RegistrationRefused extends Error {
  constructor(readonly error: StanzaErrorValue) {
    super(error.condition);
  }
}

/** Of a token: it is unknown, used or over (XEP-0445 §4). */
export class InvitationRefused extends Error {}

/** Throws RegistrationRefused ('service-unavailable' where it is not open at all), InvitationRefused or StreamEnded. A token is left out
    where the server takes none; gives whether it was used. */
export async function register(open: OpenSocket, at: { url: string; domain: string }, username: string, password: string, token = ''): Promise<boolean> {
  const stream = new Stream(open, at.url, at.domain, [], REGISTRATION_MS);
  const ask = async (payload: Element): Promise<StanzaErrorValue | null> => {
    const id = randomId();
    stream.send(el('iq', { xmlns: NS.client, type: 'set', id, to: at.domain }, payload));
    const answer = await stream.next();
    return attr(answer, 'type') === 'result' && attr(answer, 'id') === id ? null : stanzaError(answer);
  };
  try {
    const features = await stream.next();
    const invited = token !== '' && !!child(features, 'register', NS.ibrToken);
    if (!invited && !child(features, 'register', NS.registerFeature))
      throw new RegistrationRefused({ type: 'cancel', condition: 'service-unavailable', text: '' });
    const unknown = invited ? await ask(el('preauth', { xmlns: NS.pars, token })) : null;
    if (unknown) throw unknown.condition === 'item-not-found' ? new InvitationRefused() : new RegistrationRefused(unknown);
    const refused = await ask(el('query', { xmlns: NS.register }, el('username', {}, username), el('password', {}, password)));
    if (refused) throw invited && refused.condition === 'item-not-found' ? new InvitationRefused() : new RegistrationRefused(refused);
    return invited;
  } finally {
    stream.close();
  }
}
