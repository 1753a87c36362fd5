import type { Ui } from '../context';

/** Asks first: what waits to be sent is lost with all that this browser keeps of the account. */
export async function signOut(ui: Ui): Promise<void> {
  const unsent = Number(await ui.dispatch({ do: 'unsent' }).catch(() => 0)) || 0;
  const title = ui.t('settings.signOut');
  const text = [ui.t('settings.signOutText'), ...(unsent ? [ui.t('settings.signOutUnsent', { n: unsent })] : [])].join(' ');
  if (await ui.ask({ title, text, yes: title, danger: true })) await ui.run({ do: 'sign-out' });
}
