/** Copies also where the page is not a secure context and has no navigator.clipboard. Called in the turn of the user's press: Safari lets
    nothing be copied later, but waits for a promise that it was given then. Rejects where that does. */
export async function copyText(given: string | Promise<string>): Promise<boolean> {
  const early = typeof given === 'string' ? null : copyWhenThere(given);
  const text = await given;
  if (await early) return true;
  if (navigator.clipboard) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      return false;
    }
  }
  const area = document.createElement('textarea');
  area.value = text;
  area.className = 'sr-only';
  document.body.append(area);
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  return done;
}

function copyWhenThere(text: Promise<string>): Promise<boolean> | null {
  if (!navigator.clipboard?.write || typeof ClipboardItem === 'undefined') return null;
  const blob = text.then((known) => new Blob([known], { type: 'text/plain' }));
  blob.catch(() => undefined); // it is the caller's to tell
  try {
    return navigator.clipboard.write([new ClipboardItem({ 'text/plain': blob })]).then(() => true, () => false);
  } catch {
    return null; // promises are not taken here
  }
}
