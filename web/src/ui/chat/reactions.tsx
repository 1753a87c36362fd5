import { For, Show, type JSX } from 'solid-js';
import type { Message } from '../../model/types';
import { useUi } from '../context';
import { nameOf } from '../names';
import { toggleReaction } from './send';

const shown_max = 20;

export function Reactions(props: { message: Message }): JSX.Element {
  const ui = useUi();
  const emojis = (): string[] => Object.keys(props.message.reactions).filter((emoji) => props.message.reactions[emoji]!.length).slice(0, shown_max);
  const who = (emoji: string): string[] => props.message.reactions[emoji] ?? [];
  const mine = (emoji: string): boolean => who(emoji).includes(ui.state.self!.jid);
  const names = (emoji: string): string => who(emoji).map((jid) => nameOf(ui.state, jid)).join(ui.language() === 'zh-CN' ? '、' : ', ');
  const counted = (emoji: string): string => (who(emoji).length > 1 ? `${emoji} ${who(emoji).length}` : emoji);
  return (
    <Show when={emojis().length}>
      <div class="reactions" role="group" aria-label={ui.t('reactions.label')}>
        <For each={emojis()}>
          {(emoji) => (
            <button type="button" class="reaction" aria-pressed={mine(emoji)} title={names(emoji)} aria-label={ui.t('reactions.by', { emoji: counted(emoji), names: names(emoji) })}
              onClick={() => toggleReaction(ui, props.message, emoji)}>
              <span>{emoji}</span><Show when={who(emoji).length > 1}><span class="reaction-count">{who(emoji).length}</span></Show>
            </button>
          )}
        </For>
      </div>
    </Show>
  );
}
