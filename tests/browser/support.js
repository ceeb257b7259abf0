/* A real server with the sample shop, real browsers, and what the tests do with them again and again. */
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';

export const SOURCE = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');
const PROGRAM = process.env.LUUKKU_PROGRAM || join(SOURCE, 'build', 'luukku');
const CHROMIUM = process.env.LUUKKU_CHROMIUM || '/usr/bin/chromium';
export const PASSWORD = 'a rather long password';
const AXE = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');

const CANNED = { fi: 'Hei! Katson asiaasi heti.', sv: 'Hej! Jag tittar på ditt ärende genast.', en: 'Hello! I will look at this right away.' };

function freePort() {
  return new Promise((done, failed) => {
    const socket = createServer().once('error', failed).listen(0, '127.0.0.1', () => {
      const { port } = socket.address();
      socket.close(() => done(port));
    });
  });
}

/* The knowledge base is a copy of the sample shop's, whose desk is always open and which has a canned reply in each language; `edit` may change it further, and add settings in `more`. */
export class Server {
  static async start(settings = {}, edit = () => {}) {
    const server = new Server();
    server.folder = mkdtempSync(join(tmpdir(), 'luukku-browser-'));
    server.kb = join(server.folder, 'kb');
    server.db = join(server.folder, 'chat.db');
    server.orders = join(server.folder, 'orders.db');
    cpSync(join(SOURCE, 'kb'), server.kb, { recursive: true });
    const shop = join(server.kb, 'shop.xml');
    writeFileSync(shop, readFileSync(shop, 'utf8').replace(/<hours desk="chat">.*?<\/hours>/s, '<hours desk="chat"><open days="mon-sun" from="00:00" to="24:00"/></hours>'));
    for (const [lang, text] of Object.entries(CANNED))
      writeFileSync(join(server.kb, lang, 'canned-test.xml'), `<kb xmlns="urn:luukku:kb:1" xml:lang="${lang}"><message id="canned-test">${text}</message></kb>`);
    edit(server.kb, server);
    run(['orders', 'init', '--orders', server.orders, '--force']);
    server.port = await freePort();
    server.settings = { 'conversations-per-hour': 0, 'requests-per-minute': 0, 'logins-per-hour': 1000, 'reload-seconds': 0, ...settings, ...server.more };
    await server.run();
    return server;
  }

  get address() { return `http://127.0.0.1:${this.port}`; }

  async run() {
    const flags = Object.entries(this.settings).flatMap(([name, value]) => (value === true ? [`--${name}`] : [`--${name}`, String(value)]));
    this.process = spawn(PROGRAM, ['serve', '--listen', `127.0.0.1:${this.port}`, '--db', this.db, '--orders', this.orders, '--kb', this.kb, '--log', join(this.folder, 'log'), ...flags], { stdio: ['ignore', 'pipe', 'pipe'] });
    let errors = '';
    this.process.stderr.on('data', (text) => (errors += text));
    await new Promise((done, failed) => {
      this.process.stdout.once('data', done);
      this.process.once('exit', () => failed(new Error(`the server did not start: ${errors}`)));
    });
  }

  async end(signal) {
    const gone = new Promise((done) => this.process.once('exit', done));
    if (this.process.exitCode === null && this.process.signalCode === null && this.process.kill(signal)) await gone;
  }

  async remove() {
    await this.end('SIGTERM');
    rmSync(this.folder, { recursive: true, force: true });
  }

  addAgent(name, role = 'agent') { run(['agent', 'add', name, '--role', role, '--db', this.db, '--replace'], PASSWORD + '\n'); }
}

function run(words, input) {
  const { status, stderr } = spawnSync(PROGRAM, words, { input, encoding: 'utf8' });
  assert.equal(status, 0, stderr);
}

export const launch = () => chromium.launch({
  executablePath: CHROMIUM,
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});

export const LAPTOP = { viewport: { width: 1366, height: 768 } };
export const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 };

/* A fresh browser profile with one page. Whatever a page complains about fails the test (but what is said about answers that a test provokes). */
export async function page(browser, options = {}) {
  const context = await browser.newContext({ locale: 'fi-FI', timezoneId: 'Europe/Helsinki', reducedMotion: 'reduce', ...LAPTOP, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(20000);
  page.complaints = [];
  page.on('pageerror', (error) => page.complaints.push(String(error.stack)));
  page.on('console', (message) => { if (message.type() === 'error' && !/Failed to load resource/.test(message.text())) page.complaints.push(message.text()); });
  return page;
}

export async function close(...pages) {
  for (const each of pages) {
    assert.deepEqual(each.complaints, []);
    await each.context().close();
  }
}

export const SAID = {
  fi: { delivery: 'mikä on toimitusaika', status: 'tilaus 100234 tilanne', person: 'ihminen', question: 'Mikä on tilauksen toimitusaika?', state: 'Matkalla' },
  sv: { delivery: 'vad är leveranstiden', status: 'status för beställning 100234', person: 'människa', state: 'På väg' },
  en: { delivery: 'how long does delivery take', status: 'status of order 100234', person: 'human', state: 'On its way' },
};

/* The chat on the sample shop's page. Playwright looks into open shadow roots. */
export class Chat {
  constructor(page) {
    this.page = page;
    this.root = page.locator('luukku-chat');
    this.input = this.root.locator('#input');
    this.log = this.root.getByRole('log');
    this.launcher = this.root.locator('.launcher');
    this.net = this.root.locator('.net');
  }

  static async on(page, server, lang = 'fi') {
    await page.goto(`${server.address}/demo?lang=${lang}`);
    return new Chat(page);
  }

  async open() {
    await this.launcher.click();
    await this.root.locator('.message.bot').first().waitFor();
    return this;
  }

  async say(text) {
    const before = await this.root.locator('.message.bot').count();
    await this.type(text);
    await this.page.waitForFunction((n) => document.querySelector('luukku-chat').shadowRoot.querySelectorAll('.message.bot').length > n, before);
  }

  async type(text) {
    await this.input.fill(text);
    await this.input.press('Enter');
  }

  last(kind = 'bot') { return this.root.locator(`.message.${kind}`).last(); }
  times(text) { return this.log.getByText(text, { exact: true }).count(); }

  async verify(lang) {
    await this.say(SAID[lang].status);
    await this.say('00100');
  }
}

export class Desk {
  constructor(page) { this.page = page; }

  static async login(page, server, name) {
    await page.goto(`${server.address}/desk`);
    await page.locator('#name').fill(name);
    await page.locator('#password').fill(PASSWORD);
    await page.locator('form button').click();
    await page.locator('nav.list').waitFor();
    await page.waitForFunction(() => /\d/.test(document.querySelector('.facts').textContent));
    return new Desk(page);
  }

  get waiting() { return this.page.locator('.wait'); }

  async claim() {
    await this.page.locator('.wait button').first().click();
    await this.page.locator('.actions button.main').waitFor();
    await this.page.locator('.tab[data-kind=reply]').waitFor();
  }

  async reply(text) {
    await this.page.locator('.tab[data-kind=reply]').click();
    await this.page.locator('#reply').fill(text);
    await this.page.locator('#reply').press('Enter');
  }

  async note(text) {
    await this.page.locator('.tab[data-kind=note]').click();
    await this.page.locator('#reply').fill(text);
    await this.page.locator('#reply').press('Enter');
  }
}

/* axe-core finds nothing: all its rules, in the page as it is now. Injected by the debugger, so the page's own Content-Security-Policy stays in force. */
export async function accessible(page, what) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  assert.deepEqual(violations.map((each) => `${what}: ${each.id}: ${each.nodes.map((node) => node.target.flat(9).join(' ') + ' ' + node.failureSummary).join('; ')}`), []);
}
