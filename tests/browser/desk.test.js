/* The desk by itself: logging in, the keyboard, notices, and what happens when it is lost. */
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { Chat, Desk, PHONE, SAID, Server, close, launch, page } from './support.js';

let server, browser;
before(async () => {
  server = await Server.start();
  server.addAgent('maija');
  server.addAgent('kaisa', 'supervisor');
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await server?.remove();
});

async function customerWhoWaits(lang = 'fi') {
  const customer = await page(browser), chat = await (await Chat.on(customer, server, lang)).open();
  await chat.say(SAID[lang].person);
  return chat;
}

test('a wrong password is refused in words; a session ends with logging out', async () => {
  const agent = await page(browser);
  await agent.goto(`${server.address}/desk`);
  await agent.locator('#name').fill('maija');
  await agent.locator('#password').fill('not the password');
  await agent.locator('form button').click();
  await agent.getByText('Käyttäjänimi tai salasana on väärin.').waitFor();
  await Desk.login(agent, server, 'maija');
  await agent.reload();
  await agent.locator('nav.list').waitFor();
  await agent.getByRole('button', { name: 'Kirjaudu ulos' }).click();
  await agent.locator('#name').waitFor();
  await agent.reload();
  await agent.locator('#name').waitFor();
  await close(agent);
});

test('a revoked session leads to the login, and what was being written is still there afterwards', async () => {
  const chat = await customerWhoWaits(), agent = await page(browser), boss = await page(browser);
  const desk = await Desk.login(agent, server, 'maija');
  await desk.claim();
  await agent.locator('#reply').fill('Kesken jäi');
  await Desk.login(boss, server, 'kaisa');
  await boss.getByRole('button', { name: 'Asiakaspalvelijat' }).click();
  await boss.getByRole('button', { name: 'Katkaise istunnot: Maija' }).click();
  await agent.getByText('Istunto on päättynyt.', { exact: false }).waitFor();
  await agent.locator('#name').fill('maija');
  await agent.locator('#password').fill('a rather long password');
  await agent.locator('form button').click();
  await agent.locator('.head').waitFor();
  await agent.waitForFunction(() => document.querySelector('#reply').value === 'Kesken jäi');
  await agent.locator('#reply').press('Enter');
  await chat.root.locator('.message.agent').getByText('Kesken jäi').waitFor();
  await boss.getByRole('button', { name: 'Kirjaudu ulos' }).click();
  await boss.locator('#name').waitFor();
  await close(chat.page, agent, boss);
});

test('the desk works by keyboard: take, reply, note, close; and its letters can be turned off', async () => {
  const chat = await customerWhoWaits(), agent = await page(browser);
  const desk = await Desk.login(agent, server, 'maija');
  const press = (key) => agent.keyboard.press(key);
  await desk.waiting.first().waitFor();
  await agent.locator('.bar h1').click();
  await press('n');
  await agent.locator('.tab[data-kind=reply]').waitFor();
  await press('Escape');
  await press('r');
  await agent.keyboard.type('Hei, näppäimistöltä');
  await press('Enter');
  await chat.root.locator('.message.agent').getByText('Hei, näppäimistöltä').waitFor();
  await press('Escape');
  await press('e');
  await agent.keyboard.type('muistiin');
  await press('Enter');
  await agent.locator('.message.note .bubble').getByText('muistiin').waitFor();
  await press('Escape');
  await press('v');
  assert.equal(await agent.evaluate(() => document.activeElement.type), 'search');
  await press('Escape');
  await press('?');
  await agent.getByLabel('Pikanäppäimet käytössä').uncheck();
  await press('Escape');
  await agent.locator('dialog').waitFor({ state: 'detached' });
  await press('x');
  await agent.getByRole('button', { name: 'Asetukset' }).focus();
  assert.equal(await agent.locator('dialog').count(), 0);
  await agent.getByRole('button', { name: 'Asetukset' }).click();
  await agent.getByLabel('Pikanäppäimet käytössä').check();
  await press('Escape');
  await agent.locator('.bar h1').click();
  await press('x');
  await press('Tab');
  await press('Enter');
  await chat.root.getByText('Miten palvelumme onnistui?').waitFor();
  await close(chat.page, agent);
});

test('the number waiting is in the title, unless it is turned off; the waiting time is shown', async () => {
  const agent = await page(browser), desk = await Desk.login(agent, server, 'maija');
  const chat = await customerWhoWaits('en');
  await desk.waiting.first().waitFor();
  assert.match(await agent.title(), /^\(1\) /);
  assert.match(await desk.waiting.first().textContent(), /Odottanut/);
  await agent.getByRole('button', { name: 'Asetukset' }).click();
  await agent.getByLabel('Odottavien määrä välilehden otsikossa').uncheck();
  assert.match(await agent.title(), /^Työpöytä/);
  await agent.keyboard.press('Escape');
  await desk.claim();
  await close(chat.page, agent);
});

test('an agent with customers cannot go on a break by mistake, and without them can', async () => {
  const chat = await customerWhoWaits(), agent = await page(browser), desk = await Desk.login(agent, server, 'maija');
  await desk.claim();
  const presence = agent.locator('.presence');
  await presence.click();
  await agent.getByText('tauolla ne siirtyisivät takaisin jonoon', { exact: false }).waitFor();
  assert.equal(await presence.getAttribute('aria-pressed'), 'true');
  for (let left; (left = await agent.locator('.list section').first().locator('.open').count()); ) {
    await agent.locator('.list section').first().locator('.open').first().click();
    await agent.getByRole('button', { name: 'Palauta jonoon' }).click();
    await agent.waitForFunction((n) => document.querySelector('.list section').querySelectorAll('.open').length < n, left);
  }
  await presence.click();
  assert.equal(await presence.getAttribute('aria-pressed'), 'false');
  await agent.locator('.facts').getByText('Kukaan ei ole merkitty paikalle.', { exact: false }).waitFor();
  await close(chat.page, agent);
});

test('a desk whose server was away goes on where it was, and a reply written meanwhile arrives once', async () => {
  const chat = await customerWhoWaits(), agent = await page(browser, PHONE), desk = await Desk.login(agent, server, 'maija');
  await agent.locator('.wait button').last().click();
  await agent.locator('.tab[data-kind=reply]').waitFor();
  await server.end('SIGKILL');
  await desk.reply('Vastaan katkosta huolimatta');
  await agent.getByText('Ei vielä lähetetty, yritetään uudelleen').waitFor();
  await server.run();
  await agent.locator('.message.agent:not(.pending)').getByText('Vastaan katkosta huolimatta').waitFor();
  await agent.locator('.net').waitFor({ state: 'hidden' });
  await close(chat.page, agent);
});
