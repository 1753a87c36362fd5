import { createSignal, type JSX } from 'solid-js';
import { useUi } from '../context';
import { Button } from '../kit/button';
import { PasswordField } from '../kit/field';
import { passwordStrength } from '../sign/address';
import { SignTrouble, troubleShown } from '../sign/sign-in';
import { Strength } from '../sign/sign-up';

export function ChangePassword(): JSX.Element {
  const ui = useUi();
  const [old, setOld] = createSignal('');
  const [password, setPassword] = createSignal('');
  const [again, setAgain] = createSignal('');
  const [busy, setBusy] = createSignal(false);
  const [trouble, setTrouble] = createSignal<{ text: string; detail?: string } | null>(null);
  const strength = (): 0 | 1 | 2 | 3 => passwordStrength(password(), ui.state.self?.jid ?? '');
  const differs = (): boolean => again() !== '' && again() !== password();
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setTrouble(null);
    try {
      await ui.dispatch({ do: 'change-password', old: old(), password: password() });
      setOld('');
      setPassword('');
      setAgain('');
      ui.toast(ui.t('password.done'));
    } catch (error) {
      setTrouble(troubleShown(ui, error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form class="settings-form settings-block" onSubmit={(event) => void submit(event)}>
      <h4>{ui.t('password.title')}</h4>
      <PasswordField label={ui.t('password.old')} value={old()} onText={setOld} />
      <PasswordField label={ui.t('password.new')} value={password()} onText={setPassword} fresh help={ui.t('sign.passwordHelp')} />
      <Strength value={strength()} shown={password() !== ''} />
      <PasswordField label={ui.t('password.again')} value={again()} onText={setAgain} fresh complaint={differs() ? ui.t('password.differs') : ''} />
      <SignTrouble trouble={trouble()} />
      <div class="settings-save"><Button look="main" type="submit" busy={busy()} disabled={!old() || strength() === 0 || again() !== password()}>{ui.t('password.change')}</Button></div>
    </form>
  );
}
