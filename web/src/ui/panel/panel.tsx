import { createSignal, Show, type JSX } from 'solid-js';
import { useUi } from '../context';
import { IconButton } from '../kit/button';
import { Icon } from '../kit/icons';
import { Contacts } from './contacts';
import { Conversations } from './conversations';
import { SearchResults } from './search-results';
import { SelfCard } from './self-card';

type Tab = 'conversations' | 'contacts';

/** The main panel: oneself, the search box, and below it conversations or contacts. */
export function Panel(): JSX.Element {
  const ui = useUi();
  const [tab, setTab] = createSignal<Tab>('conversations');
  const [query, setQuery] = createSignal('');
  return (
    <section class="panel" aria-label={ui.t('panel.label')}>
      <SelfCard />
      <PanelSearch query={query()} onQuery={setQuery} />
      <Show when={query().trim() === ''} fallback={<SearchResults query={query()} onChosen={() => setQuery('')} />}>
        <Tabs tab={tab()} onTab={setTab} />
        <div class="panel-list" role="tabpanel" id="panel-list" aria-labelledby={`tab-${tab()}`}>
          <Show when={tab() === 'contacts'} fallback={<Conversations onAdd={() => ui.nav.open({ kind: 'add', jid: '' })} />}><Contacts /></Show>
        </div>
      </Show>
    </section>
  );
}

function PanelSearch(props: { query: string; onQuery: (query: string) => void }): JSX.Element {
  const ui = useUi();
  let input!: HTMLInputElement;
  return (
    <div class="panel-search">
      <label class="search-box">
        <Icon name="search" />
        <span class="sr-only">{ui.t('panel.search')}</span>
        <input ref={input} type="search" value={props.query} placeholder={ui.t('panel.search')} spellcheck={false}
          onInput={(event) => props.onQuery(event.currentTarget.value)}
          onKeyDown={(event) => event.key === 'Escape' && !event.isComposing && (event.preventDefault(), props.onQuery(''))} />
        <Show when={props.query}><IconButton icon="close" label={ui.t('common.clear')} onClick={() => { props.onQuery(''); input.focus(); }} /></Show>
      </label>
      <IconButton icon="addPerson" label={ui.t('add.title')} onClick={() => ui.nav.open({ kind: 'add', jid: '' })} />
    </div>
  );
}

function Tabs(props: { tab: Tab; onTab: (tab: Tab) => void }): JSX.Element {
  const ui = useUi();
  const unread = (): number => Object.values(ui.state.conversations).reduce((sum, c) => sum + (c.muted ? 0 : c.unread), 0);
  const tabs: { tab: Tab; badge: () => number; says: 'panel.unread' | 'panel.requests' }[] = [
    { tab: 'conversations', badge: unread, says: 'panel.unread' },
    { tab: 'contacts', badge: () => ui.state.requests.length, says: 'panel.requests' },
  ];
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
    const other = props.tab === 'contacts' ? 'conversations' : 'contacts';
    props.onTab(other);
    document.getElementById(`tab-${other}`)?.focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label={ui.t('panel.tabs')} onKeyDown={onKeyDown}>
      {tabs.map(({ tab, badge, says }) => (
        <button type="button" role="tab" id={`tab-${tab}`} class="tab" aria-selected={props.tab === tab} aria-controls="panel-list"
          tabindex={props.tab === tab ? 0 : -1} onClick={() => props.onTab(tab)}>
          {ui.t(`panel.${tab}`)}
          <Show when={badge() > 0}><span class="badge"><span class="sr-only">{ui.t(says, { n: badge() })}</span><span aria-hidden="true">{badge() > 99 ? '99+' : badge()}</span></span></Show>
        </button>
      ))}
    </div>
  );
}
