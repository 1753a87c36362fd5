import { describe, expect, it, vi } from 'vitest';
import { utf8 } from '../../src/engine/xmpp/bytes';
import { downgradeHash, Scram, ScramError } from '../../src/engine/xmpp/scram';

describe('SCRAM', () => {
  it('RFC 7677 §3', async () => {
    const scram = new Scram('SCRAM-SHA-256', 'user', 'pencil', null, 'rOprNGfwEbeRWgbNEkqO');
    expect(scram.first()).toBe('n,,n=user,r=rOprNGfwEbeRWgbNEkqO');
    const final = await scram.final(utf8('r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096'));
    expect(final).toBe('c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=');
    expect(scram.verify(utf8('v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4='))).toBe(true);
    expect(scram.verify(utf8('v=7rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4='))).toBe(false);
    expect(scram.verify(utf8('e=other-error'))).toBe(false);
  });
  it('RFC 5802 §5', async () => {
    const scram = new Scram('SCRAM-SHA-1', 'user', 'pencil', null, 'fyko+d2lbbFgONRv9qkxdawL');
    const final = await scram.final(utf8('r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096'));
    expect(final).toBe('c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=');
    expect(scram.verify(utf8('v=rmF9pqV8S7suAoZWja4dJRkFsKQ='))).toBe(true);
  });
  it('gives the same where the browser has no WebCrypto', async () => {
    vi.stubGlobal('crypto', { getRandomValues: <T>(bytes: T) => bytes });
    const scram = new Scram('SCRAM-SHA-256', 'user', 'pencil', null, 'rOprNGfwEbeRWgbNEkqO');
    const final = await scram.final(utf8('r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096'));
    vi.unstubAllGlobals();
    expect(final).toContain('p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=');
  });
  it('escapes what a name may not hold (RFC 5802 §5.1)', () => {
    expect(new Scram('SCRAM-SHA-1', 'a=b,c', 'x', null, 'n').first()).toBe('n,,n=a=3Db=2Cc,r=n');
  });
  it.each([
    ['a nonce that is not ours', 'r=other,s=QSXCR+Q6sek8bf92,i=4096', 'nonce'],
    ['a nonce the server added nothing to', 'r=mine,s=QSXCR+Q6sek8bf92,i=4096', 'nonce'],
    ['too few iterations', 'r=mine+,s=QSXCR+Q6sek8bf92,i=1000', 'iterations'],
    ['iterations without end', 'r=mine+,s=QSXCR+Q6sek8bf92,i=900000000', 'iterations'],
    ['no salt', 'r=mine+,i=4096', 'malformed'],
    ['an extension we must know (m=)', 'm=x,r=mine+,s=QSXCR+Q6sek8bf92,i=4096', 'malformed'],
  ])('refuses %s (CASES 17)', async (_, message, why) => {
    const scram = new Scram('SCRAM-SHA-256', 'user', 'pencil', null, 'mine');
    await expect(scram.final(utf8(message))).rejects.toEqual(new ScramError(why));
  });
  it('XEP-0474 §5.1: the list of mechanisms was edited on the way (CASES 19)', async () => {
    const server = { mechanisms: ['SCRAM-SHA-256', 'SCRAM-SHA-1'], bindings: ['tls-exporter'] };
    const first = utf8(`r=mine+,s=QSXCR+Q6sek8bf92,i=4096,h=${downgradeHash('SCRAM-SHA-1', server)}`);
    const honest = new Scram('SCRAM-SHA-1', 'user', 'pencil', server, 'mine');
    await expect(honest.final(first)).resolves.toContain('c=biws');
    const edited = new Scram('SCRAM-SHA-1', 'user', 'pencil', { ...server, mechanisms: ['SCRAM-SHA-1'] }, 'mine');
    await expect(edited.final(first)).rejects.toEqual(new ScramError('downgrade'));
  });
  it("XEP-0474's example", () => {
    const hash = downgradeHash('SCRAM-SHA-1', { mechanisms: ['SCRAM-SHA-1-PLUS', 'SCRAM-SHA-1'], bindings: ['tls-server-end-point', 'tls-exporter'] });
    expect(hash).toBe('G6k/rBLDqgOhRRaCuuatSDFkJ08=');
  });
});
