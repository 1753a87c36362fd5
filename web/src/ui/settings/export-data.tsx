import { createSignal, onCleanup, Show, type JSX } from 'solid-js';
import { useUi } from '../context';
import { bytes } from '../i18n/bytes';
import { Button } from '../kit/button';
import { saveFile } from './save-file';

/** Everything the server keeps of the account, as files on one's own disk. */
export function ExportData(): JSX.Element {
  const ui = useUi();
  const [busy, setBusy] = createSignal(false);
  const [progress, setProgress] = createSignal<{ done: number; total?: number } | null>(null);
  const [saved, setSaved] = createSignal<{ name: string; size: number }[]>([]);
  onCleanup(ui.listen((event) => {
    if (event.type !== 'export-part' || !busy()) return;
    setProgress({ done: event.done, total: event.total });
    if (event.blob && event.name) setSaved([...saved(), { name: event.name, size: saveFile(event.blob, event.name) }]);
  }));
  const go = async (): Promise<void> => {
    setBusy(true);
    setSaved([]);
    await ui.run({ do: 'export' }, ui.t('export.done'));
    setBusy(false);
    setProgress(null);
  };
  return (
    <section class="settings-block">
      <h4>{ui.t('export.title')}</h4>
      <p>{ui.t('export.text')}</p>
      <Show when={progress()}>
        {(p) => (
          <p class="progress" role="status"><progress value={p().total ? p().done : undefined} max={p().total ?? 1} aria-label={ui.t('export.title')} />
            {p().total ? ui.t('export.progress', { n: p().done, total: p().total! }) : ui.t('export.counting', { n: p().done })}</p>
        )}
      </Show>
      <Show when={saved().length}><p class="notice notice-good" role="status">{saved().map((file) => `${file.name} (${bytes(ui.language(), file.size)})`).join(', ')}</p></Show>
      <div class="settings-save"><Button icon="download" busy={busy()} onClick={() => void go()}>{ui.t('export.go')}</Button></div>
    </section>
  );
}
