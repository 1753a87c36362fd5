// Whether an Enter belongs to the input method (it confirms a candidate) or to us (it sends).

/** Safari ends the composition before it tells of the key that ended it; within this time the key is still the method's. */
const safari_grace_ms = 60;

interface KeyLike { key: string; keyCode: number; isComposing: boolean; timeStamp: number }

export class Composition {
  private composing = false;
  private endedAt = -Infinity;

  constructor(private readonly safari = typeof navigator !== 'undefined' && navigator.vendor.startsWith('Apple')) {}

  get active(): boolean {
    return this.composing;
  }

  start(): void {
    this.composing = true;
  }

  end(at: number): void {
    this.composing = false;
    this.endedAt = at;
  }

  /** The key was meant for the input method; nothing may be done with it. 229 is what browsers say for "the method has it". */
  owns(event: KeyLike): boolean {
    if (this.composing || event.isComposing || event.keyCode === 229) return true;
    return this.safari && event.key === 'Enter' && event.timeStamp - this.endedAt < safari_grace_ms;
  }
}
