/* The chat by itself: for every way of using it, and for whatever comes in. */
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Chat, PHONE, SAID, SOURCE, Server, close, launch, page } from './support.js';

let server, browser, elsewhere, shop;

/* A shop's own web server, with a strict policy and rude styles. */
const shopPage = (answer) => answer.setHeader('Content-Type', 'text/html; charset=utf-8').setHeader('Content-Security-Policy', `default-src 'none'; script-src ${server.address}; connect-src ${server.address}; style-src 'unsafe-inline'; img-src data:`)
  .end(`<!doctype html><html lang="sv"><title>Butik</title><link rel="icon" href="data:,"><style>* { color: red !important; display: block } p { font-size: 90px }</style><body>
    <script type="module" src="${server.address}/chat/luukku-chat.js"></script><luukku-chat></luukku-chat>`);

before(async () => {
  elsewhere = createServer((asked, answer) => shopPage(answer));
  await new Promise((done) => elsewhere.listen(0, 'localhost', done));
  shop = `http://localhost:${elsewhere.address().port}`;
  server = await Server.start({ 'messages-per-minute': 8, origins: shop }, (kb) =>
    writeFileSync(join(kb, 'fi', 'notice.xml'), '<kb xmlns="urn:luukku:kb:1" xml:lang="fi"><notice id="strike" from="2020-01-01" until="2120-01-01">Postin lakko viivästyttää paketteja.</notice></kb>'));
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await server?.remove();
  elsewhere?.close();
});

test('the chat is one file of at most 25 kB gzipped, and needs no other', () => {
  const script = readFileSync(join(SOURCE, 'tools/web/chat/luukku-chat.js'));
  assert.ok(gzipSync(script, { level: 9 }).length <= 25 * 1024);
  assert.doesNotMatch(script.toString(), /^\s*import\s|innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(/m);
});

test('by keyboard alone: open, ask, choose, close; the focus is where one expects it', async () => {
  const customer = await page(browser), chat = await Chat.on(customer, server);
  const focused = () => customer.evaluate(() => {
    const node = document.activeElement.shadowRoot?.activeElement || document.activeElement;
    return node.id || node.className || node.tagName;
  });
  await chat.launcher.focus();
  await customer.keyboard.press('Enter');
  await chat.root.locator('.message.bot').first().waitFor();
  assert.equal(await focused(), 'input');
  await customer.keyboard.type(SAID.fi.delivery);
  await customer.keyboard.press('Enter');
  await chat.root.locator('.choices button').first().waitFor();
  assert.equal(await focused(), 'input');
  await customer.keyboard.press('Shift+Tab');
  const label = await chat.root.locator('.choices button').last().textContent();
  assert.equal(await customer.evaluate(() => document.activeElement.shadowRoot.activeElement.textContent), label);
  await customer.keyboard.press('Enter');
  await chat.root.locator('.message.customer').getByText(label).waitFor();
  assert.equal(await focused(), 'input');
  await customer.keyboard.press('Escape');
  assert.equal(await chat.root.locator('dialog').isVisible(), false);
  assert.match(await focused(), /launcher/);
  await close(customer);
});

test('what the bot says is announced politely, once, and history is not', async () => {
  const customer = await page(browser);
  let chat = await (await Chat.on(customer, server)).open();
  const speech = chat.root.locator('[aria-live=polite].hidden');
  assert.equal(await speech.textContent(), '');
  await chat.say('kiitos');
  const spoken = await speech.textContent();
  assert.equal(spoken.split('Chatbot: ').length, 2);
  assert.equal(await chat.log.getAttribute('aria-live'), 'off');
  chat = await (await Chat.on(customer, server)).open();
  await chat.root.locator('.message.customer').waitFor();
  assert.equal(await speech.textContent(), '');
  await close(customer);
});

test('on a phone and at 200 % zoom nothing is cut off, and the page behind a phone’s chat is out of reach', async () => {
  for (const [name, options] of Object.entries({ phone: PHONE, narrow: { viewport: { width: 320, height: 568 } }, zoomed: { viewport: { width: 683, height: 384 } } })) {
    const customer = await page(browser, options), chat = await (await Chat.on(customer, server)).open();
    await chat.say(SAID.fi.delivery);
    const fits = await customer.evaluate(() => {
      const shadow = document.querySelector('luukku-chat').shadowRoot, dialog = shadow.querySelector('dialog').getBoundingClientRect();
      const wide = [...shadow.querySelectorAll('dialog, .log, .bubble, form')].filter((node) => node.scrollWidth > node.clientWidth + 1).map((node) => node.className || node.tagName);
      const inside = [...shadow.querySelectorAll('.top button, #input, form.write button')].every((node) => {
        const box = node.getBoundingClientRect();
        return box.left >= dialog.left && box.right <= dialog.right + 1 && box.right <= innerWidth + 1;
      });
      return { wide, inside, page: document.documentElement.scrollWidth <= innerWidth, modal: shadow.querySelector('dialog').matches(':modal') };
    });
    assert.deepEqual(fits, { wide: [], inside: true, page: true, modal: true }, name);
    await chat.input.scrollIntoViewIfNeeded();
    assert.ok(await chat.input.isVisible());
    await close(customer);
  }
});

test('with reduced motion nothing moves', async () => {
  const customer = await page(browser), chat = await (await Chat.on(customer, server)).open();
  assert.equal(await customer.evaluate(() => document.getAnimations().length + document.querySelector('luukku-chat').shadowRoot.getAnimations().length), 0);
  await close(customer);
});

test('nothing that is said can do anything: HTML is text, the server’s HTML goes through an allow-list', async () => {
  const customer = await page(browser), chat = await (await Chat.on(customer, server)).open();
  customer.on('dialog', () => customer.complaints.push('a script ran'));
  await chat.say('<img src=x onerror=alert(1)> <script>alert(2)</script> javascript:alert(3)');
  assert.equal(await chat.root.locator('.log img, .log script, .log a[href^=javascript]').count(), 0);
  const cleaned = await customer.evaluate(async () => {
    const { safeHtml, plainText } = await import('/chat/luukku-chat.js'), show = (part) => { const box = document.createElement('div'); box.append(part); return box.innerHTML; };
    return [
      safeHtml('<p onclick="alert(1)" style="position:fixed">a<script>alert(1)</script><img src=x onerror=alert(1)><iframe src="https://x.example"></iframe></p>', ''),
      safeHtml('<a href="javascript:alert(1)">b</a> <a href=" data:text/html,x">c</a><svg><a xlink:href="javascript:alert(1)"><text>d</text></a></svg>', ''),
      safeHtml('<ul><li><strong>e</strong> <em>f</em><br></li></ul><a href="https://revontuli.example/x" onmouseover="alert(1)" target="_top">g</a>', ''),
      safeHtml('<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mtext></math>', ''),
      plainText('katso https://revontuli.example/a?b=1. <b>x</b> javascript:alert(1)', ''),
    ].map(show);
  });
  customer.complaints = customer.complaints.filter((each) => !each.includes('Content Security Policy')); // said about the inert document that the HTML is parsed in
  assert.deepEqual(cleaned, [
    '<p>a</p>', 'b cd', '<ul><li><strong>e</strong> <em>f</em><br></li></ul><a href="https://revontuli.example/x" rel="noopener noreferrer" target="_blank">g</a>', '',
    '<p>katso <a href="https://revontuli.example/a?b=1" rel="noopener noreferrer" target="_blank">https://revontuli.example/a?b=1</a>. &lt;b&gt;x&lt;/b&gt; javascript:alert(1)</p>',
  ]);
  await close(customer);
});

test('limits are explained in words: a message that is too long, and messages that come too fast', async () => {
  const customer = await page(browser), chat = await (await Chat.on(customer, server)).open();
  await chat.input.fill('a'.repeat(2001));
  await chat.root.getByText('Viestissä on 2001 merkkiä.', { exact: false }).first().waitFor();
  await chat.input.press('Enter');
  assert.equal(await chat.root.locator('.message.customer').count(), 0);
  await chat.input.fill('');
  for (let i = 1; i <= 10; i++) await chat.type(`kiitos ${i}`);
  await chat.net.getByText('Viestejä tuli paljon lyhyessä ajassa.', { exact: false }).waitFor();
  await chat.root.locator('.pending').first().waitFor({ state: 'detached', timeout: 60000 });
  await customer.waitForFunction(() => !document.querySelector('luukku-chat').shadowRoot.querySelector('.pending'), null, { timeout: 60000 });
  assert.deepEqual(await chat.root.locator('.message.customer .bubble').allTextContents(), Array.from({ length: 10 }, (_, i) => `kiitos ${i + 1}`));
  await close(customer);
});

test('the chat never opens itself; an invitation comes only by the shop’s rules, takes no focus, and comes once', async () => {
  const customer = await page(browser), chat = await Chat.on(customer, server);
  const put = (attributes) => customer.evaluate((attributes) => {
    document.querySelector('luukku-chat').remove();
    const chat = document.createElement('luukku-chat');
    for (const [name, value] of Object.entries(attributes)) chat.setAttribute(name, value);
    document.body.append(chat);
  }, attributes);
  const invitation = chat.root.locator('.invitation');
  await customer.clock.install();
  await put({});
  await customer.clock.runFor(3600000);
  assert.equal(await invitation.isVisible(), false);
  await put({ 'invite-after': '10', 'invite-pages': 'product', page: 'basket' });
  await customer.clock.runFor(60000);
  assert.equal(await invitation.isVisible(), false);
  await put({ 'invite-after': '10', 'invite-pages': 'product', page: 'product' });
  await customer.clock.runFor(11000);
  await invitation.getByText('Olen chatbot').waitFor();
  await invitation.getByText('Asiakaspalvelijat eivät ole nyt paikalla.').waitFor();
  assert.equal(await customer.evaluate(() => document.activeElement.tagName), 'BODY');
  assert.equal(await chat.root.locator('dialog').isVisible(), false);
  await invitation.getByRole('button', { name: 'Ei kiitos' }).click();
  await put({ 'invite-after': '10' });
  await customer.clock.runFor(60000);
  assert.equal(await invitation.isVisible(), false);
  await close(customer);
});

test('the chat’s words follow the page’s language and the customer’s, until they choose one', async () => {
  const customer = await page(browser), chat = await (await Chat.on(customer, server, 'sv')).open();
  await chat.root.getByText('Det är en chattbot som svarar', { exact: false }).waitFor();
  assert.equal(await chat.root.locator('dialog').getAttribute('lang'), 'sv');
  await chat.say('how long does delivery take');
  await chat.root.getByText('The chatbot answers').first().waitFor();
  assert.equal(await chat.last().getAttribute('lang'), 'en');
  await chat.root.getByRole('button', { name: 'Menu' }).click();
  await chat.root.getByLabel('Language').selectOption('fi');
  await chat.root.getByText('Chatbot vastaa').first().waitFor();
  await chat.say('thank you very much');
  await chat.root.getByText('Chatbot vastaa').first().waitFor();
  await close(customer);
});

test('a customer whose conversation is gone gets a new one, and what they wrote goes there', async () => {
  const customer = await page(browser);
  const chat = await (await Chat.on(customer, server)).open();
  await customer.evaluate(() => {
    const key = Object.keys(localStorage).find((name) => name.startsWith('luukku http'));
    localStorage.setItem(key, JSON.stringify({ ...JSON.parse(localStorage.getItem(key)), token: 'x'.repeat(43) }));
  });
  await customer.reload();
  await chat.open();
  await chat.net.getByText('Aiempi keskustelu ei ole enää tallessa', { exact: false }).waitFor();
  await chat.say(SAID.fi.delivery);
  await chat.root.locator('.question').waitFor();
  await close(customer);
});

test('a notice that holds is shown before anything is asked', async () => {
  const customer = await page(browser), chat = await (await Chat.on(customer, server)).open();
  await chat.root.locator('.notice').getByText('Postin lakko viivästyttää paketteja.').waitFor();
  await close(customer);
});

test('two tabs show one conversation', async () => {
  const customer = await page(browser), first = await (await Chat.on(customer, server)).open();
  await first.say('kiitos');
  const tab = await customer.context().newPage(), second = await (await Chat.on(tab, server)).open();
  await second.root.locator('.message.customer').getByText('kiitos').waitFor();
  await second.type('moi taas');
  await first.root.locator('.message.customer').getByText('moi taas').waitFor();
  await first.type('hei hei');
  await second.root.locator('.message.customer').getByText('hei hei').waitFor();
  assert.deepEqual(await first.root.locator('.message.customer .bubble').allTextContents(), ['kiitos', 'moi taas', 'hei hei']);
  await close(customer);
});

test('on a page of another origin it works where the server allows that origin, with that page’s styles kept out', async () => {
  const customer = await page(browser);
  await customer.goto(shop);
  const chat = await new Chat(customer).open();
  await chat.say(SAID.sv.delivery);
  assert.equal(await chat.last().locator('p').last().evaluate((node) => getComputedStyle(node).fontSize), '16px');
  await chat.root.locator('.choices button').first().click();
  await chat.root.locator('.message.customer').nth(1).waitFor();
  await close(customer);
});
