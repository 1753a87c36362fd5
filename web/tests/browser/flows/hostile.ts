// A peer who means ill: whatever he says is shown as text or not at all, nothing of it runs, and nothing is asked of anywhere.
import { check, same } from '../lib/check';
import type { Person } from '../lib/person';
import { escape } from '../lib/raw';
import { flow } from '../lib/runner';

/** Each would set window.hurt, or show a dialog, or ask a foreign server for something, if it became more than text. */
const attacks = [
  '<script>window.hurt=1</script>',
  '<img src=x onerror="window.hurt=1">',
  '<img src="https://evil.example/pixel.png">',
  '"><svg/onload=window.hurt=1>',
  "'><iframe srcdoc='<script>parent.hurt=1</script>'>",
  '<a href="javascript:window.hurt=1">here</a>',
  'javascript:window.hurt=1',
  'data:text/html,<script>opener.hurt=1</script>',
  'https://example.org/"onmouseover="window.hurt=1',
  'https://user:pass@evil.example/',
  '<style>@import "https://evil.example/x.css"; *{background:url(https://evil.example/y)}</style>',
  '<math><mtext><table><mglyph><style><img src=x onerror=window.hurt=1>',
  '<details open ontoggle=window.hurt=1>',
  '{{constructor.constructor("window.hurt=1")()}} ${window.hurt=1} <%= window.hurt=1 %>',
  '*<b onclick=window.hurt=1>bold</b>* _<i>_ `<u>` ~<s>~',
  '> <blockquote onfocus=window.hurt=1 autofocus tabindex=1>',
  '```\n</code></pre><script>window.hurt=1</script>\n```',
  '\u202e\u2066gnp.exe\u2069 &lt;img src=x onerror=window.hurt=1&gt; &#60;script&#62;',
  '__proto__ constructor hasOwnProperty toString',
  '/me <img src=x onerror=window.hurt=1>',
];

async function unharmed(person: Person): Promise<void> {
  same(await person.page.evaluate(() => (window as unknown as { hurt?: unknown }).hurt ?? null), null, 'what an attack has set');
  const strange = await person.page.evaluate(() => ({
    elements: [...document.querySelectorAll('#app script, #app iframe, #app style, #app object, #app embed, #app math, [onerror], [onload], [onclick], [ontoggle]')].map((one) => one.outerHTML.slice(0, 200)),
    links: [...document.querySelectorAll<HTMLAnchorElement>('#app a[href]')].map((a) => a.href).filter((href) => !/^(https?|xmpp|mailto):/.test(href)),
    images: [...document.querySelectorAll('img')].map((image) => image.src).filter((src) => !src.startsWith('data:image/') && !src.startsWith('blob:') && !src.startsWith(location.origin)),
  }));
  same(strange, { elements: [], links: [], images: [] }, 'what has become of attacks');
}

flow('hostile: bodies, replies and reactions are text', async (world) => {
  await world.befriended('ann', 'eve');
  const eve = await world.raw('eve');
  const ann = await world.visitor('ann');
  await ann.signIn();
  const message = (id: string, inside: string): string => `<message to='${ann.address}' type='chat' id='${escape(id)}'>${inside}</message>`;
  await eve.roundTrip(...attacks.map((attack, i) => message(`a${i}`, `<body>${escape(attack)}</body>`)));
  await ann.row(world.unique('eve')).click();
  for (const attack of attacks.slice(-12, -1).filter((one) => !/[*_`~>\n]|^\u202e/.test(one))) await ann.expectMessage(attack);
  await eve.roundTrip(
    ...attacks.map((attack, i) => message(`r${i}`, `<reactions id='a${i}' xmlns='urn:xmpp:reactions:0'><reaction>${escape(attack)}</reaction></reactions>`)),
    ...attacks.map((attack, i) => message(`q${i}`, `<body>&gt; ${escape(attack).replace(/\n/g, '\n&gt; ')}\nsee ${i}</body><reply to='${escape(attack).slice(0, 100)}' id='${escape(attack)}' xmlns='urn:xmpp:reply:0'/><fallback for='urn:xmpp:reply:0' xmlns='urn:xmpp:fallback:0'><body start='0' end='${attack.length + 3}'/></fallback>`)),
    message(attacks[0]!, `<body>an id like that</body><origin-id xmlns='urn:xmpp:sid:0' id='${escape(attacks[1]!)}'/>`),
    message('enc', `<body>secret</body><encryption xmlns='urn:xmpp:eme:0' namespace='${escape(attacks[0]!)}' name='${escape(attacks[1]!)}'/>`),
    message('thread', '<subject>&lt;b&gt;</subject><html xmlns="http://jabber.org/protocol/xhtml-im"><body xmlns="http://www.w3.org/1999/xhtml"><p onclick="window.hurt=1">rich</p><img src="https://evil.example/x.png"/></body></html><body>the end</body>'),
  );
  await ann.expectLast('the end');
  await unharmed(ann);
  // One goes over everything, as someone who looks at it would.
  await ann.chat.getByRole('log').hover();
  await ann.until('the beginning', async () => (await ann.page.mouse.wheel(0, -400), ann.page.getByText(ann.t('chat.start', { name: world.unique('eve') })).isVisible()));
  await unharmed(ann);
  await ann.menuOf(attacks[0]!);
  await ann.item('action.details').click();
  await unharmed(ann);
  await ann.closeDialog(ann.dialog('action.details'));
  await ann.page.reload();
  await ann.expectLast('the end');
  await unharmed(ann);
});

flow('hostile: files and addresses open nothing that is not a web page', async (world) => {
  await world.befriended('ann', 'eve');
  const eve = await world.raw('eve');
  const ann = await world.visitor('ann');
  await ann.signIn();
  const urls = ['javascript:window.hurt=1', 'data:text/html,<script>window.hurt=1</script>', 'https://evil.example/pixel.png', 'file:///etc/passwd', 'https://a:b@evil.example/x.png',
    `${world.base}icon.svg`, 'vbscript:x', 'blob:https://evil.example/1', ' javascript:window.hurt=1', 'https://evil.example/<img src=x onerror=window.hurt=1>.png'];
  const file = (url: string, name: string): string => "<file-sharing xmlns='urn:xmpp:sfs:0' disposition='inline'><file xmlns='urn:xmpp:file:metadata:0'>"
    + `<media-type>image/png</media-type><name>${escape(name)}</name><size>-5</size><desc>${escape(name)}</desc></file>`
    + `<sources><url-data xmlns='http://jabber.org/protocol/url-data' target='${escape(url)}'/></sources></file-sharing>`;
  await eve.roundTrip(
    ...urls.map((url, i) => `<message to='${ann.address}' type='chat' id='o${i}'><body>${escape(url)}</body><x xmlns='jabber:x:oob'><url>${escape(url)}</url><desc>${escape(attacks[i]!)}</desc></x></message>`),
    ...urls.map((url, i) => `<message to='${ann.address}' type='chat' id='f${i}'>${file(url, attacks[i]!)}<body>${escape(url)}</body></message>`),
    `<message to='${ann.address}' type='chat' id='end'><body>that was all</body></message>`,
  );
  await ann.row(world.unique('eve')).click();
  await ann.expectLast('that was all');
  await ann.chat.getByRole('log').hover();
  await ann.until('the beginning', async () => (await ann.page.mouse.wheel(0, -400), ann.page.getByText(ann.t('chat.start', { name: world.unique('eve') })).isVisible()));
  await unharmed(ann);
  const own = await ann.page.evaluate(() => [...document.querySelectorAll<HTMLImageElement>('main img')].map((image) => image.src));
  check(own.every((src) => src.startsWith(world.base)), `pictures in place that are not of the own server: ${own.join(' ')}`);
});

flow('hostile: names, groups, cards, pictures and requests are text', async (world) => {
  await world.befriended('ann', 'eve');
  const [eve, mallory] = [await world.raw('eve'), (await world.account('mallory'), await world.raw('mallory'))];
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="window.hurt=1"><script>window.hurt=1</script></svg>').toString('base64');
  const html = Buffer.from('<html><script>window.hurt=1</script>').toString('base64');
  const card = (type: string, picture: string, i: number): string => `<iq type='set' id='card${i}'><vCard xmlns='vcard-temp'><FN>${escape(attacks[1]!)}</FN><NICKNAME>${escape(attacks[1]!)}</NICKNAME>`
    + `<DESC>${escape(attacks[2]!)}</DESC><URL>javascript:window.hurt=1</URL><ORG><ORGNAME>${escape(attacks[3]!)}</ORGNAME></ORG><EMAIL><USERID>${escape(attacks[4]!)}</USERID></EMAIL>`
    + `<PHOTO><TYPE>${type}</TYPE><BINVAL>${picture}</BINVAL></PHOTO></vCard></iq>`;
  await eve.roundTrip(card('image/svg+xml', svg, 0));
  await mallory.roundTrip(card('image/png&quot; onerror=&quot;window.hurt=1', html, 1));
  await mallory.roundTrip(`<presence to='${world.unique('ann')}@localhost' type='subscribe'><status>${escape(attacks[0]!)}</status><nick xmlns='http://jabber.org/protocol/nick'>${escape(attacks[1]!)}</nick></presence>`);
  const ann = await world.visitor('ann');
  await ann.signIn();
  await eve.roundTrip(`<presence><show>${escape(attacks[3]!)}</show><status>${escape(attacks[0]!)}</status><x xmlns='vcard-temp:x:update'><photo>${'0'.repeat(40)}</photo></x></presence>`,
    // Forged: a push of the contact list, a copy of a message, an answer of the archive.
    `<iq to='${ann.address}' type='set' id='push'><query xmlns='jabber:iq:roster'><item jid='mallory@localhost' subscription='both' name='forged'/></query></iq>`,
    `<message to='${ann.address}' type='chat'><received xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' from='boss@localhost' to='${ann.address}' type='chat' id='c1'><body>forged copy</body></message></forwarded></received></message>`,
    `<message to='${ann.address}' type='chat'><result xmlns='urn:xmpp:mam:2' id='1' queryid='q'><forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' from='boss@localhost' to='${ann.address}' type='chat' id='c2'><body>forged history</body></message></forwarded></result></message>`,
    `<message to='${ann.address}' type='chat' id='last'><body>hello</body></message>`);
  await ann.page.getByRole('tabpanel').getByText('hello').waitFor();
  await unharmed(ann);
  const requests = await ann.openRequests();
  await requests.getByText(attacks[0]!, { exact: false }).waitFor();
  await unharmed(ann);
  await requests.getByRole('button', { name: ann.t('requests.accept') }).click();
  await ann.closeDialog(requests);
  // The contact's own name for himself, and a group and a remark as hostile as they get.
  await ann.row(attacks[1]!).first().click();
  await ann.who(attacks[1]!).click();
  const dialog = ann.page.getByRole('dialog');
  await dialog.getByText(attacks[3]!).waitFor();
  await dialog.getByRole('textbox', { name: ann.t('profile.newGroup') }).fill('<img src=x onerror=window.hurt=1>');
  await dialog.getByRole('button', { name: ann.t('common.add'), exact: true }).click();
  await dialog.getByRole('button', { name: '<img src=x onerror=window.hurt=1>', pressed: true }).waitFor();
  await unharmed(ann);
  await ann.closeDialog(dialog);
  await unharmed(ann);
  for (const forged of ['forged', 'forged copy', 'forged history', 'boss']) same(await ann.page.getByText(forged).count(), 0, `places where "${forged}" is shown`);
  await ann.page.reload();
  await ann.online();
  await unharmed(ann);
});
