import type { JSX } from 'solid-js';
import type { Delivery, Message } from '../../model/types';
import { useUi } from '../context';
import { Icon, type IconName } from '../kit/icons';

const icons: Record<Delivery, IconName> = { waiting: 'clock', sent: 'check', delivered: 'checks', read: 'read', failed: 'alert' };

/** How far an own message has come: waiting, on the server, on their device, read; or failed. */
export function DeliveryMark(props: { delivery: Delivery }): JSX.Element {
  const ui = useUi();
  return (
    <span class={`delivery delivery-${props.delivery}`} role="img" aria-label={ui.t(`delivery.${props.delivery}`)} title={ui.t(`delivery.${props.delivery}`)}>
      <Icon name={icons[props.delivery]} />
    </span>
  );
}

/** It did not get through: again, or away with it. Told of once by ../attention, and not whenever it scrolls into view. */
export function Failed(props: { message: Message }): JSX.Element {
  const ui = useUi();
  const it = (): { id: string; to: string } => ({ id: props.message.id, to: props.message.conversation });
  const word = (): string => failureWord(ui.t, props.message.failure);
  return (
    <span class="failed">
      <span title={props.message.failure}>{ui.t('delivery.failed')}{word() && ` (${word()})`}</span>
      <button type="button" class="link" onClick={() => void ui.run({ do: 'retry', ...it() })}>{ui.t('common.retry')}</button>
      <button type="button" class="link" onClick={() => void ui.run({ do: 'discard', ...it() })}>{ui.t('delivery.discard')}</button>
    </span>
  );
}

const known = ['not-acceptable', 'service-unavailable', 'item-not-found', 'remote-server-not-found', 'remote-server-timeout', 'forbidden', 'policy-violation', 'resource-constraint'] as const;

/** Those that mean the same to who reads them. */
const alike: Record<string, (typeof known)[number]> = {
  'not-allowed': 'forbidden', 'not-authorized': 'forbidden', 'subscription-required': 'forbidden', 'registration-required': 'forbidden',
  'recipient-unavailable': 'service-unavailable', 'feature-not-implemented': 'service-unavailable', gone: 'item-not-found', 'jid-malformed': 'item-not-found',
};

/** The standard's condition words (RFC 6120, 8.3.3) that a message can come back with, in words; '' for those that tell nobody anything. */
export function failureWord(t: ReturnType<typeof useUi>['t'], word: string | undefined): string {
  const found = known.find((one) => one === word) ?? (word && Object.hasOwn(alike, word) ? alike[word] : undefined);
  return found ? t(`condition.${found}`) : '';
}

/** A change of the message waits for the line. */
export function PendingMark(): JSX.Element {
  const ui = useUi();
  return <span class="delivery delivery-waiting" role="img" aria-label={ui.t('change.pending')} title={ui.t('change.pending')}><Icon name="clock" /></span>;
}
