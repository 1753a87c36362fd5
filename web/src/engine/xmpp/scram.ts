// SCRAM (RFC 5802, 7677) without channel binding, which no browser gives a page, and with the check of XEP-0474.
import { hmac } from '@noble/hashes/hmac';
import { pbkdf2Async } from '@noble/hashes/pbkdf2';
import { sha1 } from '@noble/hashes/sha1';
import { sha256, sha512 } from '@noble/hashes/sha2';
import { concat, equalBytes, fromBase64, fromUtf8, randomId, toBase64, utf8 } from './bytes';

/** In order of preference. */
export const scramMechanisms = ['SCRAM-SHA-256', 'SCRAM-SHA-512', 'SCRAM-SHA-1'] as const;
export type ScramMechanism = (typeof scramMechanisms)[number];
const hashes = { 'SCRAM-SHA-256': sha256, 'SCRAM-SHA-512': sha512, 'SCRAM-SHA-1': sha1 };

/** RFC 7677 §4 and what the server may ask of a phone: more is taken for an attack. */
const ITERATIONS_MIN = 4096;
const ITERATIONS_MAX = 10_000_000;

export class ScramError extends Error {}

/** What the server advertised, as XEP-0474 §5.1 hashes it; `bindings` undefined where it advertised none. */
export interface Advertised {
  mechanisms: string[];
  bindings?: string[];
}
export function downgradeHash(mechanism: ScramMechanism, advertised: Advertised): string {
  // i;octet collation; names are ASCII, where it is the order of code units.
  const list = (names: string[]): string => [...names].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)).join('\x1e');
  const whole = list(advertised.mechanisms) + (advertised.bindings ? '\x1f' + list(advertised.bindings) : '');
  return toBase64(hashes[mechanism](utf8(whole)));
}

/** By the browser where it does that (ten times as fast); by ourselves on http:// pages. */
async function saltedPassword(mechanism: ScramMechanism, password: Uint8Array, salt: Uint8Array, iterations: number): Promise<Uint8Array> {
  const H = hashes[mechanism];
  const subtle = globalThis.crypto.subtle as SubtleCrypto | undefined;
  if (!subtle) return pbkdf2Async(H, password, salt, { c: iterations, dkLen: H.outputLen });
  const key = await subtle.importKey('raw', password as BufferSource, 'PBKDF2', false, ['deriveBits']);
  const how = { name: 'PBKDF2', hash: mechanism.slice('SCRAM-'.length), salt: salt as BufferSource, iterations };
  return new Uint8Array(await subtle.deriveBits(how, key, H.outputLen * 8));
}

export class Scram {
  private readonly bareFirst: string;
  private serverSignature: Uint8Array | null = null;

  constructor(
    readonly mechanism: ScramMechanism,
    username: string,
    private readonly password: string,
    private readonly advertised: Advertised | null,
    private readonly nonce: string = randomId(24),
  ) {
    this.bareFirst = `n=${username.replace(/=/g, '=3D').replace(/,/g, '=2C')},r=${nonce}`;
  }

  first(): string {
    return 'n,,' + this.bareFirst;
  }

  /** The client-final-message. Throws ScramError where the server's message is none, or was tampered with. */
  async final(serverFirst: Uint8Array): Promise<string> {
    const message = fromUtf8(serverFirst);
    const match = /^r=([\x21-\x2b\x2d-\x7e]+),s=([A-Za-z0-9+/=]+),i=([1-9][0-9]{0,9})((?:,[A-Za-z]=[^,]*)*)$/.exec(message);
    if (!match) throw new ScramError('malformed');
    const [, nonce, salt, count, extensions] = match as unknown as [string, string, string, string, string];
    if (!nonce.startsWith(this.nonce) || nonce.length === this.nonce.length) throw new ScramError('nonce');
    const iterations = Number(count);
    if (iterations < ITERATIONS_MIN || iterations > ITERATIONS_MAX) throw new ScramError('iterations');
    const hash = /,h=([^,]*)/.exec(extensions)?.[1];
    if (hash !== undefined && this.advertised && hash !== downgradeHash(this.mechanism, this.advertised))
      throw new ScramError('downgrade');
    const H = hashes[this.mechanism];
    // RFC 8265 OpaqueString: spaces of all kinds become the one, then NFC.
    const prepared = utf8(this.password.replace(/[\u00A0\u1680\u2000-\u200A\u202F\u205F\u3000]/g, ' ').normalize('NFC'));
    const salted = await saltedPassword(this.mechanism, prepared, fromBase64(salt), iterations);
    const clientKey = hmac(H, salted, utf8('Client Key'));
    const withoutProof = `c=biws,r=${nonce}`;
    const signed = utf8(`${this.bareFirst},${message},${withoutProof}`);
    const signature = hmac(H, H(clientKey), signed);
    this.serverSignature = hmac(H, hmac(H, salted, utf8('Server Key')), signed);
    return `${withoutProof},p=${toBase64(clientKey.map((b, i) => b ^ signature[i]!))}`;
  }

  /** Whether the server knows the password too. */
  verify(serverFinal: Uint8Array): boolean {
    const signature = /^v=([A-Za-z0-9+/=]+)/.exec(fromUtf8(serverFinal))?.[1];
    return signature !== undefined && this.serverSignature !== null && equalBytes(fromBase64(signature), this.serverSignature);
  }
}

/** HT-SHA-256-NONE (XEP-0484): one message, one answer. */
export const tokenMechanism = 'HT-SHA-256-NONE';
export function tokenMessage(username: string, token: string): Uint8Array {
  return concat(utf8(username + '\0'), hmac(sha256, utf8(token), utf8('Initiator')));
}
export function tokenVerify(token: string, answer: Uint8Array): boolean {
  return equalBytes(answer, hmac(sha256, utf8(token), utf8('Responder')));
}
