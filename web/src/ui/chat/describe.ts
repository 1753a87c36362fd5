import type { Message } from '../../model/types';
import type { Ui } from '../context';
import { full } from '../i18n/dates';
import { nameOf } from '../names';

/** Everything there is to know about a message, one line each. */
export function fullDescription(ui: Ui, m: Message): string {
  const lines = [`${ui.t('details.from')} ${nameOf(ui.state, m.from)} <${m.from}>`, `${ui.t('details.at')} ${full(ui.language(), m.at)}`];
  if (m.mine) lines.push(`${ui.t('details.state')} ${ui.t(`delivery.${m.delivery}`)}`);
  if (m.edited) lines.push(`${ui.t('details.edited')} ${full(ui.language(), m.edited)}`);
  if (m.entry) lines.push(`${ui.t('details.entry')} ${m.entry}`);
  return lines.join('\n');
}
