// Which part of a picture becomes the avatar.
export interface Size { width: number; height: number }
/** Centre of the square in the picture, 0 to 1, and how much closer than the largest square it is. */
export interface Crop { x: number; y: number; zoom: number }

export const zoom_max = 5;
/** Side of the picture that is stored and sent to others. */
export const avatar_px = 192;
/** Fits into a vCard without making every roster load heavy. */
export const avatar_bytes_max = 24_000;

/** The square of the picture that is seen, in its pixels; always whole inside of it. */
export function squareOf(picture: Size, crop: Crop): { left: number; top: number; side: number } {
  const side = Math.min(picture.width, picture.height) / crop.zoom;
  return {
    side,
    left: clamp(crop.x * picture.width - side / 2, 0, picture.width - side),
    top: clamp(crop.y * picture.height - side / 2, 0, picture.height - side),
  };
}

/** Moves by pixels of a view that is `view` wide, and stays inside. */
export function moved(picture: Size, crop: Crop, dx: number, dy: number, view: number): Crop {
  const { side } = squareOf(picture, crop);
  const scale = side / view;
  const half = { x: side / 2 / picture.width, y: side / 2 / picture.height };
  return {
    zoom: crop.zoom,
    x: clamp(crop.x - (dx * scale) / picture.width, half.x, 1 - half.x),
    y: clamp(crop.y - (dy * scale) / picture.height, half.y, 1 - half.y),
  };
}

export function zoomed(picture: Size, crop: Crop, zoom: number): Crop {
  return moved(picture, { ...crop, zoom: clamp(zoom, 1, zoom_max) }, 0, 0, 1);
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), Math.max(low, high));
}

/** The square as a JPEG of at most avatar_bytes_max, as a data: URL. */
export function render(source: CanvasImageSource, picture: Size, crop: Crop): string {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = avatar_px;
  const context = canvas.getContext('2d')!;
  const { left, top, side } = squareOf(picture, crop);
  context.fillStyle = '#ffffff';
  context.fillRect(0, 0, avatar_px, avatar_px);
  context.imageSmoothingQuality = 'high';
  context.drawImage(source, left, top, side, side, 0, 0, avatar_px, avatar_px);
  let url = '';
  for (let quality = 0.9; quality > 0.3; quality -= 0.1) {
    url = canvas.toDataURL('image/jpeg', quality);
    if ((url.length * 3) / 4 <= avatar_bytes_max) break;
  }
  return url;
}
