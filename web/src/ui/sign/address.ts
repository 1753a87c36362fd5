// What one may type where an address is asked for.

/** 'alice' → 'alice@<domain>'; a whole address stays. Empty where it cannot be one. */
export function completeAddress(typed: string, domain: string): string {
  const text = typed.trim().replace(/^xmpp:/i, '').replace(/[?/].*$/, '').toLowerCase();
  const whole = text.includes('@') ? text : `${text}@${domain}`;
  return looksLikeAddress(whole) ? whole : '';
}

/** The server prepares addresses itself; this only keeps out what can never be one. */
export function looksLikeAddress(jid: string): boolean {
  return /^[^\s"&'/:<>@]{1,1023}@[^\s"&'/:<>@]+$/.test(jid);
}

/** 0 (refuse) to 3 (good). Length counts most; a word of the address in it counts nothing. */
export function passwordStrength(password: string, address: string): 0 | 1 | 2 | 3 {
  const name = address.split('@')[0] ?? '';
  const rest = name.length > 2 ? password.split(name).join('') : password;
  const kinds = [/\p{Ll}/u, /\p{Lu}/u, /\d/, /[^\p{L}\d]/u].filter((kind) => kind.test(rest)).length;
  const distinct = new Set(rest).size;
  if (password.length < 8 || distinct < 4) return 0;
  const points = rest.length + kinds * 2 + Math.min(distinct, 12);
  return points < 20 ? 1 : points < 30 ? 2 : 3;
}
