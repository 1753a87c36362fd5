// The WebSocket as this engine uses it: text frames only. Browsers and Node's `ws` both fit behind it.
export interface Socket {
  send(text: string): void;
  close(): void;
}
export interface SocketEvents {
  open(): void;
  text(text: string): void;
  /** Once, however it ended; nothing comes after. */
  closed(): void;
}
export type OpenSocket = (url: string, events: SocketEvents) => Socket;

/** With the WebSocket constructor of the platform. Throws what the constructor throws: an address that is none. */
export function socketsBy(constructor: typeof WebSocket): OpenSocket {
  return (url, events) => {
    const ws = new constructor(url, 'xmpp');
    let over = false;
    const end = (): void => {
      if (over) return;
      over = true;
      events.closed();
    };
    ws.onopen = () => events.open();
    ws.onmessage = (m) => {
      if (!over && typeof m.data === 'string') events.text(m.data);
    };
    ws.onclose = end;
    ws.onerror = end;
    return {
      send: (text) => {
        if (ws.readyState === 1) ws.send(text);
      },
      close: () => {
        ws.close();
        // A line that is dead never answers the closing handshake; nobody waits for it.
        end();
      },
    };
  };
}
