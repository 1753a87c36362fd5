// Where the account is signed in (XEP-0494).
import type { Device } from '../../model/types';
import { IqError } from '../xmpp/errors';
import type { Link } from '../xmpp/link';
import { NS } from '../xmpp/ns';
import { attr, child, el, text, type Element } from '../xmpp/xml';

/** Throws IqError, which is 'not-offered' where the server knows no such list. `agent` is how this browser signed in. */
export async function fetchDevices(link: Link, isOwn: (client: Element) => boolean): Promise<Device[]> {
  const answer = await link.iq('get', el('list', { xmlns: NS.cam }));
  const clients = child(answer, 'clients', NS.cam)?.getChildren('client') ?? [];
  return clients.map((client) => {
    const agent = child(client, 'user-agent');
    const time = (name: string): number | undefined => Date.parse(text(child(client, name))) || undefined;
    return {
      id: attr(client, 'id'),
      name: text(child(agent, 'device')).slice(0, 200),
      software: text(child(agent, 'software')).slice(0, 200),
      firstUsed: time('first-seen'),
      lastUsed: time('last-seen') ?? 0,
      current: isOwn(client),
      online: ['true', '1'].includes(attr(client, 'connected')),
    };
  });
}

/** The device is signed out. 'knows-password': it was signed in with the password, and could be again until that is changed. */
export async function signOutDevice(link: Link, id: string): Promise<'knows-password' | undefined> {
  try {
    await link.iq('set', el('revoke', { xmlns: NS.cam, id }));
    return undefined;
  } catch (error) {
    if (error instanceof IqError && error.error.application === 'password-reset-required') return 'knows-password';
    throw error;
  }
}
