import { createSignal, Show, type JSX } from 'solid-js';
import { useUi } from '../context';
import { Button } from '../kit/button';
import { Dialog } from '../kit/dialog';
import { Field, PasswordField } from '../kit/field';
import { localPart } from '../names';
import { SignTrouble, troubleShown } from '../sign/sign-in';

export function DeleteAccount(): JSX.Element {
  const ui = useUi();
  const [asking, setAsking] = createSignal(false);
  return (
    <section class="settings-block settings-danger">
      <h4>{ui.t('delete.title')}</h4>
      <p>{ui.t('delete.text')}</p>
      <div class="settings-save"><Button look="danger" icon="trash" onClick={() => setAsking(true)}>{ui.t('delete.title')}</Button></div>
      <Show when={asking()}><DeleteDialog onClose={() => setAsking(false)} /></Show>
    </section>
  );
}

/** Both the name and the password: nobody deletes an account by accident. */
function DeleteDialog(props: { onClose: () => void }): JSX.Element {
  const ui = useUi();
  const [name, setName] = createSignal('');
  const [password, setPassword] = createSignal('');
  const [busy, setBusy] = createSignal(false);
  const [trouble, setTrouble] = createSignal<{ text: string; detail?: string } | null>(null);
  const own = (): string => localPart(ui.state.self?.jid ?? '');
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    try {
      await ui.dispatch({ do: 'delete-account', password: password() });
    } catch (error) {
      setTrouble(troubleShown(ui, error));
      setBusy(false);
    }
  };
  return (
    <Dialog title={ui.t('delete.title')} class="dialog-small" onClose={props.onClose}>
      <form class="dialog-form" onSubmit={(event) => void submit(event)}>
        <p>{ui.t('delete.sure')}</p>
        <Field label={ui.t('delete.typeName', { name: own() })} value={name()} onText={setName} autofocus autocomplete="off" autocapitalize="none" spellcheck={false} />
        <PasswordField label={ui.t('sign.password')} value={password()} onText={setPassword} />
        <SignTrouble trouble={trouble()} />
        <footer class="dialog-foot">
          <Button onClick={() => props.onClose()}>{ui.t('common.cancel')}</Button>
          <Button look="danger" type="submit" busy={busy()} disabled={name().trim() !== own() || !password()}>{ui.t('delete.now')}</Button>
        </footer>
      </form>
    </Dialog>
  );
}
