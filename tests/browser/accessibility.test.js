/* axe-core on everything a customer or an agent sees, in three languages, on a laptop and a phone. */
import { after, before, test } from 'node:test';
import { Chat, Desk, LAPTOP, PHONE, SAID, Server, accessible, close, launch, page } from './support.js';

let server, browser;
before(async () => {
  server = await Server.start({ nps: true });
  server.addAgent('maija', 'supervisor');
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await server?.remove();
});

for (const lang of ['fi', 'sv', 'en'])
  for (const [size, options] of Object.entries({ laptop: LAPTOP, phone: PHONE })) {
    test(`the chat, in ${lang} on a ${size}`, async () => {
      const customer = await page(browser, options), chat = await Chat.on(customer, server, lang);
      await accessible(customer, 'page with the chat closed');
      await chat.open();
      await chat.say(SAID[lang].delivery);
      await chat.verify(lang);
      await chat.root.locator('.card').waitFor();
      await accessible(customer, 'conversation with a card');
      await chat.root.locator('.top .menu').click();
      await accessible(customer, 'menu');
      await customer.keyboard.press('Escape');
      await customer.context().setOffline(true);
      await chat.type('x');
      await chat.root.locator('.fate button').first().waitFor();
      await accessible(customer, 'without a network');
      await customer.context().setOffline(false);
      await chat.root.locator('.pending').waitFor({ state: 'detached' });
      await chat.say(SAID[lang].person);
      await chat.root.locator('.state').waitFor();
      await accessible(customer, 'waiting');
      await chat.root.locator('.top .menu').click();
      await chat.root.locator('nav button').nth(1).click();
      await chat.root.locator('.end fieldset').first().waitFor();
      await accessible(customer, 'rating');
      await close(customer);
    });

    test(`login and desk, in ${lang} on a ${size}`, async () => {
      const customer = await page(browser), chat = await (await Chat.on(customer, server, lang)).open();
      await chat.verify(lang);
      await chat.say(SAID[lang].person);
      const agent = await page(browser, { ...options, locale: { fi: 'fi-FI', sv: 'sv-FI', en: 'en-GB' }[lang] });
      await agent.goto(`${server.address}/desk`);
      await agent.locator('#name').waitFor();
      await accessible(agent, 'login');
      await agent.locator('#name').fill('maija');
      await agent.locator('#password').fill('something else');
      await agent.locator('form button').click();
      await agent.locator('.wrong:not(:empty)').waitFor();
      await accessible(agent, 'refused login');
      const desk = await Desk.login(agent, server, 'maija');
      await desk.waiting.first().waitFor();
      await accessible(agent, 'queue');
      await desk.claim();
      await desk.reply('Hei');
      await desk.note('Muista tämä');
      await agent.locator('.message.note:not(.pending)').waitFor();
      await accessible(agent, 'conversation');
      if (size === 'phone') {
        await agent.locator('.more').click();
        await accessible(agent, 'details');
        await agent.locator('.side .back').click();
      }
      await agent.locator('.actions button.main').click();
      await accessible(agent, 'closing');
      await agent.locator('dialog button.main').click();
      await agent.locator('.readonly:not(:empty)').waitFor();
      await agent.locator('[aria-keyshortcuts="?"]').click();
      await accessible(agent, 'settings');
      await close(customer, agent);
    });
  }
