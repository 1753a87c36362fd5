import { expect, it } from 'vitest';
import type { Ui } from '../context';
import type { Question } from '../kit/ask';
import { translator } from '../i18n/translate';
import { signOut } from './sign-out';

async function asked(unsent: () => Promise<unknown>, sure = false): Promise<{ text: string; done: string[] }> {
  const done: string[] = [];
  let text = '';
  const ui = {
    t: translator('en'), dispatch: unsent,
    ask: (question: Question) => ((text = question.text), Promise.resolve(sure)),
    run: (command: { do: string }) => (done.push(command.do), Promise.resolve(true)),
  } as unknown as Ui;
  await signOut(ui);
  return { text, done };
}

it('who signs out is told what would be lost', async () => {
  expect((await asked(async () => 3)).text).toContain('3 things');
  expect((await asked(async () => 0)).text).not.toMatch(/lost/);
});
it('one can sign out whatever the engine says, and nobody does who has said no', async () => {
  expect((await asked(() => Promise.reject(new Error('no-session')), true)).done).toEqual(['sign-out']);
  expect((await asked(async () => 3)).done).toEqual([]);
});
