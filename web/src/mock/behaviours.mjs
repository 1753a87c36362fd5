// What only a real browser can show. Each gets a page, a way to open a scene, and a list for its complaints.
import { fileURLToPath } from 'node:url';

const rows_max = 120;

const must = (complaints, holds, text) => { if (!holds) complaints.push(text); };
const area = '.composer textarea';
const said = (page) => page.locator('.said').count();

export const behaviours = {
  'Enter that confirms a candidate does not send; the next one does': async (page, open, complaints) => {
    await open('chat-empty');
    const input = await page.context().newCDPSession(page);
    await page.focus(area);
    await input.send('Input.imeSetComposition', { text: 'ni hao', selectionStart: 6, selectionEnd: 6 });
    await input.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', key: 'Enter', windowsVirtualKeyCode: 229, code: 'Enter' });
    must(complaints, (await said(page)) === 0, 'sent during the composition');
    await input.send('Input.insertText', { text: '你好' });
    await page.keyboard.press('Enter');
    await page.locator('.said').first().waitFor();
    must(complaints, (await page.locator('.said .text').first().textContent()) === '你好', 'the sent text is another');
  },

  'Shift+Enter is a new line, ArrowUp edits the last message, Esc gives the line back': async (page, open, complaints) => {
    await open('chat-empty');
    await page.focus(area);
    await page.keyboard.type('one');
    await page.keyboard.press('Shift+Enter');
    await page.keyboard.type('two');
    must(complaints, (await page.inputValue(area)) === 'one\ntwo', 'Shift+Enter made no line');
    await page.keyboard.press('Enter');
    await page.locator('.delivery-sent, .delivery-delivered, .delivery-read').first().waitFor();
    await page.keyboard.press('ArrowUp');
    await page.locator('.task').waitFor();
    must(complaints, (await page.inputValue(area)) === 'one\ntwo', 'ArrowUp brought not the last message');
    await page.keyboard.press('Escape');
    must(complaints, (await page.inputValue(area)) === '' && (await page.locator('.task').count()) === 0, 'Esc did not end the edit');
  },

  'older rows arrive and the row being read stays where it is': async (page, open, complaints) => {
    await open('chat-long');
    const moves = await page.evaluate(async () => {
      const list = document.querySelector('.history-scroller');
      const frame = () => new Promise((done) => requestAnimationFrame(done));
      const top = () => {
        const edge = list.getBoundingClientRect().top;
        return [...list.querySelectorAll('[data-message]')].map((e) => [e.dataset.message, e.getBoundingClientRect().top]).sort((a, b) => a[1] - b[1]).find(([, y]) => y >= edge);
      };
      const worst = [];
      for (let round = 0; round < 4; round++) {
        const before = list.scrollHeight;
        list.scrollTop = 300;
        await frame();
        await frame();
        const [id, y] = top();
        const until = performance.now() + 30_000;
        while (list.scrollHeight === before && performance.now() < until) await frame();
        if (list.scrollHeight === before) return ['nothing older arrived'];
        for (let i = 0; i < 30; i++) {
          await frame();
          const now = list.querySelector(`[data-message="${id}"]`)?.getBoundingClientRect().top;
          if (now === undefined || Math.abs(now - y) > 2) worst.push(`${id} moved from ${y} to ${now}`);
        }
        // No hand moves the list here, so it holds its row as long as rows are measured; this ends after the list's own timer and frames.
        await new Promise((done) => setTimeout(done, 700));
        for (let i = 0; i < 4; i++) await frame();
      }
      return worst;
    });
    complaints.push(...moves.slice(0, 3));
  },

  'the end is held when the window gets lower (keyboard of a phone)': async (page, open, complaints) => {
    await open('chat');
    await page.setViewportSize({ width: 1280, height: 420 });
    await page.waitForFunction(() => {
      const list = document.querySelector('.history-scroller');
      return list.scrollHeight - list.scrollTop - list.clientHeight < 3;
    }, undefined, { timeout: 30_000 }).catch(() => complaints.push('the newest message is no longer seen'));
  },

  // What a step costs is measured by 'web/bench/run scrolling'.
  '100,000 messages: few rows in the page, however far one scrolls': async (page, open, complaints) => {
    await open('chat-100000');
    const most = await page.evaluate(async () => {
      const list = document.querySelector('.history-scroller');
      const places = [...Array(40).fill(null), ...[...Array(30).keys()].map((i) => (i + 1) / 32)];
      let rows = 0;
      for (const share of places) {
        if (share === null) list.scrollTop -= 180;
        else list.scrollTop = list.scrollHeight * share;
        await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
        rows = Math.max(rows, list.querySelectorAll('[data-message]').length);
      }
      return rows;
    });
    must(complaints, most > 0 && most < rows_max, `${most} messages in the page`);
  },

  'a message is found by keyboard alone: go to it, open its menu, reply': async (page, open, complaints) => {
    await open('chat');
    await page.focus('.history-scroller');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await page.locator('.menu').waitFor();
    must(complaints, (await page.evaluate(() => document.activeElement?.closest('.menu') !== null)), 'the focus is not in the menu');
    await page.locator('.menu-item', { hasText: 'Reply' }).focus();
    await page.keyboard.press('Enter');
    await page.locator('.task').waitFor();
    must(complaints, await page.evaluate(() => document.activeElement?.tagName === 'TEXTAREA'), 'the focus is not in the line to write in');
  },

  'back closes what is on top: dialog, then conversation': async (page, open, complaints) => {
    await page.setViewportSize({ width: 390, height: 844 });
    await open('conversations');
    await page.locator('.panel .row').first().click();
    await page.locator('.chat-who').click();
    await page.locator('dialog').waitFor();
    await page.goBack();
    must(complaints, (await page.locator('dialog').count()) === 0 && (await page.locator('.composer').isVisible()), 'the dialog is still there');
    await page.goBack();
    must(complaints, await page.locator('.panel').isVisible(), 'the list did not come back');
  },

  'a picture becomes the avatar; the settings below stay where they are': async (page, open, complaints) => {
    await open('settings-profile');
    const top = () => page.evaluate(() => document.querySelector('.dialog-settings').getBoundingClientRect().top);
    const before = await top();
    const old = await page.locator('.avatar-editor img').getAttribute('src');
    await page.setInputFiles('.avatar-editor input[type=file]', fileURLToPath(new URL('../../public/icon-512.png', import.meta.url)));
    await page.locator('.crop canvas').waitFor();
    must(complaints, Math.abs((await top()) - before) < 1, `the settings moved from ${before} to ${await top()}`);
    await page.locator('.crop-view').press('ArrowRight');
    await page.locator('.crop-view').press('+');
    await page.locator('.dialog-small .button-main').click();
    await page.locator('.crop').waitFor({ state: 'detached' });
    const now = await page.locator('.avatar-editor img').getAttribute('src');
    must(complaints, now !== old && now.startsWith('data:image/jpeg;base64,') && now.length < 33_000, 'the avatar is not the one chosen, or too large');
  },

  'Home and End reach the ends of a list of which a part is there; a dangerous question begins at cancel': async (page, open, complaints) => {
    await open('contacts-many');
    const focused = () => page.evaluate(() => document.activeElement.textContent);
    await page.locator('.panel .row-contact').first().focus();
    await page.keyboard.press('End');
    await page.locator('.row-contact:focus', { hasText: 'Many 499' }).waitFor();
    await page.keyboard.press('ArrowUp');
    await page.locator('.row-contact:focus', { hasText: 'Many 498' }).waitFor();
    await page.keyboard.press('Home');
    await page.locator('.group-row:focus').waitFor();
    // Keys that come while the list is still on its way: none is lost.
    await page.keyboard.press('End');
    await page.keyboard.press('Home');
    await page.locator('.group-row:focus').waitFor();
    await page.keyboard.press('ArrowDown');
    await page.locator('.row-contact:focus', { hasText: 'Sofia' }).waitFor();
    await open('withdraw');
    must(complaints, (await focused()) === 'Cancel', `the question begins at ${await focused()}`);
  },

  'what a peer writes is never markup': async (page, open, complaints) => {
    await open('chat-hostile');
    const found = await page.evaluate(() => ({
      markup: document.querySelectorAll('.chat script, .text img, .text iframe, .chat h1').length,
      links: [...document.querySelectorAll('.chat a')].map((a) => a.getAttribute('href')).filter((href) => !/^(https?:|xmpp:|mailto:)/.test(href)),
      refused: window.__refused,
    }));
    must(complaints, found.markup === 0, `${found.markup} elements came out of text`);
    complaints.push(...found.links.map((href) => `a link to ${href}`), ...found.refused.map((one) => `policy: ${one}`));
  },

  'a nudge shakes the window, and not again within ten seconds': async (page, open, complaints) => {
    await open('conversations');
    const shaken = await page.evaluate(async () => {
      const seen = [];
      new MutationObserver(() => document.querySelector('.frame').classList.contains('shaking') && seen.push(1)).observe(document.querySelector('.frame'), { attributes: true, attributeFilter: ['class'] });
      window.rookeryMock.nudge();
      window.rookeryMock.nudge();
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
      return seen.length;
    });
    must(complaints, shaken === 1, `shaken ${shaken} times`);
  },
};
