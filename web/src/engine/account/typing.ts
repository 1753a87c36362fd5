// Who is writing (XEP-0085). A state nobody ends is forgotten.
import type { Item } from '../../model/item';
import { isMessage } from '../../model/item';
import type { BareJid } from '../../model/types';
import { bare } from '../xmpp/jid';
import { NS } from '../xmpp/ns';
import { attr, childNs, type Element } from '../xmpp/xml';

const FORGET_MS = 30_000;

export class Typing {
  private readonly composing = new Map<BareJid, ReturnType<typeof setTimeout>>();

  constructor(private readonly tell: (jid: BareJid, typing: boolean) => void) {}

  heard(message: Element, own: BareJid, item: Item | null): void {
    const from = bare(attr(message, 'from'));
    if (from === own || from === '' || attr(message, 'type') === 'error') return;
    const state = childNs(message, NS.chatStates)?.getName();
    if (state === 'composing') return this.set(from, true);
    if (state !== undefined || (item && isMessage(item))) this.set(from, false);
  }
  private set(jid: BareJid, typing: boolean): void {
    const before = this.composing.get(jid);
    clearTimeout(before);
    if (typing) this.composing.set(jid, setTimeout(() => this.set(jid, false), FORGET_MS));
    else this.composing.delete(jid);
    if ((before !== undefined) !== typing) this.tell(jid, typing);
  }
  close(): void {
    for (const jid of [...this.composing.keys()]) this.set(jid, false);
  }
}
