/* The editors' page: a draft beside the knowledge base in use. */
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { cpSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Chat, LAPTOP, PHONE, PASSWORD, Server, accessible, close, launch, page } from './support.js';

let server, browser;

/* Whole, or not at all: the server watches. */
function change(text) {
  const path = join(server.draft, 'fi', 'zz-draft.xml');
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}
const article = (answer) => `<kb xmlns="urn:luukku:kb:1" xml:lang="fi"><article id="test-hovercraft" category="delivery" updated="2026-01-01"><question>Kulkeeko ilmatyynyalus?</question>`
  + `<variant>kulkeeko ilmatyynyalus talvella</variant><answer><p>${answer}</p></answer></article></kb>`;

before(async () => {
  server = await Server.start({ 'reload-seconds': 1 }, (kb, started) => {
    started.draft = join(kb, '..', 'draft');
    cpSync(kb, started.draft, { recursive: true });
    started.more = { preview: started.draft };
  });
  server.addAgent('maija');
  change(article('Luonnoksen vastaus.'));
  browser = await launch();
  const customer = await page(browser), chat = await (await Chat.on(customer, server)).open();
  for (const text of ['kulkeeko ilmatyynyalus', 'mikä on toimitusaika', 'Kulkeeko ilmatyynyalus?']) await chat.say(text);
  await close(customer);
});
after(async () => {
  await browser?.close();
  await server?.remove();
});

async function open(options = {}) {
  const editor = await page(browser, options);
  await editor.goto(`${server.address}/desk/preview`);
  await editor.locator('#name').fill('maija');
  await editor.locator('#password').fill(PASSWORD);
  await editor.locator('form button').click();
  await editor.locator('.version .chip').nth(1).waitFor();
  return editor;
}

test('an editor tries a question on both, compares what customers asked, and sees what a mistake breaks', async () => {
  const editor = await open();
  await editor.locator('#question').fill('kulkeeko ilmatyynyalus');
  await editor.keyboard.press('Enter');
  await editor.getByText('Luonnos toimii toisin.').waitFor();
  const draft = editor.getByRole('article', { name: 'Luonnos' });
  await draft.getByText('Luonnoksen vastaus.').waitFor();
  await draft.getByText('Miksi näin?').click();
  await draft.getByText('test-hovercraft', { exact: false }).last().waitFor();
  assert.match(await draft.locator('pre').textContent(), /Candidates[^]*Decided/);

  await editor.getByRole('button', { name: 'Vertaa' }).click();
  await editor.getByText('Kysyttiin 2 eri kysymystä, jotka kattavat 3 viestiä', { exact: false }).waitFor();
  const rows = editor.locator('tbody tr');
  assert.equal(await rows.count(), 1);
  assert.match(await rows.first().textContent(), /ilmatyynyalus.*2 kertaa.*paranee/s);
  await editor.getByLabel('Suunta').selectOption('worse');
  await editor.getByText('Näillä rajauksilla ei ole kysymyksiä.').waitFor();
  await editor.getByLabel('Suunta').selectOption('better');
  const [file] = await Promise.all([editor.waitForEvent('download'), editor.getByText('Lataa taulukkona').click()]);
  assert.match(readFileSync(await file.path(), 'utf8'), /^id\ttext\tlabel\talso\tstyle\n.*ilmatyynyalus/);

  change('<kb xmlns="urn:luukku:kb:1"><article>');
  await editor.getByText('Luonnosta ei voi ladata.', { exact: false }).waitFor();
  await editor.getByText('zz-draft.xml:1:', { exact: false }).waitFor();
  await draft.getByText('Luonnoksen vastaus.').waitFor();
  change(article('Korjattu vastaus.'));
  await draft.getByText('Korjattu vastaus.').waitFor();
  await editor.locator('.troubles').waitFor({ state: 'detached' });
  await editor.getByText('on muuttunut vertailun jälkeen', { exact: false }).waitFor();
  await close(editor);
});

test('the page works by keyboard', async () => {
  const editor = await open(), press = (key) => editor.keyboard.press(key);
  await editor.locator('body').press('Tab');
  await press('Enter');
  assert.equal(await editor.evaluate(() => document.activeElement.id), 'question');
  await editor.keyboard.type('kulkeeko ilmatyynyalus');
  await press('Enter');
  await editor.getByRole('article', { name: 'Luonnos' }).waitFor();
  await press('Tab');
  for (let i = 0; i < 8 && !(await editor.evaluate(() => document.activeElement.textContent === 'Vertaa')); i++) await press('Tab');
  await press('Enter');
  await editor.getByText('Vertailu valmis', { exact: false }).waitFor({ state: 'attached' }); // an earlier one's table is there already
  await editor.locator('tbody tr').first().waitFor();
  await editor.getByRole('button', { name: 'Kokeile kysymystä: kulkeeko ilmatyynyalus' }).focus();
  await press('Enter');
  await editor.waitForFunction(() => document.activeElement.getAttribute('role') === 'group');
  await editor.getByLabel('Kieli').first().selectOption('en');
  await editor.getByRole('heading', { name: 'Try a question' }).waitFor();
  assert.equal(await editor.evaluate(() => document.documentElement.lang), 'en');
  await close(editor);
});

for (const [lang, locale] of Object.entries({ fi: 'fi-FI', sv: 'sv-FI', en: 'en-GB' }))
  for (const [size, options] of Object.entries({ laptop: LAPTOP, phone: PHONE }))
    test(`nothing is in the way of anybody, in ${lang} on a ${size}`, async () => {
      change(article('Luonnoksen vastaus.'));
      const editor = await open({ ...options, locale });
      await accessible(editor, 'page');
      await editor.locator('#question').fill('kulkeeko ilmatyynyalus');
      await editor.keyboard.press('Enter');
      await editor.locator('.verdict').nth(1).waitFor();
      await editor.locator('.verdict summary').last().click();
      await editor.locator('#compare ~ form button').click();
      await editor.locator('tbody tr').first().waitFor();
      await accessible(editor, 'answers and changes');
      assert.ok(await editor.evaluate(() => document.documentElement.scrollWidth <= innerWidth && document.querySelector('main').scrollWidth <= innerWidth));
      change('<kb>');
      await editor.locator('.troubles').waitFor();
      await accessible(editor, 'a broken draft');
      change(article('Luonnoksen vastaus.'));
      await editor.locator('.troubles').waitFor({ state: 'detached' });
      await close(editor);
    });

test('a server without a draft says so', async () => {
  const bare = await Server.start();
  bare.addAgent('maija');
  const editor = await page(browser);
  await editor.goto(`${bare.address}/desk/preview`);
  await editor.locator('#name').fill('maija');
  await editor.locator('#password').fill(PASSWORD);
  await editor.locator('form button').click();
  await editor.getByText('Tällä palvelimella ei ole luonnosta.').waitFor();
  await accessible(editor, 'no draft');
  await close(editor);
  await bare.remove();
});
