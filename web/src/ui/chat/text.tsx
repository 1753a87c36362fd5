// Words of a message. Everything here is a text node; nothing a peer writes becomes markup or a style.
import { createMemo, createSignal, For, Match, Show, Switch, type JSX } from 'solid-js';
import { parseSpans, parseStyling, type Block, type Span } from '../../model/styling';
import { useUi } from '../context';
import { findLinks } from './links';
import { splitMarked } from './marked';
import { useSession } from './session';

/** Longer messages are cut until one asks for the rest; very long ones are not styled. */
const shown_chars_max = 3_000;
const shown_lines_max = 40;
const styled_chars_max = 20_000;

export function MessageText(props: { text: string; actor: string; unstyled?: boolean }): JSX.Element {
  const ui = useUi();
  const [whole, setWhole] = createSignal(false);
  const short = createMemo(() => props.text.slice(0, shown_chars_max).split('\n').slice(0, shown_lines_max).join('\n'));
  const cut = (): boolean => !whole() && short().length < props.text.length;
  const action = (): boolean => props.text.startsWith('/me ');
  const shown = (): string => (cut() ? `${short()}…` : props.text);
  const blocks = createMemo<Block[]>(() => (shown().length > styled_chars_max || action() || props.unstyled
    ? [{ type: 'plain', lines: shown().replace(/^\/me /, '').split('\n').map((line) => (action() ? parseSpans(line) : [{ type: 'text', text: line }])) }]
    : parseStyling(shown())));
  return (
    <div class="text" classList={{ 'text-action': action() }} dir="auto">
      <Show when={action()}><b>{props.actor} </b></Show>
      <Blocks blocks={blocks()} />
      <Show when={cut()}><button type="button" class="link" onClick={() => setWhole(true)}>{ui.t('chat.showAll')}</button></Show>
    </div>
  );
}

function Blocks(props: { blocks: Block[] }): JSX.Element {
  return (
    <For each={props.blocks}>
      {(block) => (
        <Switch>
          <Match when={block.type === 'pre' && block}>{(pre) => <pre tabindex="0"><code>{pre().text}</code></pre>}</Match>
          <Match when={block.type === 'quote' && block}>{(quote) => <blockquote><Blocks blocks={quote().children} /></blockquote>}</Match>
          <Match when={block.type === 'plain' && block}>{(plain) => <For each={plain().lines}>{(line, at) => <>{at() > 0 && '\n'}<Spans spans={line} /></>}</For>}</Match>
        </Switch>
      )}
    </For>
  );
}

function Spans(props: { spans: Span[] }): JSX.Element {
  return <For each={props.spans}>{(span) => (span.type === 'text' ? <Words text={span.text} /> : <Styled span={span} />)}</For>;
}

/** The marks stay, faintly: `*.c and *.h` must not lose its stars because it looks like styling. */
function Styled(props: { span: Exclude<Span, { type: 'text' }> }): JSX.Element {
  const inside = (): JSX.Element => (
    <><span class="mark" aria-hidden="true">{props.span.mark}</span><Show when={props.span.type === 'code'} fallback={<Spans spans={props.span.children} />}>{codeText(props.span)}</Show><span class="mark" aria-hidden="true">{props.span.mark}</span></>
  );
  return (
    <Switch>
      <Match when={props.span.type === 'strong'}><strong>{inside()}</strong></Match>
      <Match when={props.span.type === 'emphasis'}><em>{inside()}</em></Match>
      <Match when={props.span.type === 'strike'}><s>{inside()}</s></Match>
      <Match when={props.span.type === 'code'}><code>{inside()}</code></Match>
    </Switch>
  );
}

function codeText(span: Exclude<Span, { type: 'text' }>): string {
  return span.children.map((child) => (child.type === 'text' ? child.text : '')).join('');
}

function Words(props: { text: string }): JSX.Element {
  return (
    <For each={findLinks(props.text)}>
      {(piece) => (
        <Show when={piece.href} fallback={<Marked text={piece.text} />}>
          <a href={piece.href} target="_blank" rel="noopener noreferrer"><Marked text={piece.text} /></a>
        </Show>
      )}
    </For>
  );
}

function Marked(props: { text: string }): JSX.Element {
  const session = useSession();
  return (
    <Show when={session.marked()} fallback={props.text}>
      <For each={splitMarked(props.text, session.marked())}>{(piece) => (piece.hit ? <mark>{piece.text}</mark> : piece.text)}</For>
    </Show>
  );
}
