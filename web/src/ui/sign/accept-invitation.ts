import type { Ui } from '../context';
import { isSpent, keepToken, readInvitation } from './invitation';

/** What the link asks of who is signed in. Once: a reload, and the next one who signs in, is not asked again. */
export function acceptInvitation(ui: Pick<Ui, 'state' | 'nav'>): void {
  const invitation = readInvitation(location);
  if (!invitation) return;
  const { from, token } = invitation;
  history.replaceState(history.state, '', location.pathname + (token ? '' : location.hash));
  if (!from || from === ui.state.self?.jid) return;
  // Whose account was just made with it is a contact, also where the roster has not come yet.
  if (isSpent(token) || ['to', 'both'].includes(ui.state.contacts[from]?.subscription ?? '')) return ui.nav.openChat(from);
  if (token) keepToken(from, token);
  ui.nav.open({ kind: 'add', jid: from });
}
