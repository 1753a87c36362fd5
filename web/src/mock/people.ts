// Made-up people, the same every time.
import type { AppState, Contact, Language, Profile, Show } from '../model/types';

export const domain = 'rookery.example';
export const self = `lin@${domain}`;

type Person = [name: string, zh: string, en: string, remark: [string, string], group: [string, string], show: Show, says: [string, string], portrait: boolean];
const people: Person[] = [
  ['wei', '陈维', 'Wei Chen', ['', ''], ['大学同学', 'University'], 'online', ['今天也要好好吃饭', 'Eat well, sleep well'], true],
  ['marta', '玛尔塔', 'Marta Kowalska', ['玛尔塔（设计）', 'Marta (design)'], ['工作', 'Work'], 'dnd', ['截稿日，勿扰', 'Deadline day'], true],
  ['ziyan', '王子言', 'Ziyan Wang', ['小言', 'Yan'], ['家人', 'Family'], 'online', ['爸妈别担心', 'All is well'], true],
  ['tomas', '托马斯', 'Tomás Rivera', ['', ''], ['工作', 'Work'], 'away', ['开会中', 'In a meeting'], false],
  ['grandma', '奶奶', 'Grandma', ['奶奶', 'Grandma'], ['家人', 'Family'], 'offline', ['', ''], false],
  ['kenji', '健二', 'Kenji Mori', ['', ''], ['大学同学', 'University'], 'offline', ['旅行中，回复较慢', 'Travelling, slow to answer'], false],
  ['amara', '阿玛拉', 'Amara Okafor', ['', ''], ['工作', 'Work'], 'online', ['代码即文档', 'Code is documentation'], false],
  ['liuyang', '刘洋', 'Liu Yang', ['', ''], ['大学同学', 'University'], 'chat', ['周末打球吗', 'Football at the weekend?'], false],
  ['sofia', '索菲娅', 'Sofia Rossi', ['', ''], [], 'xa', ['', ''], false] as unknown as Person,
  ['long', '周明', 'Ming Zhou', ['', ''], ['大学同学', 'University'], 'online', ['', ''], false],
  ['bao', '阿宝', 'Bao Nguyen', ['', ''], [], 'offline', ['', ''], false] as unknown as Person,
];

export const at = (name: string): string => `${name}@${domain}`;

export function contacts(language: Language): Record<string, Contact> {
  const pick = ([zh, en]: readonly [string, string]): string => (language === 'zh-CN' ? zh : en);
  const made: Record<string, Contact> = {};
  for (const [name, zh, en, remark, group, show, says, portrait] of people) {
    const jid = at(name);
    made[jid] = {
      jid, remark: pick(remark), groups: group.length ? [pick(group)] : [], subscription: 'both', asked: false, show, status: '', blocked: false,
      profile: profile(jid, pick([zh, en]), pick(says), portrait ? drawPortrait(name) : ''),
      ...(show === 'offline' ? { lastSeen: Date.now() - name.length * 47 * 60_000 } : {}),
    };
  }
  made[at('amara')]!.subscription = 'none';
  made[at('amara')]!.asked = true;
  return made;
}

function profile(jid: string, nickname: string, signature: string, avatar: string): Profile {
  return { jid, nickname, signature, avatar, avatarHash: '', ...(jid === at('wei') ? { email: 'wei@mail.example', region: 'Hangzhou', birthday: '1995-06-12', homepage: 'https://wei.example/notes' } : {}) };
}

export function selfState(language: Language): NonNullable<AppState['self']> {
  return { ...profile(self, language === 'zh-CN' ? '林晓' : 'Lin Xiao', language === 'zh-CN' ? '海内存知己' : 'Birds of a feather', drawPortrait('lin')), show: 'online', status: '' };
}

/** A small landscape in colours of the name: what a photograph is in the real thing. */
export function drawPortrait(name: string, width = 96, height = 96): string {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const c = canvas.getContext('2d')!;
  const hue = [...name].reduce((sum, char) => sum + char.charCodeAt(0) * 53, 0) % 360;
  const sky = c.createLinearGradient(0, 0, 0, height);
  sky.addColorStop(0, `hsl(${hue} 60% 72%)`);
  sky.addColorStop(1, `hsl(${hue + 40} 70% 88%)`);
  c.fillStyle = sky;
  c.fillRect(0, 0, width, height);
  c.fillStyle = `hsl(${hue + 60} 90% 90%)`;
  c.beginPath();
  c.arc(width * 0.7, height * 0.3, height * 0.13, 0, 7);
  c.fill();
  for (const [level, light] of [[0.55, 52], [0.7, 40], [0.85, 28]] as const) {
    c.fillStyle = `hsl(${hue} 34% ${light}%)`;
    c.beginPath();
    c.moveTo(0, height);
    for (let x = 0; x <= width; x += 4) c.lineTo(x, height * (level + 0.07 * Math.sin((x / width) * 9 + level * 20)));
    c.lineTo(width, height);
    c.fill();
  }
  return canvas.toDataURL('image/jpeg', 0.8);
}
