import { createSignal, Show, type JSX } from 'solid-js';
import { useUi } from '../context';
import { Button } from '../kit/button';
import { Field, PasswordField } from '../kit/field';
import { completeAddress, passwordStrength } from './address';
import { keepToken, spendToken, type Invitation } from './invitation';
import { SignTrouble, troubleShown } from './sign-in';

/** Two fields and a button: an account in under half a minute. */
export function SignUp(props: { onBack: () => void; invitation: Invitation | null }): JSX.Element {
  const ui = useUi();
  const given = props.invitation?.name ?? '';
  const token = props.invitation?.account ? props.invitation.token : undefined;
  const [name, setName] = createSignal(given);
  const [password, setPassword] = createSignal('');
  const [trouble, setTrouble] = createSignal<{ text: string; detail?: string } | null>(null);
  const [busy, setBusy] = createSignal(false);
  const domain = (): string => props.invitation?.domain || ui.state.server.domain;
  const address = (): string => completeAddress(name(), domain());
  const strength = (): 0 | 1 | 2 | 3 => passwordStrength(password(), address());
  const nameTrouble = (): string => (name() && !address() ? ui.t('failure.bad-address') : '');
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (!address() || busy()) return;
    setBusy(true);
    setTrouble(null);
    spendToken(token ?? '');
    try {
      const invited = await ui.dispatch({ do: 'sign-up', address: address(), password: password(), language: ui.language(), invitation: token });
      const from = props.invitation?.from;
      if (token && from && invited === false) askInstead(from, token);
    } catch (error) {
      spendToken('');
      setTrouble(troubleShown(ui, error));
      setBusy(false);
    }
  };
  /** It was not taken, and made nobody a contact. */
  const askInstead = (from: string, unused: string): void => {
    spendToken('');
    keepToken(from, unused);
    ui.nav.leaveChat();
    ui.nav.open({ kind: 'add', jid: from });
  };
  return (
    <form class="sign-form" onSubmit={(event) => void submit(event)}>
      <h2>{ui.t('sign.upTitle')}</h2>
      <Field label={ui.t(given ? 'sign.givenName' : 'sign.newName')} value={name()} onText={setName} autofocus={!given} readonly={!!given} required autocomplete="username" autocapitalize="none" spellcheck={false}
        complaint={nameTrouble()} help={ui.t(given ? 'sign.nameGiven' : 'sign.newNameHelp')}
        after={<Show when={domain() && !name().includes('@')}><span class="field-after" aria-hidden="true">@{domain()}</span></Show>} />
      <PasswordField label={ui.t('sign.newPassword')} value={password()} onText={setPassword} fresh autofocus={!!given} help={ui.t('sign.passwordHelp')} />
      <Strength value={strength()} shown={password() !== ''} />
      <SignTrouble trouble={trouble()} />
      <Button look="main" type="submit" busy={busy()} disabled={!address() || strength() === 0} class="wide">{ui.t('sign.createNow')}</Button>
      <p class="sign-switch">{ui.t('sign.haveAccount')} <button type="button" class="link" onClick={() => props.onBack()}>{ui.t('sign.in')}</button></p>
    </form>
  );
}

export function Strength(props: { value: 0 | 1 | 2 | 3; shown: boolean }): JSX.Element {
  const ui = useUi();
  const word = (): string => ui.t(`strength.${props.value}`);
  return (
    <Show when={props.shown}>
      <p class={`strength strength-${props.value}`} role="status"><span class="strength-bar" aria-hidden="true"><i /><i /><i /></span>{word()}</p>
    </Show>
  );
}
