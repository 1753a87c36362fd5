import { createMemo, createSignal, For, type JSX } from 'solid-js';
import { useUi } from '../context';
import { Icon } from '../kit/icons';
import { Button } from '../kit/button';

/** In which groups a contact stands: those there are to tick, a new one to write. */
export function GroupsEditor(props: { jid: string }): JSX.Element {
  const ui = useUi();
  return (
    <GroupsPicker chosen={ui.state.contacts[props.jid]?.groups ?? []}
      onChange={(groups) => void ui.run({ do: 'change-contact', jid: props.jid, groups })} />
  );
}

export function GroupsPicker(props: { chosen: readonly string[]; onChange: (groups: string[]) => void }): JSX.Element {
  const ui = useUi();
  const [fresh, setFresh] = createSignal('');
  const all = createMemo(() => [...new Set([...Object.values(ui.state.contacts).flatMap((c) => c.groups), ...props.chosen])].sort(new Intl.Collator(ui.language()).compare));
  const toggle = (group: string): void => props.onChange(props.chosen.includes(group) ? props.chosen.filter((g) => g !== group) : [...props.chosen, group]);
  const add = (): void => {
    const group = fresh().trim();
    if (group && !props.chosen.includes(group)) props.onChange([...props.chosen, group]);
    setFresh('');
  };
  const enter = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    add();
  };
  return (
    <fieldset class="groups">
      <legend>{ui.t('profile.groups')}</legend>
      <div class="groups-row">
        <For each={all()}>
          {(group) => (
            <button type="button" class="chip" aria-pressed={props.chosen.includes(group)} onClick={() => toggle(group)}>
              <Icon name={props.chosen.includes(group) ? 'check' : 'folder'} />{group}
            </button>
          )}
        </For>
        <span class="chip-new">
          <input value={fresh()} maxlength={40} aria-label={ui.t('profile.newGroup')} placeholder={ui.t('profile.newGroup')} onInput={(event) => setFresh(event.currentTarget.value)} onKeyDown={enter} />
          <Button icon="plus" disabled={!fresh().trim()} onClick={add}>{ui.t('common.add')}</Button>
        </span>
      </div>
    </fieldset>
  );
}
