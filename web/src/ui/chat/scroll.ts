// The one owner of the scroll position of a conversation. Everybody else asks it.
import type { VirtualizerHandle } from 'virtua/solid';

/** Closer to the end than this, one is reading the newest message. */
const end_px = 48;
/** So long after rows were last measured, a row that was jumped to is held in its place. */
const hold_ms = 150;
/** So long after older rows have come, or one of them was measured, and for two frames, what is being read is held. */
const keep_ms = 300;
/** So long after the user's hand last moved the list, it is at rest. */
const rest_ms = 250;

export interface Anchor {
  id: string;
  /** From the upper edge of the row to the upper edge of what is seen. */
  into: number;
}
type List = Pick<VirtualizerHandle, 'scrollOffset' | 'scrollSize' | 'viewportSize' | 'findItemIndex' | 'getItemOffset' | 'getItemSize'>;

/** Writes the position itself rather than by the list's `scrollToIndex`: that goes on for a while, whatever the user does meanwhile. */
export class ScrollOwner {
  private list: List | undefined;
  private ids: readonly { id: string }[] = [];
  private anchor: Anchor | null = null;
  /** A row that was jumped to: its place is right only when the rows around it have been measured. */
  private held: { id: string; offset: (list: List, index: number) => number } | null = null;
  private holding: ReturnType<typeof setTimeout> | undefined;
  /** The row below the first that is seen: that one may lose its day to an older one. */
  private below: Anchor | null = null;
  /** The same, held while older rows are measured. The list means to keep it, and misses it where rows are measured between its own
      scrolling and the browser's telling of that. */
  private kept: Anchor | null = null;
  private keeping: ReturnType<typeof setTimeout> | undefined;
  /** Set while the user's hand is at the list. */
  private turning: ReturnType<typeof setTimeout> | undefined;
  /** True while the end is held: what grows or comes below pushes the rest up. */
  sticks = true;

  /** Where the last move of ours has led. */
  private moved = -1;

  /** `move` sets the position of the list's element, beyond the end is the end, and tells where that led. */
  constructor(private readonly move: (offset: number) => number, private readonly nextFrame: (then: () => void) => void = (then) => void requestAnimationFrame(then)) {}

  attach(list: List | undefined): void {
    this.list = list;
  }

  /** After the rows have changed; `keeps` says that the list itself has kept the row being read where it was, `older` that some came above. */
  rowsChanged(rows: readonly { id: string }[], keeps: boolean, older = false): void {
    this.ids = rows;
    const being = this.kept ?? this.below;
    if (this.sticks) this.toEnd();
    else if (older && being && !this.turning) this.keep(being);
    else if (!keeps && this.anchor) {
      const { id, into } = this.anchor;
      this.hold(id, (list, index) => list.getItemOffset(index) + into);
    }
  }

  scrolled(): void {
    if (!this.list?.viewportSize) return; // not measured yet: nothing can be said of an end
    if (this.turning) this.turned();
    else if (Math.abs(this.list.scrollOffset - this.moved) > 1) this.sticks = this.fromEnd() < end_px;
    else if (this.sticks && this.fromEnd() >= end_px) this.toEnd(); // the list has grown since
    this.anchor = this.read(0);
    this.below = this.read(1);
  }

  /** The user's hand moves the list, by wheel, finger or key: from then on it goes where the hand wants, and nothing is held. */
  turned(): void {
    if (!this.list || this.list.scrollSize <= this.list.viewportSize) return;
    this.held = this.kept = null;
    this.sticks = false;
    clearTimeout(this.turning);
    this.turning = setTimeout(() => {
      this.turning = undefined;
      this.sticks = this.fromEnd() < end_px;
    }, rest_ms);
  }

  /** A row or the window has another size (image, keyboard). The list keeps what lies above; the end is ours to hold. */
  resized(): void {
    if (this.sticks) this.toEnd();
    else if (this.kept) this.keep(this.kept);
    else {
      this.holdAgain();
      this.nextFrame(() => { if (!this.kept) this.below = this.read(1); });
    }
  }

  toEnd(): void {
    this.sticks = true;
    this.held = this.kept = null;
    clearTimeout(this.turning);
    this.turning = undefined;
    if (this.ids.length) this.moved = this.move(Number.MAX_SAFE_INTEGER);
  }

  toRow(id: string, align: 'center' | 'start' = 'center'): boolean {
    this.sticks = false;
    return this.hold(id, (list, index) => {
      const offset = list.getItemOffset(index);
      return align === 'start' ? offset : offset + (list.getItemSize(index) - list.viewportSize) / 2;
    });
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

  /** The row that is so many below the first that is seen. */
  private read(further: number): Anchor | null {
    if (!this.list || !this.ids.length) return null;
    const index = Math.min(this.list.findItemIndex(this.list.scrollOffset) + further, this.ids.length - 1);
    return { id: this.ids[index]!.id, into: this.list.scrollOffset - this.list.getItemOffset(index) };
  }

  private keep(anchor: Anchor): void {
    this.kept = anchor;
    clearTimeout(this.keeping);
    this.keeping = setTimeout(() => this.letGo(anchor), keep_ms);
    this.nextFrame(() => {
      const { kept, list } = this;
      const index = kept ? this.ids.findIndex((row) => row.id === kept.id) : -1;
      if (!kept || !list || index < 0) return;
      const place = list.getItemOffset(index) + kept.into;
      if (Math.abs(place - list.scrollOffset) > 1) this.moved = this.move(place);
    });
  }

  /** Rows are measured within a frame. On a busy machine the next one may come later than any time that was set, so two are waited for as well. */
  private letGo(anchor: Anchor): void {
    const { keeping } = this;
    this.nextFrame(() => this.nextFrame(() => { if (this.kept === anchor && this.keeping === keeping) this.kept = null; }));
  }

  private hold(id: string, offset: (list: List, index: number) => number): boolean {
    this.held = { id, offset };
    this.kept = null;
    return this.holdAgain();
  }
  private holdAgain(): boolean {
    const { held, list } = this;
    const index = held ? this.ids.findIndex((row) => row.id === held.id) : -1;
    if (!held || !list || index < 0) return false;
    clearTimeout(this.holding);
    this.holding = setTimeout(() => {
      this.held = null;
      if (!this.turning) this.sticks = this.fromEnd() < end_px;
    }, hold_ms);
    this.moved = this.move(Math.max(0, held.offset(list, index)));
    return true;
  }
}
