import { createSignal, Show, type JSX } from 'solid-js';
import { useUi } from '../context';
import { Button } from '../kit/button';
import { copyText } from '../kit/clipboard';
import { Dialog } from '../kit/dialog';
import { Field } from '../kit/field';
import { Icon } from '../kit/icons';
import type { MadeInvitation } from '../../engine/contract';
import { troubleOf } from '../api';
import { full } from '../i18n/dates';
import { completeAddress } from '../sign/address';
import { invitationLink, tokenOf } from '../sign/invitation';
import { GroupsPicker } from './groups-editor';

/** Finding someone by address, with a few words of who one is. */
export function AddContact(props: { jid: string }): JSX.Element {
  const ui = useUi();
  const [typed, setTyped] = createSignal(props.jid);
  const [greeting, setGreeting] = createSignal(ui.t('add.greetingDefault', { name: ui.state.self?.nickname || ui.state.self?.jid.split('@')[0] || '' }));
  const [remark, setRemark] = createSignal('');
  const [groups, setGroups] = createSignal<string[]>([]);
  const [busy, setBusy] = createSignal(false);
  const [complaint, setComplaint] = createSignal('');
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const jid = completeAddress(typed(), ui.state.server.domain);
    const known = ui.state.contacts[jid];
    if (!jid) return void setComplaint(ui.t('failure.bad-address'));
    if (jid === ui.state.self?.jid) return void setComplaint(ui.t('add.self'));
    if (known && known.subscription !== 'none' && known.subscription !== 'from') return void setComplaint(ui.t('add.already'));
    setBusy(true);
    try {
      await ui.dispatch({ do: 'add-contact', jid, greeting: greeting().trim(), remark: remark().trim(), groups: groups(), token: tokenOf(jid) });
      ui.toast(ui.t('add.done'));
      ui.nav.back();
    } catch (error) {
      setComplaint(ui.explain(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog title={ui.t('add.title')} onClose={() => ui.nav.back()}>
      <form class="dialog-form" onSubmit={(event) => void submit(event)}>
        <Field label={ui.t('add.address')} value={typed()} onText={(text) => { setTyped(text); setComplaint(''); }} autofocus required complaint={complaint()}
          autocapitalize="none" spellcheck={false} autocomplete="off" help={ui.t('add.addressHelp')}
          after={<Show when={ui.state.server.domain && !typed().includes('@')}><span class="field-after" aria-hidden="true">@{ui.state.server.domain}</span></Show>} />
        <Field label={ui.t('add.greeting')} value={greeting()} onText={setGreeting} maxlength={200} />
        <Field label={ui.t('profile.remark')} value={remark()} onText={setRemark} maxlength={60} placeholder={ui.t('profile.remarkEmpty')} />
        <GroupsPicker chosen={groups()} onChange={setGroups} />
        <OwnAddress />
        <footer class="dialog-foot">
          <Button onClick={() => ui.nav.back()}>{ui.t('common.cancel')}</Button>
          <Button look="main" type="submit" icon="addPerson" busy={busy()} disabled={!typed().trim()}>{ui.t('add.send')}</Button>
        </footer>
      </form>
    </Dialog>
  );
}

interface OwnLink {
  own: string;
  link: string;
  /** 0: it is for everybody, for ever. */
  expires: number;
  tooMany: boolean;
}
/** Made, and not copied yet: it is not made again. One that was copied is on its way to somebody: the next one is for the next. */
let uncopied: OwnLink | null = null;

/** So that the other one can do the finding. */
export function OwnAddress(): JSX.Element {
  const ui = useUi();
  const [busy, setBusy] = createSignal(false);
  const [byHand, setByHand] = createSignal('');
  const copy = async (text: string): Promise<void> => ui.toast(ui.t((await copyText(text)) ? 'action.copied' : 'action.notCopied'));
  const own = (): string => ui.state.self?.jid ?? '';
  const make = async (): Promise<OwnLink> => {
    try {
      const made = (await ui.dispatch({ do: 'invite' })) as MadeInvitation | null | undefined;
      return { own: own(), link: invitationLink(location.origin, own(), made), expires: made?.expires ?? 0, tooMany: false };
    } catch (error) {
      if (troubleOf(error).why !== 'too-many') throw error;
      return { own: own(), link: invitationLink(location.origin, own()), expires: 0, tooMany: true };
    }
  };
  const invite = async (): Promise<void> => {
    if (busy()) return;
    setBusy(true);
    try {
      const kept = uncopied?.own === own() && (!uncopied.expires || uncopied.expires > Date.now()) ? uncopied : null;
      const making = kept ? Promise.resolve(kept) : make();
      const [made, copied] = await Promise.all([making, copyText(making.then((one) => one.link))]);
      uncopied = copied || made.tooMany ? null : made;
      setByHand(copied ? '' : made.link);
      const said = made.expires ? ui.t('add.linkCopied', { time: full(ui.language(), made.expires) }) : ui.t('action.copied');
      ui.toast(!copied ? ui.t('action.notCopied') : made.tooMany ? ui.t('add.linkTooMany') : said);
    } catch (error) {
      ui.toast(ui.explain(error), true);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <p class="own-address">
        <span>{ui.t('add.own')} <b>{own()}</b></span>
        <button type="button" class="link" onClick={() => void copy(own())}><Icon name="copy" />{ui.t('action.copy')}</button>
        <button type="button" class="link" title={ui.t('add.linkHelp')} aria-disabled={busy()} onClick={() => void invite()}><Icon name="share" />{ui.t('add.link')}</button>
      </p>
      <Show when={byHand()}>{(link) => <Field label={ui.t('add.linkByHand')} value={link()} onText={() => undefined} readonly onFocus={(event) => event.currentTarget.select()}
        ref={(input) => queueMicrotask(() => input.focus())} onKeyDown={(event) => event.key === 'Enter' && event.preventDefault()} />}</Show>
    </>
  );
}
