import { expect, it } from 'vitest';
import type { Ui } from '../context';
import { failureWord } from '../chat/delivery';
import { translator } from '../i18n/translate';
import { troubleShown } from './sign-in';

const ui = (language: 'en' | 'zh-CN'): Ui => ({ language: () => language, explain: () => 'ours' }) as unknown as Ui;

it('the server’s English stands under English, and where nothing else says what happened', () => {
  const refused = { why: 'name-refused', text: 'That name is reserved.' };
  expect(troubleShown(ui('en'), refused).detail).toBe('That name is reserved.');
  expect(troubleShown(ui('zh-CN'), refused).detail).toBeUndefined();
  expect(troubleShown(ui('zh-CN'), { why: 'server-error', text: 'bad-request' }).detail).toBe('bad-request');
});
it('a condition is said in words or not at all', () => {
  const t = translator('zh-CN');
  expect(failureWord(t, 'not-allowed')).toBe(t('condition.forbidden'));
  for (const word of ['undefined-condition', 'bad-request', 'constructor', undefined]) expect(failureWord(t, word)).toBe('');
});
