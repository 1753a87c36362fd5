import { createSignal, For, Show, type JSX } from 'solid-js';
import type { Profile } from '../../model/types';
import { useUi } from '../context';
import { Avatar } from '../kit/avatar';
import { Button } from '../kit/button';
import { Field } from '../kit/field';
import { localPart } from '../names';
import { CropDialog } from './crop-dialog';

const fields = ['nickname', 'signature', 'email', 'phone', 'birthday', 'region', 'organisation', 'homepage'] as const;
type FieldName = (typeof fields)[number];
const kinds: Partial<Record<FieldName, string>> = { email: 'email', phone: 'tel', birthday: 'date', homepage: 'url' };

export function ProfileSettings(): JSX.Element {
  const ui = useUi();
  const self = () => ui.state.self!;
  const [draft, setDraft] = createSignal<Partial<Profile>>({});
  const [busy, setBusy] = createSignal(false);
  const value = (name: FieldName): string => draft()[name] ?? self()[name] ?? '';
  const changed = (): boolean => fields.some((name) => value(name).trim() !== (self()[name] ?? ''));
  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    const profile = Object.fromEntries(fields.filter((name) => value(name).trim() !== (self()[name] ?? '')).map((name) => [name, value(name).trim()])) as Partial<Profile>;
    setBusy(true);
    if (await ui.run({ do: 'set-profile', profile }, ui.t('common.saved'))) setDraft({});
    setBusy(false);
  };
  return (
    <form class="settings-form" onSubmit={(event) => void save(event)}>
      <AvatarEditor />
      <For each={fields}>
        {(name) => <Field label={ui.t(`fact.${name}`)} type={kinds[name] ?? 'text'} maxlength={name === 'signature' ? 200 : 100} value={value(name)} onText={(text) => setDraft({ ...draft(), [name]: text })} />}
      </For>
      <p class="field-help">{ui.t('profile.whoSees')}</p>
      <div class="settings-save"><Button look="main" type="submit" busy={busy()} disabled={!changed()}>{ui.t('common.save')}</Button></div>
    </form>
  );
}

function AvatarEditor(): JSX.Element {
  const ui = useUi();
  const self = () => ui.state.self!;
  const [file, setFile] = createSignal<File | null>(null);
  let input!: HTMLInputElement;
  return (
    <div class="avatar-editor">
      <Avatar jid={self().jid} name={self().nickname || localPart(self().jid)} image={self().avatar} size="xl" />
      <div class="avatar-buttons">
        <Button icon="camera" onClick={() => input.click()}>{ui.t('avatar.choose')}</Button>
        <Show when={self().avatar}><Button look="quiet" icon="trash" onClick={() => void ui.run({ do: 'set-profile', profile: { avatar: '' } })}>{ui.t('avatar.remove')}</Button></Show>
      </div>
      <input ref={input} type="file" accept="image/png,image/jpeg,image/webp,image/gif" class="sr-only" tabindex="-1" aria-label={ui.t('avatar.choose')}
        onChange={() => { setFile(input.files?.[0] ?? null); input.value = ''; }} />
      <Show when={file()} keyed>{(chosen) => <CropDialog file={chosen} onClose={() => setFile(null)} />}</Show>
    </div>
  );
}
