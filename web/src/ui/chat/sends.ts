interface KeyLike { key: string; shiftKey: boolean; ctrlKey: boolean; metaKey: boolean; altKey: boolean }

/** What Enter does: send it, begin a new line (also where the browser would not: Ctrl+Enter), or what the browser does. */
export function enterMeans(event: KeyLike, enterSends: boolean): 'send' | 'newline' | 'default' {
  if (event.key !== 'Enter') return 'default';
  const command = event.ctrlKey || event.metaKey;
  if (enterSends) return event.shiftKey ? 'default' : command || event.altKey ? 'newline' : 'send';
  return command ? 'send' : 'default';
}
