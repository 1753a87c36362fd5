// Made-up conversations.
import type { Language, Message } from '../model/types';
import lake from './lake.svg?no-inline';
import { at, self } from './people';

const minute = 60_000;
let entry = 1_000_000;

export function message(conversation: string, mine: boolean, when: number, text: string, more: Partial<Message> = {}): Message {
  const id = more.id ?? `m${++entry}`;
  return {
    id, entry: String(entry), conversation, from: mine ? self : conversation, mine, at: when, text, kind: 'text', delivery: mine ? 'read' : 'sent', reactions: {}, ...more,
  };
}

/** Shows all a message can be; the last screenful most of it. */
export function talkWithWei(language: Language, now: number): Message[] {
  const zh = language === 'zh-CN';
  const say = (cn: string, en: string): string => (zh ? cn : en);
  const who = at('wei');
  const yesterday = now - 24 * 60 * minute;
  const meet = say('九点，断桥见', 'Nine, at the Broken Bridge');
  return [
    message(who, false, yesterday - 90 * minute, say('周末去西湖走走？天气预报说是晴天 ☀️', 'A walk around West Lake at the weekend? They say it will be sunny ☀️')),
    message(who, true, yesterday - 88 * minute, say('好啊！几点？', 'Yes! What time?'), { id: 'time' }),
    message(who, false, yesterday - 87 * minute, meet, { id: 'meet', reactions: { '👍': [self], '🎉': [self, who] } }),
    message(who, true, yesterday - 60 * minute, say('路线在这里：https://maps.example/west-lake（不用注册）', 'The way is here: https://maps.example/west-lake (no account needed)'), { edited: yesterday - 59 * minute }),
    message(who, false, yesterday - 42 * minute, '😍'),
    message(who, true, yesterday - 41 * minute, say('构建也修好了：\n```\ncmake --build build\nctest --output-on-failure\n```\n> 那个测试又闪了\n这次是 *真的* 修好了，`retry` 也删了', 'And the build is mended:\n```\ncmake --build build\nctest --output-on-failure\n```\n> that test again\nThis time it is *really* fixed, `retry` is gone')),
    message(who, false, yesterday - 12 * minute, say('对了，听说周六可能下雨，带上伞。要是雨太大就改去博物馆，票我可以先订，免费的那种。', 'By the way, they say it may rain on Saturday, so bring an umbrella. If it pours we go to the museum instead; I can book, it is free.')),
    message(who, false, now - 31 * minute, say('昨天傍晚拍的', 'From yesterday evening'), { file: { url: new URL(lake, location.href).href, name: say('西湖.jpg', 'west-lake.jpg'), bytes: 1_482_130, mediaType: 'image/jpeg', width: 1200, height: 560 } }),
    message(who, false, now - 30 * minute, '', { file: { url: 'https://files.example/west-lake-route.pdf', name: say('西湖徒步路线（最终版）.pdf', 'West Lake route (final).pdf'), bytes: 2_480_000, mediaType: 'application/pdf' } }),
    message(who, true, now - 14 * minute, say('太美了！还是九点吗？', 'Beautiful! Still nine?'), { quote: { id: 'meet', author: who, text: meet } }),
    message(who, false, now - 12 * minute, '', { kind: 'nudge' }),
    message(who, true, now - 11 * minute - 20_000, '', { withdrawn: now - 11 * minute }),
    message(who, false, now - 11 * minute, say('对，别睡过头 😄', 'Yes, and do not oversleep 😄'), { reactions: { '😂': [self], '👌': [self, who] } }),
    message(who, true, now - 4 * minute, say('行，听你的', 'All right, as you say'), { delivery: 'delivered', edited: now - 3 * minute, id: 'ok' }),
    message(who, true, now - 3 * minute, say('我订早餐 🥟', 'I will get breakfast 🥟'), { delivery: 'sent' }),
    message(who, true, now - minute, say('到时候见！', 'See you then!'), { delivery: 'waiting', entry: undefined }),
  ];
}

const words = ['好的', '收到', 'ok', '明天见', 'on my way', '哈哈哈', '这个文档我看过了，第三段还要改一下，其他都没问题', 'see https://example.org/a/b?c=d', '🎉', '晚点再说', 'A longer line of text that wraps when the window is narrow enough, as such lines do.\nAnd a second one.'];

/** Message number `n` of a conversation that has gone on for years. */
export function oldMessage(conversation: string, n: number, total: number, now: number): Message {
  const when = now - (total - n) * 7 * minute;
  const mine = (n * 7919) % 5 < 2;
  return {
    id: `old${n}`, entry: String(1000 + n), conversation, from: mine ? self : conversation, mine, at: when, kind: 'text', delivery: mine ? 'read' : 'sent', reactions: n % 97 === 0 ? { '👍': [self] } : {},
    text: `${words[(n * 31) % words.length]!} #${n}`,
  };
}
