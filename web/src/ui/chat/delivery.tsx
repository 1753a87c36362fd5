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
  return (
    <span class="failed">
      <span>{ui.t('delivery.failed')}{props.message.failure ? ` (${failureWord(ui.t, props.message.failure)})` : ''}</span>
      <button type="button" class="link" onClick={() => void ui.run({ do: 'retry', ...it() })}>{ui.t('common.retry')}</button>
      <button type="button" class="link" onClick={() => void ui.run({ do: 'discard', ...it() })}>{ui.t('delivery.discard')}</button>
    </span>
  );
}

const known = ['not-acceptable', 'service-unavailable', 'item-not-found', 'remote-server-not-found', 'remote-server-timeout', 'forbidden', 'policy-violation', 'resource-constraint'] as const;

/** The standard's condition words (RFC 6120, 8.3.3) that a message can come back with, in words. */
function failureWord(t: ReturnType<typeof useUi>['t'], word: string): string {
  const found = known.find((one) => one === word);
  return found ? t(`condition.${found}`) : word;
}
