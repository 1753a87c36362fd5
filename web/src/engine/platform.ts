// What a page's address and browser say of themselves.

/** An address of the network is no domain of a server: there the standard one is meant. */
export function domainOfPage(hostname: string): string {
  return /^[\d.]+$|^\[/.test(hostname) ? 'localhost' : hostname;
}

/** "Firefox, Linux": enough to find a device in a list, and no more than the server sees anyway. */
export function deviceName(userAgent: string): string {
  const find = (names: [RegExp, string][]): string => names.find(([pattern]) => pattern.test(userAgent))?.[1] ?? '';
  const browser = find([[/Firefox\//, 'Firefox'], [/Edg\//, 'Edge'], [/OPR\//, 'Opera'], [/Chrom(e|ium)\//, 'Chrome'], [/Safari\//, 'Safari']]);
  const system = find([[/Android/, 'Android'], [/iPhone|iPad/, 'iOS'], [/Windows/, 'Windows'], [/Mac OS X/, 'macOS'], [/Linux/, 'Linux']]);
  return [browser, system].filter(Boolean).join(', ') || 'Browser';
}
