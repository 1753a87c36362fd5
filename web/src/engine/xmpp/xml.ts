// Elements as values: what the rest of the engine needs of ltx, and nothing else.
import { Element, parse as parseLtx } from 'ltx';

export { Element };
export type Child = Element | string | null | undefined | false;
export type Attributes = Record<string, string | number | undefined>;

export function el(name: string, attributes: Attributes = {}, ...children: Child[]): Element {
  const made = new Element(name);
  for (const [key, value] of Object.entries(attributes)) if (value !== undefined) made.attrs[key] = String(value);
  for (const child of children) {
    if (child instanceof Element) made.cnode(child);
    else if (child) made.t(clean(child));
  }
  return made;
}

/** What XML 1.0 cannot carry is not sent: one such character would end the stream. Halves of surrogate pairs too. */
export function clean(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, '');
}

/** One whole document; throws where it is not well-formed. */
export function parse(text: string): Element {
  const tree = parseLtx(text) as Element | null;
  if (!tree) throw new Error('an incomplete document');
  return tree;
}

export function children(of: Element | undefined): Element[] {
  return of ? (of.children.filter((c) => c instanceof Element) as Element[]) : [];
}
export function child(of: Element | undefined, name: string, ns?: string): Element | undefined {
  return of?.getChild(name, ns);
}
export function text(of: Element | undefined): string {
  return of ? of.getText() : '';
}
export function attr(of: Element | undefined, name: string): string {
  const value: unknown = of?.attrs[name];
  return typeof value === 'string' ? value : '';
}
/** The first child with this namespace, whatever its name. */
export function childNs(of: Element, ns: string): Element | undefined {
  return children(of).find((c) => c.getNS() === ns);
}
