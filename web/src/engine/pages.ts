// The pages that look on: what each of them shows, and which one of them calls for attention when something comes.
import type { BareJid } from '../model/types';
import type { Event } from './contract';

export type Port = (event: Event) => void;
export interface Look {
  /** Seen at all: not behind another tab or window, not minimized. */
  visible: boolean;
  /** Has the keyboard. */
  focused: boolean;
  conversation: BareJid | null;
}

export class Pages {
  /** Those that were looked at last come last. */
  private readonly all = new Map<Port, Look>();

  add(port: Port, visible: boolean): void {
    this.all.set(port, { visible, focused: false, conversation: null });
  }
  remove(port: Port): void {
    this.all.delete(port);
  }
  clear(): void {
    this.all.clear();
  }
  /** A page that is gone says nothing any more that counts. */
  look(port: Port, { visible, focused, conversation }: Look): void {
    if (!this.all.has(port)) return;
    if (focused) this.all.delete(port);
    this.all.set(port, { visible, focused, conversation });
  }
  /** Somebody may be looking at one (XEP-0352). */
  get seen(): boolean {
    return [...this.all.values()].some(({ visible }) => visible);
  }

  tell(event: Event): void {
    if (event.type === 'nudged' || event.type === 'change-failed') return this.nearest(event.conversation)?.port(event);
    for (const port of [...this.all.keys()]) port(event);
    if (event.type === 'message' && event.live && !event.message.mine) this.call(event.message);
    if (event.type === 'request') {
      const nearest = this.nearest(event.request.jid);
      nearest?.port({ type: 'request-news', request: event.request, away: !nearest.look.focused });
    }
  }

  /** Sound and notification are made once, and not at all where the conversation is being looked at. */
  private call(message: Extract<Event, { type: 'message' }>['message']): void {
    const nearest = this.nearest(message.conversation);
    if (!nearest || (nearest.look.focused && nearest.look.conversation === message.conversation)) return;
    nearest.port({ type: 'news', message, away: !nearest.look.focused });
  }

  /** The page one is most likely to look at: with the focus, best with this conversation; else one that is seen; else the last one
      that was looked at, where the browser most likely allows sound. */
  private nearest(conversation: BareJid): { port: Port; look: Look } | undefined {
    const rank = ({ visible, focused, conversation: shown }: Look): number =>
      (focused ? 4 : 0) + (visible ? 2 : 0) + (focused && shown === conversation ? 1 : 0);
    let best: { port: Port; look: Look } | undefined;
    for (const [port, look] of this.all) if (!best || rank(look) >= rank(best.look)) best = { port, look };
    return best;
  }
}
