// Signing in: SASL 2 (XEP-0388) with SCRAM or a token (XEP-0484), and in the same exchange resuming (XEP-0198) or Bind 2
// (XEP-0386) with stream management, carbons and client state. With a token all of it is one round trip: the request goes
// out together with the stream's header, before the server's features are known.
import { fromBase64, toBase64, utf8 } from './bytes';
import { NS } from './ns';
import { Scram, ScramError, scramMechanisms, tokenMechanism, tokenMessage, tokenVerify, type Advertised } from './scram';
import type { OpenSocket } from './socket';
import { Stream } from './stream';
import { attr, child, children, el, Element, text } from './xml';

const NEGOTIATION_MS = 15_000;

export interface Credentials {
  username: string;
  secret: { password: string } | { token: string };
}
export interface LoginRequest {
  url: string;
  domain: string;
  credentials: Credentials;
  agent: { id: string; software: string; device: string };
  resume?: { previd: string; h: number };
  /** Ends the token with this login (XEP-0484 §3.6). */
  invalidateToken?: boolean;
  /** Whether the password is right, and nothing more: no token, no resource. */
  proofOnly?: boolean;
}
export interface LoggedIn {
  stream: Stream;
  jid: string;
  token?: { token: string; expires: string };
  resumed: { h: number } | null;
  sm: { id: string; max: number } | null;
  features: Element;
}

/** The server said no. `condition` is from the closed list of RFC 6120 §6.5, or 'untrusted' where it is the server that failed. */
export class LoginRefused extends Error {
  constructor(readonly condition: string, readonly says = '') {
    super(condition);
  }
}

function authenticate(request: LoginRequest, mechanism: string, initial: Uint8Array): Element {
  const { agent, resume } = request;
  return el('authenticate', { xmlns: NS.sasl2, mechanism },
    el('initial-response', {}, toBase64(initial)),
    !request.proofOnly && el('user-agent', { id: agent.id }, el('software', {}, agent.software), el('device', {}, agent.device)),
    request.proofOnly ? null : 'password' in request.credentials.secret
      ? el('request-token', { xmlns: NS.fast, mechanism: tokenMechanism })
      : el('fast', { xmlns: NS.fast, invalidate: request.invalidateToken ? 'true' : undefined }),
    resume && el('resume', { xmlns: NS.sm, previd: resume.previd, h: resume.h }),
    !request.invalidateToken && !request.proofOnly && el('bind', { xmlns: NS.bind2 },
      el('tag', {}, agent.software),
      el('enable', { xmlns: NS.sm, resume: 'true' }),
      el('enable', { xmlns: NS.carbons })));
}

/** The stream is negotiated and not started: what came after <success/> waits in it. Throws LoginRefused or StreamEnded. */
export async function login(open: OpenSocket, request: LoginRequest): Promise<LoggedIn> {
  const { secret, username } = request.credentials;
  const pipelined = 'token' in secret ? [authenticate(request, tokenMechanism, tokenMessage(username, secret.token))] : [];
  const stream = new Stream(open, request.url, request.domain, pipelined, NEGOTIATION_MS);
  try {
    const features = await stream.next();
    if (!features.is('features', NS.stream)) throw new LoginRefused('untrusted', 'no features came first');
    const success = 'token' in secret ? await byToken(stream, secret.token) : await byPassword(stream, request, secret.password, features);
    const after = await stream.next();
    return {
      stream,
      jid: text(child(success, 'authorization-identifier')),
      token: readToken(child(success, 'token', NS.fast)),
      ...readSession(success),
      features: after.is('features', NS.stream) ? after : features,
    };
  } catch (error) {
    stream.close();
    throw error;
  }
}

async function byToken(stream: Stream, token: string): Promise<Element> {
  const answer = await stream.next();
  if (!answer.is('success', NS.sasl2)) throw refusal(answer);
  if (!tokenVerify(token, additionalData(answer))) throw new LoginRefused('untrusted', 'the server does not know the token');
  return answer;
}

async function byPassword(stream: Stream, request: LoginRequest, password: string, features: Element): Promise<Element> {
  const advertised = readAdvertised(features);
  const mechanism = scramMechanisms.find((m) => advertised.mechanisms.includes(m));
  if (!mechanism) throw new LoginRefused('untrusted', 'no mechanism that keeps the password secret is offered');
  const scram = new Scram(mechanism, request.credentials.username, password, advertised);
  stream.send(authenticate(request, mechanism, utf8(scram.first())));
  const challenge = await stream.next();
  if (!challenge.is('challenge', NS.sasl2)) throw refusal(challenge);
  let final: string;
  try {
    final = await scram.final(fromBase64(text(challenge)));
  } catch (error) {
    stream.send(el('abort', { xmlns: NS.sasl2 }));
    throw new LoginRefused('untrusted', error instanceof ScramError ? error.message : 'malformed');
  }
  stream.send(el('response', { xmlns: NS.sasl2 }, toBase64(utf8(final))));
  const answer = await stream.next();
  if (!answer.is('success', NS.sasl2)) throw refusal(answer);
  if (!scram.verify(additionalData(answer))) throw new LoginRefused('untrusted', 'the server does not know the password');
  return answer;
}

function readAdvertised(features: Element): Advertised {
  const offered = child(features, 'authentication', NS.sasl2);
  const bindings = child(features, 'sasl-channel-binding', NS.saslCb);
  return {
    mechanisms: children(offered).filter((c) => c.is('mechanism', NS.sasl2)).map(text),
    bindings: bindings && children(bindings).map((c) => attr(c, 'type')),
  };
}

function additionalData(success: Element): Uint8Array {
  try {
    return fromBase64(text(child(success, 'additional-data')));
  } catch {
    return new Uint8Array();
  }
}

function refusal(answer: Element): LoginRefused {
  if (!answer.is('failure', NS.sasl2)) return new LoginRefused('untrusted', `<${answer.getName()}/> was not due`);
  const condition = children(answer).find((c) => c.getNS() === NS.sasl);
  return new LoginRefused(condition?.getName() ?? 'not-authorized', text(child(answer, 'text')));
}

function readToken(token: Element | undefined): LoggedIn['token'] {
  return token && attr(token, 'token') ? { token: attr(token, 'token'), expires: attr(token, 'expiry') } : undefined;
}

function readSession(success: Element): Pick<LoggedIn, 'resumed' | 'sm'> {
  const resumed = child(success, 'resumed', NS.sm);
  const enabled = child(child(success, 'bound', NS.bind2), 'enabled', NS.sm);
  return {
    resumed: resumed ? { h: Number(attr(resumed, 'h')) >>> 0 } : null,
    sm: enabled && attr(enabled, 'id') ? { id: attr(enabled, 'id'), max: Number(attr(enabled, 'max')) || 0 } : null,
  };
}

