import { createMemo, createSignal, Match, Show, Switch, type JSX } from 'solid-js';
import { Virtualizer } from 'virtua/solid';
import { useUi } from '../context';
import { arrowKeys } from '../kit/arrows';
import { Button } from '../kit/button';
import { Empty } from '../kit/empty';
import { Icon } from '../kit/icons';
import { ContactButton } from './contact-row';
import { contactRows, type ContactRow } from './order';
import { keepRows } from './rows';

const closedKey = 'rookery.closed-groups';

export function Contacts(): JSX.Element {
  const ui = useUi();
  const [closed, setClosed] = createSignal<ReadonlySet<string>>(new Set(JSON.parse(localStorage.getItem(closedKey) ?? '[]') as string[]));
  const toggle = (name: string): void => {
    const next = new Set(closed());
    if (!next.delete(name)) next.add(name);
    localStorage.setItem(closedKey, JSON.stringify([...next]));
    setClosed(next);
  };
  const rows = createMemo<ContactRow[]>((old) => keepRows(old, contactRows(ui.state, closed()), rowKey, sameRow), []);
  return (
    <>
      <RequestsButton />
      <Show when={rows().length > 0} fallback={<NoContacts />}>
        <div class="scroller" tabindex="-1" onKeyDown={(event) => arrowKeys(event, '.row, .group-row')}>
          <Virtualizer data={rows()} as="ul" item="li" bufferSize={400}>
            {(row) => (
              <Switch>
                <Match when={row.kind === 'group' && row}>{(group) => <GroupHead row={group()} onToggle={toggle} />}</Match>
                <Match when={row.kind === 'contact' && row}>{(one) => <ContactButton jid={one().contact.jid} />}</Match>
              </Switch>
            )}
          </Virtualizer>
        </div>
      </Show>
    </>
  );
}

const rowKey = (row: ContactRow): string => (row.kind === 'group' ? `g ${row.name}` : `c ${row.group} ${row.contact.jid}`);

function sameRow(a: ContactRow, b: ContactRow): boolean {
  if (a.kind === 'group' && b.kind === 'group') return a.open === b.open && a.online === b.online && a.total === b.total;
  return a.kind === b.kind;
}

function GroupHead(props: { row: Extract<ContactRow, { kind: 'group' }>; onToggle: (name: string) => void }): JSX.Element {
  const ui = useUi();
  return (
    <button type="button" class="group-row" aria-expanded={props.row.open} onClick={() => props.onToggle(props.row.name)}>
      <Icon name="forwardChevron" />
      <span class="group-name">{props.row.name || ui.t('contacts.noGroup')}</span>
      <span class="group-count" aria-label={ui.t('contacts.onlineOf', { n: props.row.online, total: props.row.total })}>{props.row.online}/{props.row.total}</span>
    </button>
  );
}

function RequestsButton(): JSX.Element {
  const ui = useUi();
  return (
    <Show when={ui.state.requests.length > 0}>
      <button type="button" class="row row-requests" onClick={() => ui.nav.open({ kind: 'requests' })}>
        <span class="row-icon"><Icon name="addPerson" /></span>
        <span class="row-name">{ui.t('requests.title')}</span>
        <span class="badge">{ui.state.requests.length}</span>
      </button>
    </Show>
  );
}

function NoContacts(): JSX.Element {
  const ui = useUi();
  return (
    <Empty small title={ui.t('contacts.emptyTitle')} text={ui.t('contacts.emptyText')}>
      <Button look="main" icon="addPerson" onClick={() => ui.nav.open({ kind: 'add', jid: '' })}>{ui.t('add.title')}</Button>
    </Empty>
  );
}
