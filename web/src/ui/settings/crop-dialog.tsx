import { createEffect, createSignal, Show, type JSX } from 'solid-js';
import { useUi } from '../context';
import { Button } from '../kit/button';
import { createAsked } from '../kit/asked';
import { Dialog } from '../kit/dialog';
import { moved, render, squareOf, zoomed, zoom_max, type Crop } from './crop';

const view_px = 280;
const step_px = 12;

/** Drag, arrows and the wheel choose the part of a picture that becomes the avatar. */
export function CropDialog(props: { file: File; onClose: () => void }): JSX.Element {
  const ui = useUi();
  const asked = createAsked(() => props.file, (file) => createImageBitmap(file));
  const picture = asked.value;
  const [crop, setCrop] = createSignal<Crop>({ x: 0.5, y: 0.5, zoom: 1 });
  const [busy, setBusy] = createSignal(false);
  const save = async (): Promise<void> => {
    const source = picture();
    if (!source) return;
    setBusy(true);
    if (await ui.run({ do: 'set-profile', profile: { avatar: render(source, source, crop()) } }, ui.t('avatar.done'))) props.onClose();
    setBusy(false);
  };
  return (
    <Dialog title={ui.t('avatar.crop')} class="dialog-small" onClose={props.onClose}>
      <div class="crop">
        <Show when={!asked.failed()} fallback={<p class="notice notice-bad" role="alert">{ui.t('avatar.notPicture')}</p>}>
          <Show when={picture()}>
            {(source) => (
              <>
                <CropView source={source()} crop={crop()} onCrop={setCrop} />
                <label class="crop-zoom"><span>{ui.t('avatar.zoom')}</span>
                  <input type="range" min="1" max={zoom_max} step="0.05" value={crop().zoom} onInput={(event) => setCrop(zoomed(source(), crop(), Number(event.currentTarget.value)))} />
                </label>
                <p class="field-help">{ui.t('avatar.help')}</p>
              </>
            )}
          </Show>
        </Show>
      </div>
      <footer class="dialog-foot">
        <Button onClick={() => props.onClose()}>{ui.t('common.cancel')}</Button>
        <Button look="main" busy={busy()} disabled={!picture()} onClick={() => void save()}>{ui.t('avatar.use')}</Button>
      </footer>
    </Dialog>
  );
}

function CropView(props: { source: ImageBitmap; crop: Crop; onCrop: (crop: Crop) => void }): JSX.Element {
  const ui = useUi();
  let canvas!: HTMLCanvasElement;
  let dragging = false;
  const move = (dx: number, dy: number): void => props.onCrop(moved(props.source, props.crop, dx, dy, view_px));
  const keys = (event: KeyboardEvent): void => {
    const arrows: Record<string, [number, number]> = { ArrowLeft: [step_px, 0], ArrowRight: [-step_px, 0], ArrowUp: [0, step_px], ArrowDown: [0, -step_px] };
    const arrow = arrows[event.key];
    if (arrow) move(...arrow);
    else if (event.key === '+' || event.key === '-') props.onCrop(zoomed(props.source, props.crop, props.crop.zoom + (event.key === '+' ? 0.2 : -0.2)));
    else return;
    event.preventDefault();
  };
  createEffect(() => {
    const { left, top, side } = squareOf(props.source, props.crop);
    const context = canvas.getContext('2d')!;
    context.imageSmoothingQuality = 'high';
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.drawImage(props.source, left, top, side, side, 0, 0, canvas.width, canvas.height);
  });
  return (
    <div class="crop-view" role="application" tabindex="0" autofocus aria-label={ui.t('avatar.help')} onKeyDown={keys}
      onPointerDown={(event) => { dragging = true; event.currentTarget.setPointerCapture(event.pointerId); }}
      onPointerMove={(event) => dragging && move(event.movementX, event.movementY)}
      onPointerUp={() => (dragging = false)} onPointerCancel={() => (dragging = false)}
      onWheel={(event) => { event.preventDefault(); props.onCrop(zoomed(props.source, props.crop, props.crop.zoom * (event.deltaY < 0 ? 1.08 : 0.92))); }}>
      <canvas ref={canvas} width={view_px * 2} height={view_px * 2} />
    </div>
  );
}
