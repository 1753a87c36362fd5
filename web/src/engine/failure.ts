// From what went wrong in the engine to the closed list of the contract.
import type { Failure } from './contract';
import { IqError, type StanzaErrorValue } from './xmpp/errors';
import { LoginRefused } from './xmpp/login';
import { InvitationRefused, RegistrationRefused } from './xmpp/register';
import { StreamEnded } from './xmpp/stream';

export class CommandFailed extends Error {
  constructor(readonly why: Failure, readonly says?: string) {
    super(why);
  }
}

export function failureOf(error: unknown): { why: Failure; text?: string } {
  if (error instanceof CommandFailed) return { why: error.why, text: error.says };
  if (error instanceof IqError) return { why: ofCondition(error.error.condition), text: error.error.text || undefined };
  if (error instanceof RegistrationRefused) return { why: ofRegistration(error.error), text: error.error.text || undefined };
  if (error instanceof InvitationRefused) return { why: 'invitation-over' };
  if (error instanceof LoginRefused) return { why: ofLogin(error.condition), text: error.says || undefined };
  if (error instanceof StreamEnded) {
    const { reason } = error;
    if (reason.kind === 'stream-error')
      return { why: reason.condition === 'host-unknown' ? 'bad-address' : reason.condition === 'policy-violation' ? 'too-many' : 'server-error', text: reason.condition };
    return { why: reason.kind === 'silent' ? 'timeout' : 'unreachable' };
  }
  return { why: 'server-error', text: error instanceof Error ? error.message : undefined };
}

function ofCondition(condition: string): Failure {
  switch (condition) {
    case 'offline':
      return 'offline';
    case 'timeout':
    case 'remote-server-timeout':
      return 'timeout';
    case 'item-not-found':
      return 'gone';
    case 'remote-server-not-found':
      return 'not-found';
    case 'forbidden':
    case 'not-allowed':
    case 'not-authorized':
      return 'not-allowed';
    case 'service-unavailable':
    case 'feature-not-implemented':
      return 'not-offered';
    case 'jid-malformed':
      return 'bad-address';
    case 'resource-constraint':
    case 'policy-violation':
      return 'too-many';
    case 'not-acceptable':
      return 'password-refused';
    default:
      return 'server-error';
  }
}
/** What is wrong with a name and with a password is one condition (XEP-0077 §3.1): only the text says which. */
function ofRegistration({ condition, text }: StanzaErrorValue): Failure {
  switch (condition) {
    case 'conflict':
      return 'name-taken';
    case 'not-acceptable':
      return /password/i.test(text) ? 'password-refused' : 'name-refused';
    case 'jid-malformed':
      return 'name-refused';
    case 'resource-constraint':
      return 'too-many';
    case 'service-unavailable':
    case 'not-allowed':
    case 'forbidden':
      return 'registration-closed';
    default:
      return 'server-error';
  }
}
function ofLogin(condition: string): Failure {
  switch (condition) {
    case 'not-authorized':
      return 'bad-credentials';
    case 'account-disabled':
      return 'account-disabled';
    case 'temporary-auth-failure':
      return 'too-many';
    default:
      return 'server-error';
  }
}
