// Invitations that the server makes (XEP-0401), by an ad-hoc command (XEP-0050).
import type { MadeInvitation } from '../contract';
import { IqError } from '../xmpp/errors';
import type { Link } from '../xmpp/link';
import { NS } from '../xmpp/ns';
import { attr, child, children, el, text } from '../xmpp/xml';

/** What a server says that has no such command, or not for this user. */
const NONE: readonly string[] = ['item-not-found', 'service-unavailable', 'feature-not-implemented', 'forbidden', 'not-allowed'];

/** Null where the server makes none. */
export async function makeInvitation(link: Pick<Link, 'iq'>, domain: string): Promise<MadeInvitation | null> {
  try {
    const answer = await link.iq('set', el('command', { xmlns: NS.commands, node: NS.invite, action: 'execute' }), domain);
    const fields = children(child(child(answer, 'command', NS.commands), 'x', NS.data));
    const value = (name: string): string => text(child(fields.find((f) => attr(f, 'var') === name), 'value'));
    const [, query = ''] = value('uri').split('?');
    const [action, ...pairs] = query.split(';');
    const parameters = new Map(pairs.map((pair) => pair.split('=', 2) as [string, string]));
    const token = parameters.get('preauth') ?? '';
    if (!token) return null;
    return { token, account: action === 'register' || parameters.get('ibr') === 'y', expires: Date.parse(value('expire')) || undefined };
  } catch (error) {
    if (error instanceof IqError && NONE.includes(error.error.condition)) return null;
    throw error;
  }
}
