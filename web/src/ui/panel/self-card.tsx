import { createSignal, Show, type JSX } from 'solid-js';
import type { OwnShow } from '../../model/types';
import { useUi, type Ui } from '../context';
import { Avatar } from '../kit/avatar';
import { IconButton } from '../kit/button';
import { Icon } from '../kit/icons';
import { localPart } from '../names';

/** Oneself: avatar, nickname and signature (changed where they stand), presence. */
export function SelfCard(): JSX.Element {
  const ui = useUi();
  const self = () => ui.state.self!;
  return (
    <header class="self">
      <button type="button" class="self-avatar" aria-label={ui.t('self.profile')} title={ui.t('self.profile')} onClick={() => ui.nav.open({ kind: 'settings', section: 'profile' })}>
        <Avatar jid={self().jid} name={self().nickname || localPart(self().jid)} image={self().avatar} size="m" />
      </button>
      <div class="self-text">
        <div class="self-line">
          <InPlace class="self-name" label={ui.t('self.nickname')} value={self().nickname} empty={localPart(self().jid)} max={60}
            onSave={(nickname) => void ui.run({ do: 'set-profile', profile: { nickname } })} />
          <PresenceButton />
        </div>
        <InPlace class="self-signature" label={ui.t('self.signature')} value={self().signature} empty={ui.t('self.signatureEmpty')} max={200}
          onSave={(signature) => void ui.run({ do: 'set-profile', profile: { signature } })} />
      </div>
      <IconButton icon="settings" label={ui.t('settings.title')} onClick={() => ui.nav.open({ kind: 'settings', section: null })} />
    </header>
  );
}

/** Text that turns into a field when it is pressed; Enter and leaving keep, Esc lets go. */
function InPlace(props: { label: string; value: string; empty: string; max: number; class: string; onSave: (text: string) => void }): JSX.Element {
  const [editing, setEditing] = createSignal(false);
  let button: HTMLButtonElement | undefined;
  const finish = (input: HTMLInputElement, keep: boolean, refocus: boolean): void => {
    if (!editing()) return;
    setEditing(false);
    const text = input.value.trim();
    if (keep && text !== props.value) props.onSave(text);
    if (refocus) button?.focus();
  };
  return (
    <Show when={editing()} fallback={
      <button ref={button} type="button" class={`in-place ${props.class}`} classList={{ 'in-place-empty': !props.value }} title={props.value || props.label}
        aria-label={`${props.label}: ${props.value || props.empty}`} onClick={() => setEditing(true)}>{props.value || props.empty}</button>}>
      <input class={`in-place in-place-input ${props.class}`} aria-label={props.label} value={props.value} placeholder={props.empty} maxlength={props.max}
        ref={(input) => queueMicrotask(() => { input.focus(); input.select(); })}
        onBlur={(event) => finish(event.currentTarget, true, false)}
        onKeyDown={(event) => {
          if (event.isComposing || event.keyCode === 229) return;
          if (event.key === 'Enter' || event.key === 'Escape') finish(event.currentTarget, event.key === 'Enter', true);
        }} />
    </Show>
  );
}

export const ownShows: OwnShow[] = ['online', 'away', 'busy', 'dnd', 'invisible'];

function PresenceButton(): JSX.Element {
  const ui = useUi();
  const self = () => ui.state.self!;
  const shown = (): string => (ui.state.line.state === 'online' ? self().show : 'offline');
  const label = (): string => ui.t(ui.state.line.state === 'online' ? `own.${self().show}` : 'show.offline');
  return (
    <button type="button" class="self-presence" aria-haspopup="menu" aria-label={ui.t('self.presence', { name: label() })} title={label()}
      onClick={(event) => presenceMenu(ui, event.currentTarget)}>
      <span class={`presence presence-${shown()}`} /><span>{label()}</span><Icon name="down" />
    </button>
  );
}

function presenceMenu(ui: Ui, at: HTMLElement): void {
  const self = ui.state.self!;
  ui.menu({
    label: ui.t('self.presenceMenu'), at,
    items: ownShows.map((show) => ({
      label: ui.t(`own.${show}`), dot: show, checked: self.show === show,
      act: () => void ui.run({ do: 'set-presence', show, status: self.status }),
    })),
  });
}
