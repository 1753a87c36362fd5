import { createSignal, Show, type JSX } from 'solid-js';
import type { Message, SharedFile } from '../../model/types';
import { useUi } from '../context';
import { bytes } from '../i18n/bytes';
import { Icon } from '../kit/icons';
import { fileName, frameOf, isOwnImage, safeFileUrl } from './files';
import { useSession } from './session';

/** A file someone shared: a picture in its place where it lies on our own server, else a card. Nothing foreign is loaded unasked. */
export function FileCard(props: { file: SharedFile; message: Message }): JSX.Element {
  const [broken, setBroken] = createSignal(false);
  return (
    <Show when={isOwnImage(props.file) && !broken()} fallback={<Card file={props.file} />}>
      <Picture file={props.file} message={props.message} onBroken={() => setBroken(true)} />
    </Show>
  );
}

function Picture(props: { file: SharedFile; message: Message; onBroken: () => void }): JSX.Element {
  const ui = useUi();
  const session = useSession();
  const frame = () => frameOf(props.file);
  return (
    <button type="button" class="picture" aria-label={ui.t('file.view', { name: fileName(props.file) })} onClick={() => session.setViewing(props.message)}
      style={{ '--w': `${frame().width}px`, '--ratio': `${frame().width} / ${frame().height}` }}>
      <img src={props.file.url} alt={props.file.description ?? fileName(props.file)} loading="lazy" decoding="async" onError={() => props.onBroken()} />
    </button>
  );
}

function Card(props: { file: SharedFile }): JSX.Element {
  const ui = useUi();
  const size = (): string => (props.file.bytes === undefined ? ui.t('file.sizeUnknown') : bytes(ui.language(), props.file.bytes));
  const inside = (refused: boolean): JSX.Element => (
    <>
      <span class="file-icon"><Icon name="file" /></span>
      <span class="file-text">
        <span class="file-name" title={fileName(props.file)}>{fileName(props.file)}</span>
        <span class="file-size">{size()}<Show when={host(props.file.url)}>{(name) => <> · {name()}</>}</Show></span>
      </span>
      <Show when={refused}><span class="tag">{ui.t('file.refused')}</span></Show>
    </>
  );
  return (
    <Show when={safeFileUrl(props.file.url)} fallback={<div class="file">{inside(true)}</div>}>
      {(url) => <a class="file" href={url()} target="_blank" rel="noopener noreferrer" title={ui.t('file.open', { name: fileName(props.file) })}>{inside(false)}</a>}
    </Show>
  );
}

function host(url: string): string {
  try {
    return new URL(url).hostname;
  } catch {
    return '';
  }
}
