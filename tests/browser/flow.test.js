/* The whole way: a customer, the bot, an agent, and a network that is not always there. */
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { Chat, Desk, PHONE, SAID, Server, close, launch, page } from './support.js';

let server, browser;
before(async () => {
  server = await Server.start({ nps: true });
  server.addAgent('maija');
  server.addAgent('pekka');
  server.addAgent('kaisa', 'supervisor');
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await server?.remove();
});

test('a customer asks, chooses, proves an order, gets a person; both talk, the network drops and returns, and it is rated', async () => {
  const customer = await page(browser, PHONE), agent = await page(browser);
  const chat = await (await Chat.on(customer, server)).open();
  await chat.root.getByText('Sinulle vastaa chatbot, ei ihminen.').waitFor();

  await chat.say(SAID.fi.delivery);
  await chat.root.locator('.question').getByText(SAID.fi.question).waitFor();
  await chat.root.getByRole('group', { name: 'Oliko tästä apua?' }).getByRole('button', { name: 'Kyllä' }).click();
  await chat.root.locator('.after').getByText('Kiitos, hyvä kuulla.').waitFor();

  const choice = chat.root.locator('.choices button').first(), label = await choice.textContent();
  await choice.click();
  await chat.root.locator('.message.customer').getByText(label).waitFor();
  await chat.root.locator('.question').getByText(label).waitFor();

  await chat.verify('fi');
  const card = chat.root.locator('.card');
  assert.match(await card.locator('.head').textContent(), /Tilaus 100234.*Matkalla/);
  assert.match(await card.locator('a').getAttribute('href'), /^https:\/\/revontuli\.example\/seuranta\//);

  const desk = await Desk.login(agent, server, 'maija');
  await chat.say(SAID.fi.person);
  await chat.root.locator('.state').getByText('Olet jonossa sijalla 1.').waitFor();
  await desk.waiting.first().waitFor();
  await desk.claim();
  await chat.root.getByText('Keskustelet ihmisen kanssa: Maija').first().waitFor();
  await agent.locator('#order').getByText('Tilaus 100234').waitFor();
  await agent.getByText(`Vastasi: ${SAID.fi.question}`, { exact: false }).first().waitFor();

  await desk.reply('Hei! Miten voin auttaa?');
  await chat.root.locator('.message.agent').getByText('Hei! Miten voin auttaa?').waitFor();
  await desk.note('vain meille');
  await agent.locator('.message.note').getByText('vain meille').waitFor();
  await chat.type('Saanko paketin huomiseksi?');
  await agent.locator('.message.customer').getByText('Saanko paketin huomiseksi?').waitFor();

  await agent.locator('.tab[data-kind=reply]').click();
  await agent.locator('#reply').pressSequentially('Hetki, katson asiaa tarkemmin.', { delay: 150 });
  await chat.root.getByText('Maija kirjoittaa…').waitFor();

  await customer.context().setOffline(true);
  await chat.type('Kirjoitan tämän ilman verkkoa');
  await chat.net.getByText('Ei verkkoyhteyttä').waitFor();
  await chat.last('customer').getByText('Ei vielä lähetetty').waitFor();
  await agent.locator('#reply').fill('');
  await desk.reply('Tämä tuli katkon aikana');
  await customer.context().setOffline(false);
  await chat.root.locator('.message.agent').getByText('Tämä tuli katkon aikana').waitFor();
  await agent.locator('.message.customer').getByText('Kirjoitan tämän ilman verkkoa').waitFor();
  await chat.net.getByText('Yhteys palasi.').waitFor();
  assert.equal(await chat.times('Kirjoitan tämän ilman verkkoa'), 1);
  assert.equal(await chat.times('Tämä tuli katkon aikana'), 1);
  assert.equal(await chat.times('vain meille'), 0);

  await agent.keyboard.press('Escape');
  await agent.keyboard.press('x');
  await agent.locator('dialog').getByRole('button', { name: 'Sulje asia' }).click();
  await chat.root.getByText('Miten palvelumme onnistui?').waitFor();
  await chat.root.getByRole('radio', { name: '5 viidestä' }).check({ force: true });
  await chat.root.getByRole('radio', { name: '9', exact: true }).check({ force: true });
  await chat.root.getByLabel('Haluatko kertoa lisää?').fill('Nopeaa ja ystävällistä');
  await chat.root.getByRole('button', { name: 'Lähetä arvio' }).click();
  await chat.root.getByText('Kiitos arviosta!').waitFor();
  await agent.getByText('Asiakkaan arvosana 5/5').waitFor({ state: 'attached', timeout: 1 }).catch(() => agent.reload());
  await agent.getByText('Asiakkaan arvosana 5/5').waitFor();
  await agent.getByText('Suosittelu 9/10').waitFor();
  await close(customer, agent);
});

test('messages outlive a server that is killed: each arrives once, in order', async () => {
  const customer = await page(browser);
  const chat = await (await Chat.on(customer, server)).open();
  await chat.say(SAID.fi.delivery);
  await server.end('SIGKILL');
  await chat.type('moi');
  await chat.type('kiitos');
  await chat.last('customer').getByText('Ei vielä lähetetty').waitFor();
  await server.run();
  await chat.root.locator('.pending').first().waitFor({ state: 'detached' });
  await customer.waitForFunction(() => !document.querySelector('luukku-chat').shadowRoot.querySelector('.pending'));
  const said = await chat.root.locator('.message.customer .bubble').allTextContents();
  assert.deepEqual(said, [SAID.fi.delivery, 'moi', 'kiitos']);
  await close(customer);
});

test('a message whose answer was lost on the way is sent again and stays one', async () => {
  const customer = await page(browser);
  let lost = 0;
  await customer.route('**/messages', async (route) => {
    if (route.request().method() !== 'POST' || lost++) return route.continue();
    await route.fetch();
    await route.abort('connectionreset');
  });
  await customer.route('**/events', (route) => route.abort()); // nor does the stream bring it
  const chat = await (await Chat.on(customer, server)).open();
  await chat.say(SAID.fi.delivery);
  assert.ok(lost >= 2);
  await customer.unrouteAll();
  await customer.reload(); // what the server has, not what this page has seen
  await chat.open();
  await chat.root.locator('.question').first().waitFor();
  assert.equal(await chat.times(SAID.fi.delivery), 1);
  assert.equal(await chat.root.locator('.question').count(), 1);
  await close(customer);
});

test('a page change keeps the conversation and what was not sent, and the chat stays closed until it is wanted', async () => {
  const customer = await page(browser);
  let chat = await (await Chat.on(customer, server)).open();
  await chat.say(SAID.fi.delivery);
  await customer.route('**/messages', (route) => (route.request().method() === 'POST' ? route.abort() : route.continue()));
  await chat.type('mitä toimitus maksaa');
  await chat.last('customer').getByText('Ei vielä lähetetty').waitFor();
  await customer.unroute('**/messages');
  chat = await Chat.on(customer, server);
  await chat.launcher.getByText('Jatka keskustelua').waitFor();
  assert.equal(await chat.root.locator('dialog').isVisible(), false);
  await chat.open();
  await chat.root.locator('.question').nth(1).waitFor();
  assert.equal(await chat.times('mitä toimitus maksaa'), 1);
  await close(customer);
});

test('an agent’s message shows at the closed chat’s button, and two agents do not get one customer', async () => {
  const customer = await page(browser), first = await page(browser), second = await page(browser);
  const chat = await (await Chat.on(customer, server)).open();
  const one = await Desk.login(first, server, 'maija'), two = await Desk.login(second, server, 'pekka');
  await chat.say(SAID.fi.person);
  await one.waiting.first().waitFor();
  await two.waiting.first().waitFor();
  await customer.keyboard.press('Escape');
  await second.route('**/desk/api/events', (route) => route.abort());
  await second.evaluate(() => document.querySelector('.wait button').id = 'stale');
  await one.claim();
  await two.page.evaluate(() => fetch('/desk/api/queue')); // theirs is the older picture, if the event has not come yet
  await one.reply('Oletko vielä siellä?');
  await chat.launcher.getByText('1 uusi viesti').waitFor();
  const taken = await second.evaluate(async () => {
    const session = await (await fetch('/desk/api/session')).json(), id = document.querySelector('[data-key^="claim "]')?.dataset.key.slice(6);
    return id ? (await fetch(`/desk/api/conversations/${id}/claim`, { method: 'POST', headers: { 'X-CSRF-Token': session.csrf } })).status : 409;
  });
  assert.equal(taken, 409);
  await close(customer, first, second);
});

test('transfer, giving back to the bot, and a supervisor’s view', async () => {
  const customer = await page(browser), first = await page(browser), second = await page(browser), third = await page(browser);
  const chat = await (await Chat.on(customer, server, 'en')).open();
  const one = await Desk.login(first, server, 'maija');
  const two = await Desk.login(second, server, 'pekka');
  await chat.say(SAID.en.person);
  await one.waiting.last().waitFor();
  await one.claim();
  const boss = await Desk.login(third, server, 'kaisa');
  await boss.page.getByText('Maija palvelee').first().waitFor();
  await first.getByRole('button', { name: 'Siirrä', exact: true }).click();
  await first.locator('dialog select').selectOption('pekka');
  await first.locator('dialog').getByRole('button', { name: 'Siirrä' }).click();
  await chat.root.getByText('You are talking to a person: Pekka').first().waitFor();
  await two.page.locator('.list .open').first().click();
  await two.page.getByRole('button', { name: 'Anna botille' }).click();
  await chat.last().getByText('The agent gave the conversation back to me.').waitFor();
  await chat.root.locator('.top').getByText('The chatbot answers').waitFor();
  await chat.say(SAID.en.delivery);
  await close(customer, first, second, third);
});

test('suggested articles and canned replies go into the reply, to be edited', async () => {
  const customer = await page(browser), agent = await page(browser);
  const chat = await (await Chat.on(customer, server)).open();
  const desk = await Desk.login(agent, server, 'maija');
  await chat.say(SAID.fi.person);
  await desk.waiting.first().waitFor();
  await desk.claim();
  await chat.type('paljonko toimitus maksaa');
  await agent.locator('#suggestions button').first().click();
  const input = agent.locator('#reply');
  assert.match(await input.inputValue(), /€/);
  await input.fill('');
  await agent.getByLabel('Hae valmiista vastauksista').fill('katson');
  await agent.locator('#canned button').first().click();
  assert.equal(await input.inputValue(), 'Hei! Katson asiaasi heti.');
  await input.press('Enter');
  await chat.root.locator('.message.agent').getByText('Hei! Katson asiaasi heti.').waitFor();
  await close(customer, agent);
});

test('leaving the queue, ending, taking the conversation along, and erasing it', async () => {
  const customer = await page(browser);
  const chat = await (await Chat.on(customer, server)).open();
  await chat.say(SAID.fi.person);
  await chat.root.getByRole('button', { name: 'Jatka chatbotin kanssa' }).click();
  await chat.root.locator('.top').getByText('Chatbot vastaa').waitFor();
  const menu = (name) => chat.root.getByRole('button', { name, exact: true });
  await menu('Valikko').click();
  const [download] = await Promise.all([customer.waitForEvent('download'), menu('Lataa keskustelu tiedostona').click()]);
  assert.equal(download.suggestedFilename(), 'keskustelu.txt');
  await menu('Valikko').click();
  await menu('Lopeta keskustelu').click();
  await menu('Lähetä arvio').click();
  await chat.root.getByText('Valitse ensin arvosana.').waitFor();
  await menu('Jatka tätä keskustelua').click();
  await chat.say(SAID.fi.delivery);
  await menu('Valikko').click();
  await menu('Poista keskustelu').click();
  await menu('Poista').click();
  await chat.net.getByText('Keskustelu on poistettu.').waitFor();
  await customer.waitForFunction(() => document.querySelector('luukku-chat').shadowRoot.querySelectorAll('.message').length === 1);
  await close(customer);
});
