import { describe, expect, it } from 'vitest';
import { bytes } from './bytes';
import { dayInWords, dayName, daysAgo, shortTime } from './dates';
import { detectLanguage } from './detect';
import { en, type Key } from './en';
import { translator, type Entry } from './translate';
import { zh } from './zh';

const names = (entry: Entry): string[] => [...(typeof entry === 'string' ? entry : entry.other).matchAll(/\{(\w+)\}/g)].map((m) => m[1]!).sort();

describe('both languages', () => {
  it('have the same sentences, none of them empty, with the same gaps to fill', () => {
    expect(Object.keys(zh).sort()).toEqual(Object.keys(en).sort());
    for (const key of Object.keys(en) as Key[]) {
      expect(names(zh[key]), key).toEqual(names(en[key]));
      for (const entry of [en[key], zh[key]]) expect(typeof entry === 'string' ? entry : entry.one && entry.other, key).toBeTruthy();
    }
  });

  it('fill gaps and choose plurals', () => {
    expect(translator('en')('panel.unread', { n: 1 })).toBe('1 unread message');
    expect(translator('en')('panel.unread', { n: 2000 })).toBe('2,000 unread messages');
    expect(translator('zh-CN')('panel.unread', { n: 2 })).toBe('2 条未读');
    expect(translator('en')('nudge.mine', { name: '{name} $&' })).toBe('You nudged {name} $&');
  });

  it('leave no space between a Chinese sentence and a Chinese name, but one beside other letters', () => {
    const t = translator('zh-CN');
    expect(t('chat.with', { name: '阿宝' })).toBe('与阿宝聊天');
    expect(t('chat.with', { name: 'Bao' })).toBe('与 Bao 聊天');
    expect(t('chat.with', { name: '阿宝 B' })).toBe('与阿宝 B 聊天');
    expect(t('requests.declined', { name: '阿宝' })).toBe('已拒绝阿宝，对方不会得知原因。');
    expect(t('chat.saidAt', { name: '阿宝', time: '10:05' })).toBe('阿宝，10:05');
    expect(translator('en')('chat.with', { name: '阿宝' })).toContain(' 阿宝');
  });
});

it('takes the first language of the browser that we speak', () => {
  expect(detectLanguage(['fr', 'zh-TW', 'en'])).toBe('zh-CN');
  expect(detectLanguage(['en-GB', 'zh'])).toBe('en');
  expect(detectLanguage(['fr'])).toBe('en');
});

describe('dates', () => {
  const t = translator('en');
  const now = new Date(2026, 10, 24, 0, 5).getTime();
  it('count calendar days, not hours', () => {
    expect(daysAgo(now - 10 * 60_000, now)).toBe(1);
    expect(daysAgo(now - 4 * 60_000, now)).toBe(0);
  });
  it('are called as people call them', () => {
    expect(dayName('en', t, now, now)).toBe('Today');
    expect(dayName('en', t, now - 3_600_000, now)).toBe('Yesterday');
    expect(dayName('zh-CN', translator('zh-CN'), new Date(2026, 10, 20).getTime(), now)).toBe('星期五');
    expect(shortTime('en', t, now, now)).toBe('00:05');
    expect(shortTime('en', t, new Date(2026, 10, 13).getTime(), now)).toBe('Nov 13');
    expect(shortTime('zh-CN', t, new Date(2026, 10, 13).getTime(), now)).toBe('11月13日');
    expect(shortTime('zh-CN', t, new Date(2025, 10, 13).getTime(), now)).toBe('2025年11月13日');
  });
  it('of vCards are written in words, unless they are no days', () => {
    expect(dayInWords('en', '1995-06-12')).toBe('June 12, 1995');
    expect(dayInWords('zh-CN', '19950612')).toBe('1995年6月12日');
    for (const odd of ['--06-12', '1995-13-40', 'in May']) expect(dayInWords('en', odd)).toBe(odd);
  });
});

it('sizes have a unit', () => {
  expect(bytes('en', 999)).toBe('999 B');
  expect(bytes('en', 2_480_000)).toBe('2.5 MB');
});
