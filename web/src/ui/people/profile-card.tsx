import { For, Match, Show, Switch, type JSX } from 'solid-js';
import type { Profile } from '../../model/types';
import { useUi } from '../context';
import { createAsked } from '../kit/asked';
import { Avatar } from '../kit/avatar';
import { Button } from '../kit/button';
import { copyText } from '../kit/clipboard';
import { Dialog } from '../kit/dialog';
import { avatarOf, localPart } from '../names';
import { safeHref } from '../chat/links';
import { dayInWords } from '../i18n/dates';
import { sendNudge } from '../chat/send';
import { presenceWords } from '../chat/head';
import { block, blocked, removeContact } from './contact-menu';
import { GroupsEditor } from './groups-editor';
import { RemarkEditor } from './remark-editor';

/** Who someone is, and what one can do: chat, remark name, groups, block, remove. */
export function ProfileCard(props: { jid: string }): JSX.Element {
  const ui = useUi();
  const contact = () => ui.state.contacts[props.jid];
  const isSelf = (): boolean => ui.state.self?.jid === props.jid;
  const asked = createAsked(() => props.jid, (jid) => ui.dispatch({ do: 'get-profile', jid }) as Promise<Profile | undefined>);
  const profile = (): Profile | undefined => (isSelf() ? ui.state.self! : (contact()?.profile ?? asked.value()));
  const name = (): string => contact()?.remark || profile()?.nickname || localPart(props.jid);
  return (
    <Dialog title={name()} class="dialog-profile" hideTitle onClose={() => ui.nav.back()}>
      <div class="profile">
        <div class="profile-head">
          <Avatar jid={props.jid} name={name()} image={profile()?.avatar || avatarOf(ui.state, props.jid)} size="xl" show={blocked(ui, props.jid) ? undefined : contact()?.show} />
          <p class="profile-name">{name()}</p>
          <Show when={contact()}>{(c) => <p class="profile-show"><Switch><Match when={blocked(ui, props.jid)}>{ui.t('contacts.blocked')}</Match><Match when={true}><span class={`presence presence-${c().show}`} />{presenceWords(ui, c())}</Match></Switch></p>}</Show>
          <Show when={contact()?.remark && profile()?.nickname}><p class="profile-nick">{ui.t('profile.nickname', { name: profile()!.nickname })}</p></Show>
          <Show when={profile()?.signature || contact()?.status}>{(words) => <p class="profile-signature">{words()}</p>}</Show>
          <Address jid={props.jid} />
        </div>
        <Show when={profile()}>{(p) => <Facts profile={p()} />}</Show>
        <Show when={contact()}><RemarkEditor jid={props.jid} /><GroupsEditor jid={props.jid} /></Show>
        <Show when={!isSelf()} fallback={<div class="profile-buttons"><Button look="main" icon="edit" onClick={() => ui.nav.replace({ kind: 'settings', section: 'profile' })}>{ui.t('self.profile')}</Button></div>}>
          <Buttons jid={props.jid} />
        </Show>
      </div>
    </Dialog>
  );
}

function Address(props: { jid: string }): JSX.Element {
  const ui = useUi();
  const copy = async (): Promise<void> => ui.toast(ui.t((await copyText(props.jid)) ? 'action.copied' : 'action.notCopied'));
  return <button type="button" class="profile-jid" title={ui.t('profile.copyAddress')} aria-label={`${ui.t('profile.copyAddress')}: ${props.jid}`} onClick={() => void copy()}>{props.jid}</button>;
}

const facts = ['email', 'phone', 'birthday', 'region', 'organisation', 'homepage'] as const;

function Facts(props: { profile: Profile }): JSX.Element {
  const ui = useUi();
  const known = () => facts.filter((fact) => props.profile[fact]);
  return (
    <Show when={known().length}>
      <dl class="facts">
        <For each={known()}>
          {(fact) => (
            <div><dt>{ui.t(`fact.${fact}`)}</dt><dd>
              <Show when={fact === 'homepage' && safeHref(props.profile[fact]!)} fallback={fact === 'birthday' ? dayInWords(ui.language(), props.profile[fact]!) : props.profile[fact]}>
                {(href) => <a href={href()} target="_blank" rel="noopener noreferrer">{bareLink(props.profile[fact]!)}</a>}
              </Show>
            </dd></div>
          )}
        </For>
      </dl>
    </Show>
  );
}

/** 'https://wei.example/notes/' → 'wei.example/notes', to be broken at its slashes. */
function bareLink(url: string): JSX.Element {
  return url.replace(/^https?:\/\//, '').replace(/\/$/, '').split('/').map((part, i) => <>{i > 0 && <>/<wbr /></>}{part}</>);
}

function Buttons(props: { jid: string }): JSX.Element {
  const ui = useUi();
  const contact = () => ui.state.contacts[props.jid];
  return (
    <>
      <div class="profile-buttons">
        <Button look="main" icon="chats" onClick={() => ui.nav.openChat(props.jid)}>{ui.t('contact.chat')}</Button>
        <Show when={contact() && !blocked(ui, props.jid)}><Button icon="nudge" class="profile-nudge" onClick={() => { ui.nav.openChat(props.jid); sendNudge(ui, props.jid); }}>{ui.t('nudge.send')}</Button></Show>
        <Show when={!contact()}><Button icon="addPerson" onClick={() => ui.nav.replace({ kind: 'add', jid: props.jid })}>{ui.t('add.title')}</Button></Show>
      </div>
      <div class="profile-last">
        <Switch>
          <Match when={blocked(ui, props.jid)}><Button look="quiet" icon="block" onClick={() => void ui.run({ do: 'unblock', jid: props.jid })}>{ui.t('contact.unblock')}</Button></Match>
          <Match when={true}><Button look="quiet" icon="block" onClick={() => void block(ui, props.jid)}>{ui.t('contact.block')}</Button></Match>
        </Switch>
        <Show when={contact()}><Button look="quiet" icon="trash" class="danger-text" onClick={() => void removeContact(ui, props.jid)}>{ui.t('contact.remove')}</Button></Show>
      </div>
    </>
  );
}
