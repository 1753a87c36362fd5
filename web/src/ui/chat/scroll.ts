// The one owner of the scroll position of a conversation. Everybody else asks it.
import type { VirtualizerHandle } from 'virtua/solid';

/** Closer to the end than this, one is reading the newest message. */
const end_px = 48;

export interface Anchor {
  id: string;
  /** From the upper edge of the row to the upper edge of what is seen. */
  into: number;
}

export class ScrollOwner {
  private list: VirtualizerHandle | undefined;
  private ids: readonly { id: string }[] = [];
  private anchor: Anchor | null = null;
  /** True while the end is held: what grows or comes below pushes the rest up. */
  sticks = true;

  attach(list: VirtualizerHandle | undefined): void {
    this.list = list;
  }

  /** After the rows have changed; `keeps` says that the list itself has kept the row being read where it was. */
  rowsChanged(rows: readonly { id: string }[], keeps: boolean): void {
    this.ids = rows;
    if (this.sticks) this.toEnd();
    else if (!keeps) this.restore(this.anchor);
  }

  scrolled(): void {
    if (!this.list) return;
    this.sticks = this.fromEnd() < end_px;
    this.anchor = this.read();
  }

  /** A row or the window has another size (image, keyboard). The list keeps what lies above; the end is ours to hold. */
  resized(): void {
    if (this.sticks) this.toEnd();
  }

  toEnd(smooth = false): void {
    this.sticks = true;
    if (this.ids.length) this.list?.scrollToIndex(this.ids.length - 1, { align: 'end', smooth });
  }

  toRow(id: string, align: 'center' | 'start' = 'center'): boolean {
    const index = this.ids.findIndex((row) => row.id === id);
    if (index < 0 || !this.list) return false;
    this.sticks = false;
    this.list.scrollToIndex(index, { align });
    return true;
  }

  fromStart(): number {
    return this.list?.scrollOffset ?? 0;
  }

  fromEnd(): number {
    return this.list ? this.list.scrollSize - this.list.scrollOffset - this.list.viewportSize : 0;
  }

  /** Which row is the last of which something is seen; -1 where there is none. */
  lastSeen(): number {
    if (!this.list || !this.ids.length) return -1;
    const index = this.list.findItemIndex(this.list.scrollOffset + this.list.viewportSize - 1);
    return Math.min(index, this.ids.length - 1);
  }

  private read(): Anchor | null {
    if (!this.list || !this.ids.length) return null;
    const index = Math.min(this.list.findItemIndex(this.list.scrollOffset), this.ids.length - 1);
    return { id: this.ids[index]!.id, into: this.list.scrollOffset - this.list.getItemOffset(index) };
  }

  private restore(anchor: Anchor | null): void {
    const index = anchor ? this.ids.findIndex((row) => row.id === anchor.id) : -1;
    if (anchor && index >= 0) this.list?.scrollTo(this.list.getItemOffset(index) + anchor.into);
  }
}
