// What the apps of others can do (XEP-0030), asked once for each kind of app (XEP-0115) that is there.
import type { BareJid } from '../../model/types';
import type { Link } from '../xmpp/link';
import { NS } from '../xmpp/ns';
import { attr, child, el } from '../xmpp/xml';

const ANSWER_MS = 3_000;

export interface PeerDevice {
  jid: string;
  /** What its presence says of its kind: node and hash. '' where it says nothing. */
  caps: string;
}

export class Support {
  /** By kind of app: of this session, so that a hash somebody made up does no harm for long. */
  private readonly known = new Map<string, string[]>();

  constructor(private readonly link: Link, private readonly devices: (jid: BareJid) => PeerDevice[]) {}

  /** False where each device that is there says that it cannot; where none is there, or one does not answer, nobody knows. */
  async maybe(jid: BareJid, feature: string): Promise<boolean> {
    const answers = await Promise.all(this.devices(jid).map((device) => this.of(device)));
    return answers.length === 0 || answers.some((features) => !features || features.includes(feature));
  }
  /** True where a device that is there says so. */
  async knows(jid: BareJid, feature: string): Promise<boolean> {
    const answers = await Promise.all(this.devices(jid).map((device) => this.of(device)));
    return answers.some((features) => features?.includes(feature));
  }
  private async of({ jid, caps }: PeerDevice): Promise<string[] | null> {
    const key = caps || jid;
    const known = this.known.get(key);
    if (known) return known;
    try {
      const [node, ver] = caps.split('\n');
      const query = el('query', { xmlns: NS.discoInfo, node: ver ? `${node}#${ver}` : undefined });
      const answer = await this.link.iq('get', query, jid, ANSWER_MS);
      const features = child(answer, 'query', NS.discoInfo)?.getChildren('feature').map((f) => attr(f, 'var')) ?? [];
      this.known.set(key, features);
      return features;
    } catch {
      return null;
    }
  }
  forget(): void {
    this.known.clear();
  }
}
