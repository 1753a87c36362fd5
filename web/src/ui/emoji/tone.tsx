import type { JSX } from 'solid-js';
import { useUi } from '../context';

const hands = ['👋', '👋🏻', '👋🏼', '👋🏽', '👋🏾', '👋🏿'];

export function TonePicker(props: { tone: number; onTone: (tone: number) => void }): JSX.Element {
  const ui = useUi();
  return (
    <button type="button" class="emoji-tone" aria-haspopup="menu" aria-label={ui.t('emoji.tone')} title={ui.t('emoji.tone')}
      onClick={(event) => ui.menu({
        label: ui.t('emoji.tone'), at: event.currentTarget,
        items: hands.map((hand, tone) => ({ label: `${hand} ${ui.t(`tone.${tone as 0 | 1 | 2 | 3 | 4 | 5}`)}`, checked: tone === props.tone, act: () => props.onTone(tone) })),
      })}>{hands[props.tone]}</button>
  );
}
