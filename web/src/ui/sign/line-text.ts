import type { Ui } from '../context';

/** What the line to the server is doing, in one sentence. */
export function lineText(ui: Ui): string {
  const line = ui.state.line;
  if (line.state === 'connecting') return ui.t(line.attempt > 1 ? 'line.connectingAgain' : 'line.connecting');
  if (line.state === 'waiting') return ui.t(`line.${line.why}`);
  return ui.t('line.opening');
}
