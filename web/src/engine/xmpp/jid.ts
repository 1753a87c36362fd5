// Addresses as the server prepares them: this side only takes them apart.
export function bare(jid: string): string {
  const slash = jid.indexOf('/');
  return slash < 0 ? jid : jid.slice(0, slash);
}
export function resource(jid: string): string {
  const slash = jid.indexOf('/');
  return slash < 0 ? '' : jid.slice(slash + 1);
}
export function local(jid: string): string {
  const at = bare(jid).indexOf('@');
  return at < 0 ? '' : jid.slice(0, at);
}
export function domain(jid: string): string {
  const b = bare(jid);
  return b.slice(b.indexOf('@') + 1);
}

/** What a person typed: "name" or "name@domain", in any case and width; null where it cannot be one. */
export function fromInput(input: string, defaultDomain: string): string | null {
  const words = input.trim().normalize('NFKC').toLowerCase().replace(/^xmpp:/, '');
  const at = words.lastIndexOf('@');
  const name = at < 0 ? words : words.slice(0, at);
  const host = (at < 0 ? defaultDomain : words.slice(at + 1)).replace(/\.$/, '');
  if (!name || !host || name.length > 1023 || host.length > 253) return null;
  // RFC 7622 §3.3.1: never in a local part. Spaces and controls neither, in both.
  if (/[\s"&'/:<>@\u0000-\u001F\u007F]/.test(name) || /[\s"&'/<>@?#\u0000-\u001F\u007F]/.test(host)) return null;
  return `${name}@${host}`;
}
