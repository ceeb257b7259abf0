/* The npm package that Bot Framework Web Chat is built on, as a page of the shop uses it, against the real server. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { becomeBrowser } from './browser.js';
import { Agent, Server } from './shop.js';

const { failures, requests } = becomeBrowser();
const { ConnectionStatus, DirectLine } = (await import('botframework-directlinejs')).default;
const PATIENCE = 30000; // milliseconds for anything that has to happen
const clients = [];

after(() => clients.forEach((client) => client.close()));

/* A page: the client, what it was shown, and its status. */
class Page {
  constructor(server, options = {}) {
    clients.push(this);
    this.shown = [];
    this.statuses = [];
    this.line = new DirectLine({ domain: server.domain, webSocket: false, pollingInterval: 200, conversationStartProperties: { locale: 'fi-FI' }, ...options });
    this.subscriptions = [
      this.line.connectionStatus$.subscribe((status) => this.statuses.push(status)),
      this.line.activity$.subscribe((activity) => this.shown.push(activity), (error) => (this.error = error), () => (this.over = true)),
    ];
  }

  get status() { return this.statuses.at(-1); }
  texts(role) { return this.shown.filter((a) => a.type === 'message' && a.from.role === role).map((a) => a.text); }

  post(activity) {
    return new Promise((done, failed) => this.line.postActivity({ from: { id: 'aino', name: 'Aino' }, ...activity }).take(1).subscribe(done, failed));
  }

  say(text, channelData) { return this.post({ type: 'message', text, channelData }); }

  async until(what, why) {
    const end = Date.now() + PATIENCE;
    for (let found; Date.now() < end; await new Promise((done) => setTimeout(done, 20))) if ((found = what())) return found;
    throw new Error(`this did not happen in time: ${why}; shown: ${JSON.stringify(this.shown.map((a) => [a.type, a.text]))}; ${failures}`);
  }

  close() {
    this.subscriptions.forEach((subscription) => subscription.unsubscribe());
    this.line.end();
  }
}

async function serving(t, settings) {
  const server = await Server.start(settings);
  t.after(() => server.remove());
  return server;
}

function page(t, server, options) {
  const opened = new Page(server, options);
  t.after(() => opened.close());
  return opened;
}

test('a customer asks, chooses, is handed over to an agent, talks with them, and hears of the end', async (t) => {
  const server = await serving(t);
  const customer = page(t, server), agent = await Agent.arrive(server, 'maija');
  await customer.until(() => customer.texts('bot').length, 'a greeting');

  const id = await customer.say('mikä on toimitusaika?', { clientActivityID: 'a1', own: true });
  const echo = await customer.until(() => customer.shown.find((a) => a.id === id), 'the own message');
  assert.deepEqual(echo.channelData, { clientActivityID: 'a1', own: true });
  assert.equal(echo.from.role, 'user');
  await customer.until(() => customer.shown.some((a) => a.replyToId === id), 'an answer');

  for (const words of ['palautus', 'tilaus', 'maksu', 'toimitus', 'paketti']) {
    const asked = await customer.say(words);
    const answer = await customer.until(() => customer.shown.findLast((a) => a.replyToId === asked), 'an answer');
    if (answer.suggestedActions) break;
  }
  const offered = customer.shown.findLast((a) => a.suggestedActions);
  const chosen = await customer.say(offered.suggestedActions.actions[0].value);
  await customer.until(() => customer.shown.some((a) => a.replyToId === chosen), 'an answer to the choice');

  await customer.say('haluan puhua ihmisen kanssa');
  const conversation = customer.line.conversationId;
  await customer.until(() => customer.shown.length && customer.texts('user').includes('haluan puhua ihmisen kanssa'), 'the request');
  const [waiting] = (await agent.call('GET', '/queue')).waiting;
  assert.equal(waiting.conversation, conversation);
  await agent.call('POST', `/conversations/${conversation}/claim`, {});
  await agent.call('POST', `/conversations/${conversation}/typing`);
  await customer.until(() => customer.shown.some((a) => a.type === 'typing'), 'that the agent is typing');
  await agent.say(conversation, 'Hei, olen Maija.');
  const greeting = await customer.until(() => customer.shown.find((a) => a.text === 'Hei, olen Maija.'), "the agent's message");
  assert.equal(greeting.from.name, 'maija');

  const before = customer.texts('bot').length;
  await customer.post({ type: 'typing' });
  await customer.say('Hei Maija!');
  await agent.say(conversation, 'Selvä, hoidan asian.');
  await customer.until(() => customer.texts('bot').includes('Selvä, hoidan asian.'), "the agent's answer");
  assert.equal(customer.texts('bot').length, before + 1, 'the bot is silent while a person has the conversation');
  const { messages } = await agent.call('GET', `/conversations/${conversation}`);
  assert.ok(messages.some((m) => m.from === 'customer' && m.text === 'Hei Maija!'));

  await agent.call('POST', `/conversations/${conversation}/close`, { kind: 'other' });
  await customer.until(() => customer.shown.at(-1).type === 'endOfConversation', 'the end');
  await customer.until(() => customer.status === ConnectionStatus.Ended, 'the status of the end');
  for (const activity of customer.shown.filter((a) => a.from.role === 'bot')) assert.equal(activity.channelData, undefined);
  const ids = customer.shown.filter((a) => a.type === 'message').map((a) => a.id);
  assert.equal(new Set(ids).size, ids.length, 'nothing comes twice');
  assert.deepEqual(failures, []);
});

test('a page that is loaded again goes on with its conversation', async (t) => {
  const server = await serving(t);
  const first = page(t, server);
  await first.until(() => first.shown.length, 'a greeting');
  await first.say('hei');
  await first.until(() => first.texts('user').length, 'the own message');
  const { conversationId, token } = first.line;
  first.close();
  const second = page(t, server, { conversationId, token });
  await second.until(() => second.texts('user').includes('hei'), 'what was said before');
  await second.say('vielä yksi asia');
  await second.until(() => second.texts('user').includes('vielä yksi asia'), 'the new message');
  assert.equal(second.line.conversationId, conversationId);
});

test('an expired token is told as such, and a new one from the shop goes on', async (t) => {
  const server = await serving(t, { secret: true, 'directline-token-seconds': 2 });
  const { token, conversationId } = await server.asShop('POST', '/tokens/generate');
  const customer = page(t, server, { token });
  await customer.until(() => customer.shown.length, 'a greeting');
  assert.equal(customer.line.conversationId, conversationId);
  await customer.until(() => customer.status === ConnectionStatus.ExpiredToken, 'that the token has expired');
  const renewed = await server.asShop('GET', `/conversations/${conversationId}?watermark=`);
  customer.line.reconnect(renewed);
  assert.equal(customer.status, ConnectionStatus.Online);
  await customer.say('hei');
  assert.ok(!customer.statuses.includes(ConnectionStatus.FailedToConnect));
});

test('a client that polls too often goes on polling', async (t) => {
  const server = await serving(t, { 'requests-per-minute': 6 });
  const customer = page(t, server);
  await customer.until(() => customer.shown.length, 'a greeting');
  const until = requests.count + 20; // many more than are allowed
  await customer.until(() => requests.count > until, 'more polls');
  assert.equal(customer.status, ConnectionStatus.Online);
});

test('a file is refused, and the conversation goes on', async (t) => {
  const server = await serving(t);
  const customer = page(t, server);
  await customer.until(() => customer.shown.length, 'a greeting');
  const refused = await customer
    .post({ type: 'message', text: 'katso', attachments: [{ name: 'a.txt', contentType: 'text/plain', contentUrl: `${server.address}/api/v1/shop` }] })
    .then(() => null, (error) => error);
  assert.equal(refused?.status, 415);
  assert.equal(refused.xhr.response.error.code, 'AttachmentsNotSupported');
  await customer.say('hei');
  await customer.until(() => customer.texts('user').includes('hei'), 'the message');
});
