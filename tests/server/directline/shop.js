/* A real server whose desk is always open, and an agent at it. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ORIGIN } from './browser.js';

const SOURCE = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const PROGRAM = process.env.LUUKKU_PROGRAM || join(SOURCE, 'build', 'luukku');
const PASSWORD = 'a rather long password';
export const SECRET = 'a secret of at least thirty-two bytes';

export class Server {
  static async start(settings = {}) {
    const server = new Server();
    server.folder = mkdtempSync(join(tmpdir(), 'luukku-directline-'));
    server.db = join(server.folder, 'chat.db');
    server.secretFile = join(server.folder, 'secret');
    writeFileSync(server.secretFile, SECRET);
    const kb = join(server.folder, 'kb'), shop = join(kb, 'shop.xml');
    cpSync(join(SOURCE, 'kb'), kb, { recursive: true });
    writeFileSync(shop, readFileSync(shop, 'utf8').replace(/<hours desk="chat">.*?<\/hours>/s, '<hours desk="chat"><open days="mon-sun" from="00:00" to="24:00"/></hours>'));
    const all = { directline: 'yes', origins: ORIGIN, listen: '127.0.0.1:0', db: server.db, kb, log: 'none', 'conversations-per-hour': 0, 'requests-per-minute': 0, 'messages-per-minute': 0, 'reload-seconds': 0, ...settings };
    if (settings.secret) all['directline-secret-file'] = server.secretFile;
    delete all.secret;
    server.process = spawn(PROGRAM, ['serve', ...Object.entries(all).flatMap(([name, value]) => [`--${name}`, String(value)])], { stdio: ['ignore', 'pipe', 'inherit'] });
    const line = await new Promise((done, failed) => {
      server.process.stdout.once('data', (text) => done(String(text)));
      server.process.once('exit', () => failed(new Error('the server did not start')));
    });
    server.address = line.match(/http:\/\/127\.0\.0\.1:\d+/)[0];
    return server;
  }

  get domain() { return `${this.address}/v3/directline`; }

  /* As the shop's own server calls. */
  async asShop(method, path) {
    const answer = await fetch(this.domain + path, { method, headers: { Authorization: `Bearer ${SECRET}` } });
    assert.equal(answer.status, 200);
    return answer.json();
  }

  async remove() {
    const gone = new Promise((done) => this.process.once('exit', done));
    this.process.kill('SIGTERM');
    await gone;
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export class Agent {
  static async arrive(server, name) {
    const { status, stderr } = spawnSync(PROGRAM, ['agent', 'add', name, '--db', server.db, '--replace'], { input: PASSWORD + '\n', encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    const agent = new Agent();
    agent.server = server;
    const answer = await fetch(`${server.address}/desk/api/login`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ name, password: PASSWORD }) });
    agent.cookie = answer.headers.get('set-cookie').split(';')[0];
    agent.csrf = (await answer.json()).csrf;
    await agent.call('POST', '/presence', { here: true });
    return agent;
  }

  async call(method, path, body) {
    const headers = { Cookie: this.cookie, 'X-CSRF-Token': this.csrf, 'Content-Type': 'application/json' };
    const answer = await fetch(`${this.server.address}/desk/api${path}`, { method, headers, body: body && JSON.stringify(body) });
    assert.ok(answer.ok, `${method} ${path}: ${answer.status}`);
    return answer.status === 204 ? null : answer.json();
  }

  say(conversation, text) {
    return this.call('POST', `/conversations/${conversation}/messages`, { client_id: `m${Math.random()}`.replace('.', ''), text });
  }
}
