/* Pictures of what customers and agents see, to look at: node screenshots.js FOLDER [fi|sv|en …] */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Chat, Desk, LAPTOP, PHONE, SAID, Server, launch, page } from './support.js';

const [folder = 'screenshots', ...wanted] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const server = await Server.start({ nps: true }), browser = await launch();
server.addAgent('maija', 'supervisor');
server.addAgent('pekka');

const settle = (page) => page.waitForTimeout(350);

async function shoot(lang, size, options) {
  const customer = await page(browser, options), agent = await page(browser, { ...options, locale: { fi: 'fi-FI', sv: 'sv-FI', en: 'en-GB' }[lang] });
  const picture = async (page, name) => { await settle(page); await page.screenshot({ path: join(folder, `${lang}-${size}-${name}.png`) }); };
  const chat = await Chat.on(customer, server, lang);
  await picture(customer, 'chat-closed');
  await chat.open();
  await picture(customer, 'chat-hello');
  await chat.say(SAID[lang].delivery);
  await picture(customer, 'chat-answer');
  await chat.root.locator('.helped button').last().click();
  await chat.verify(lang);
  await picture(customer, 'chat-status');
  await chat.root.locator('.top .menu').click();
  await picture(customer, 'chat-menu');
  await customer.keyboard.press('Escape');

  await agent.goto(`${server.address}/desk`);
  await agent.locator('#name').waitFor();
  await picture(agent, 'desk-login');
  const desk = await Desk.login(agent, server, 'maija');
  await chat.say(SAID[lang].person);
  await picture(customer, 'chat-waiting');
  const other = await page(browser), second = await (await Chat.on(other, server, 'en')).open();
  await second.say('my zipper broke after two weeks');
  await second.say(SAID.en.person);
  await desk.waiting.nth(1).waitFor();
  await picture(agent, 'desk-queue');
  await desk.claim();
  await chat.type({ fi: 'paljonko toimitus maksaa?', sv: 'vad kostar leveransen?', en: 'how much is delivery?' }[lang]);
  await desk.reply({ fi: 'Hei! Katson tilauksesi tilannetta.', sv: 'Hej! Jag tittar på din beställning.', en: 'Hello! I am looking at your order.' }[lang]);
  await desk.note({ fi: 'Soitti jo aamulla.', sv: 'Ringde redan i morse.', en: 'Called this morning already.' }[lang]);
  await agent.locator('.message.note:not(.pending)').waitFor();
  await picture(agent, 'desk-conversation');
  if (size !== 'laptop') {
    await agent.locator('.more').click();
    await picture(agent, 'desk-details');
    await agent.locator('.side .back').click();
  }
  await agent.locator('.actions button.main').click();
  await picture(agent, 'desk-closing');
  await customer.context().setOffline(true);
  await chat.type({ fi: 'kiitos!', sv: 'tack!', en: 'thanks!' }[lang]);
  await chat.root.locator('.fate button').first().waitFor();
  await picture(customer, 'chat-offline');
  await customer.context().setOffline(false);
  await chat.root.locator('.pending').waitFor({ state: 'detached' });
  await picture(customer, 'chat-agent');
  await agent.locator('dialog button.main').click();
  await chat.root.locator('.end fieldset').first().waitFor();
  await picture(customer, 'chat-rating');
  await agent.locator('[aria-keyshortcuts="?"]').click();
  await picture(agent, 'desk-settings');
  await agent.keyboard.press('Escape');
  if (await agent.locator('.head .back').isVisible()) await agent.locator('.head .back').click();
  await desk.claim();
  await agent.locator('.actions button.main').click();
  await agent.locator('dialog button.main').click();
  await settle(agent);
  await agent.goto(`${server.address}/desk/dashboard?from=${new Date(Date.now() - 6 * 86400e3).toISOString().slice(0, 10)}`);
  await agent.locator('main.report:not([aria-busy]) .figures').waitFor();
  await picture(agent, 'dashboard');
  for (const each of [customer, agent, other]) await each.context().close();
}

try {
  for (const lang of wanted.length ? wanted : ['fi', 'sv', 'en'])
    for (const [size, options] of Object.entries({ laptop: LAPTOP, phone: PHONE, zoomed: { viewport: { width: 683, height: 384 } } })) await shoot(lang, size, options);
} finally {
  await browser.close();
  await server.remove();
}
