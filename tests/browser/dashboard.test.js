/* The dashboard: who may see it, its periods, what it offers to keep, and that everybody can read it. */
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Chat, LAPTOP, PHONE, SAID, Server, accessible, close, launch, page } from './support.js';

const today = () => new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Helsinki' }).format(Date.now());
const plus = (day, days) => new Date(Date.parse(day) + days * 86400e3).toISOString().slice(0, 10);
let server, browser;

before(async () => {
  server = await Server.start();
  server.addAgent('maija');
  server.addAgent('kaisa', 'supervisor');
  browser = await launch();
  const customer = await page(browser), chat = await (await Chat.on(customer, server)).open();
  await chat.say(SAID.fi.delivery);
  await chat.verify('fi');
  await chat.say(SAID.fi.person);
  await close(customer);
});
after(async () => {
  await browser?.close();
  await server?.remove();
});

async function open(options = {}, name = 'kaisa', query = `?from=${plus(today(), -6)}&to=${plus(today(), 1)}`) {
  const boss = await page(browser, options);
  await boss.goto(`${server.address}/desk/dashboard${query}`);
  await boss.locator('#name').fill(name);
  await boss.locator('#password').fill('a rather long password');
  await boss.locator('form button').click();
  return boss;
}

const shown = (boss) => boss.locator('main.report:not([aria-busy]) .figures table').waitFor();
const number = async (boss, words) => boss.locator('.figures tr', { has: boss.getByRole('rowheader', { name: words, exact: true }) }).locator('td').first().textContent();

for (const lang of ['fi', 'sv', 'en'])
  for (const [size, options] of Object.entries({ laptop: LAPTOP, phone: PHONE }))
    test(`the dashboard can be read by everybody, in ${lang} on a ${size}`, async () => {
      const boss = await open({ ...options, locale: { fi: 'fi-FI', sv: 'sv-FI', en: 'en-GB' }[lang] });
      await shown(boss);
      await accessible(boss, 'dashboard');
      const plots = await boss.locator('svg.plot').count();
      assert.ok(plots >= 8, `${plots} plots`);
      assert.equal(await boss.locator('.pair:has(svg.plot):has(table)').count(), plots);
      assert.equal(await boss.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true, 'the page scrolls sideways');
      await close(boss);
    });

test('in the dark it can be read as well', async () => {
  const boss = await open({ colorScheme: 'dark' });
  await shown(boss);
  await accessible(boss, 'dark dashboard');
  await close(boss);
});

test('an agent is told that the figures are for supervisors, and the server gives none', async () => {
  const agent = await open({}, 'maija');
  await agent.getByText('Tunnusluvut ovat esimiehille.', { exact: false }).waitFor();
  assert.equal(await agent.locator('svg, table').count(), 0);
  assert.equal(await agent.evaluate(async () => (await fetch('/desk/api/figures')).status), 403);
  await accessible(agent, 'refusal');
  await close(agent);
});

test('figures are of the chosen period, which the address keeps', async () => {
  const boss = await open();
  await shown(boss);
  assert.equal(await number(boss, 'Keskusteluja'), '1');
  assert.equal(await boss.locator('#to').inputValue(), today());
  await boss.locator('#period').selectOption('28');
  await boss.waitForFunction((day) => document.querySelector('#from').value === day && !document.querySelector('[aria-busy]'), plus(today(), -28));
  assert.equal(await number(boss, 'Keskusteluja'), '0');
  assert.match(boss.url(), new RegExp(`from=${plus(today(), -28)}&to=${today()}`));
  await boss.reload();
  await shown(boss);
  assert.equal(await boss.locator('#period').inputValue(), '28');
  await boss.goBack();
  await boss.waitForFunction((day) => document.querySelector('#from')?.value === day && !document.querySelector('[aria-busy]'), plus(today(), -6));
  assert.equal(await number(boss, 'Keskusteluja'), '1');
  assert.equal(await boss.locator('#period').inputValue(), '');
  await close(boss);
});

test('without comparison there is one column less; a period that is none is refused in words', async () => {
  const boss = await open();
  await shown(boss);
  const columns = () => boss.locator('.figures thead th').count();
  assert.equal(await columns(), 4);
  await boss.locator('#compare').uncheck();
  await boss.waitForFunction(() => document.querySelectorAll('.figures thead th').length === 2);
  await boss.locator('#from').fill(plus(today(), 5));
  await boss.locator('#to').fill(today());
  await boss.getByRole('button', { name: 'Näytä' }).click();
  await boss.getByText('Jakso ei kelpaa', { exact: false }).waitFor();
  await close(boss);
});

test('figures are taken along as CSV, JSON and a page', async () => {
  const boss = await open();
  await shown(boss);
  for (const [name, ending, begins] of [['CSV', 'csv', 'figure,dimension'], ['JSON', 'json', '{"period"'], ['Sivu (HTML)', 'html', '<!DOCTYPE html>']]) {
    const [download] = await Promise.all([boss.waitForEvent('download'), boss.getByRole('link', { name }).click()]);
    assert.match(download.suggestedFilename(), new RegExp(`^luukku-.*\\.${ending}$`));
    assert.ok(readFileSync(await download.path(), 'utf8').startsWith(begins));
  }
  await close(boss);
});

test('by keyboard: the skip link, the period, and tables that scroll', async () => {
  const boss = await open();
  await shown(boss);
  await boss.evaluate(() => document.activeElement.blur());
  await boss.keyboard.press('Tab');
  assert.equal(await boss.evaluate(() => document.activeElement.className), 'skip');
  await boss.keyboard.press('Enter');
  assert.equal(await boss.evaluate(() => document.activeElement.id), 'report');
  await boss.keyboard.press('Tab');
  assert.match(await boss.evaluate(() => document.activeElement.className), /roll/);
  await boss.locator('#from').focus();
  await boss.keyboard.press('Enter');
  await shown(boss);
  await close(boss);
});

test('the language changes page and report together', async () => {
  const boss = await open();
  await shown(boss);
  await boss.locator('#language').selectOption('sv');
  await boss.getByRole('rowheader', { name: 'Samtal', exact: true }).waitFor();
  assert.equal(await boss.evaluate(() => document.documentElement.lang), 'sv');
  assert.equal(await boss.title(), 'Nyckeltal – Luukku');
  await close(boss);
});

test('from the desk a supervisor gets there, an agent sees no way', async () => {
  const boss = await open({}, 'kaisa');
  await shown(boss);
  await boss.getByRole('link', { name: 'Työpöytä' }).click();
  await boss.getByRole('link', { name: 'Tunnusluvut' }).click();
  await shown(boss);
  const agent = await open({}, 'maija');
  await agent.locator('.denied').waitFor();
  await agent.goto(`${server.address}/desk`);
  await agent.locator('nav.list').waitFor();
  assert.equal(await agent.getByRole('link', { name: 'Tunnusluvut' }).count(), 0);
  await close(boss, agent);
});

test('when the session has ended the login comes back', async () => {
  const boss = await open();
  await shown(boss);
  await boss.context().clearCookies();
  await boss.getByRole('button', { name: 'Näytä' }).click();
  await boss.locator('#name').waitFor();
  await close(boss);
});
