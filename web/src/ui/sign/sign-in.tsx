import { createSignal, Show, type JSX } from 'solid-js';
import { useUi, type Ui } from '../context';
import { troubleOf } from '../api';
import { Button } from '../kit/button';
import { Field, PasswordField } from '../kit/field';
import { completeAddress } from './address';

export function SignIn(props: { onCreate: () => void; last: string }): JSX.Element {
  const ui = useUi();
  const known = props.last.replace(`@${ui.state.server.domain}`, '');
  const [address, setAddress] = createSignal(known);
  const [password, setPassword] = createSignal('');
  const [trouble, setTrouble] = createSignal<{ text: string; detail?: string } | null>(null);
  const [busy, setBusy] = createSignal(false);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const whole = completeAddress(address(), ui.state.server.domain);
    if (!whole) return void setTrouble({ text: ui.t('failure.bad-address') });
    setBusy(true);
    setTrouble(null);
    try {
      await ui.dispatch({ do: 'sign-in', address: whole, password: password(), language: ui.language() });
    } catch (error) {
      setTrouble(troubleShown(ui, error));
      setBusy(false);
    }
  };
  return (
    <form class="sign-form" onSubmit={(event) => void submit(event)}>
      <h2>{ui.t('sign.inTitle')}</h2>
      <Field label={ui.t('sign.address')} value={address()} onText={setAddress} autofocus={!known} required autocomplete="username" autocapitalize="none" spellcheck={false}
        help={ui.t('sign.addressHelp')}
        after={<Show when={ui.state.server.domain && !address().includes('@')}><span class="field-after" aria-hidden="true">@{ui.state.server.domain}</span></Show>} />
      <PasswordField label={ui.t('sign.password')} value={password()} onText={setPassword} autofocus={!!known} />
      <SignTrouble trouble={trouble()} />
      <Button look="main" type="submit" busy={busy()} class="wide">{ui.t('sign.in')}</Button>
      <p class="sign-switch">{ui.t('sign.noAccount')} <button type="button" class="link" onClick={() => props.onCreate()}>{ui.t('sign.create')}</button></p>
    </form>
  );
}

/** What the server says of it is English: it stands under our sentence where that is the user's language, or where ours says nothing. */
export function troubleShown(ui: Ui, error: unknown): { text: string; detail?: string } {
  const { why, text } = troubleOf(error);
  return { text: ui.explain(error), ...(ui.language() === 'en' || why === 'server-error' ? { detail: text } : {}) };
}

export function SignTrouble(props: { trouble: { text: string; detail?: string } | null }): JSX.Element {
  return (
    <Show when={props.trouble}>
      {(trouble) => <p class="notice notice-bad" role="alert">{trouble().text}<Show when={trouble().detail}><small lang="en">{trouble().detail}</small></Show></p>}
    </Show>
  );
}
