/* Key figures for supervisors. The server draws tables and plots; this page asks for them and keeps the chosen period in its address. */
import { h, fill, isLanguage, displayName, pause } from '/chat/luukku-chat.js';
import { TEXTS } from '/desk/texts.js';
import { Server } from '/desk/server.js';
import { loginPage, languages } from '/desk/login.js';
import { WORDS } from './texts.js';

const PREFERENCES = 'luukku-desk', DAY = 86400e3, PERIODS = [7, 28, 91, 365];
const read = () => { try { return JSON.parse(localStorage.getItem(PREFERENCES)) || {}; } catch { return {}; } };
const today = () => new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Helsinki' }).format(Date.now());
const plus = (day, days) => new Date(Date.parse(day) + days * DAY).toISOString().slice(0, 10);

class Dashboard {
  lang = (read().lang || navigator.language || 'fi').slice(0, 2);
  server = new Server();
  asked = 0;

  constructor() {
    if (!isLanguage(this.lang)) this.lang = 'fi';
    this.server.addEventListener('ended', () => this.showLogin(this.t.ended));
    addEventListener('popstate', () => this.parts && this.load());
  }

  get t() { return { ...TEXTS[this.lang], ...WORDS[this.lang] }; }

  async start() {
    document.documentElement.lang = this.lang;
    try {
      await this.server.resume();
    } catch {
      return this.showLogin();
    }
    this.enter();
  }

  showLogin(note) {
    this.parts = null;
    this.title();
    document.body.replaceChildren(loginPage({ texts: this.t, lang: this.lang, server: this.server, note, speak: (lang) => { this.keep(lang); this.showLogin(note); }, entered: () => this.enter() }));
  }

  keep(lang) {
    this.lang = lang;
    document.documentElement.lang = lang;
    try { localStorage.setItem(PREFERENCES, JSON.stringify({ ...read(), lang })); } catch { /* for as long as the page is open */ }
  }

  speak(lang) {
    this.keep(lang);
    this.enter();
    this.parts?.language.focus();
  }

  title() { document.title = `${this.t.title} – Luukku`; }

  async logout() {
    await this.server.logout().catch(() => {});
    this.showLogin();
  }

  // ---- The frame ----

  enter() {
    const t = this.t, part = (this.parts = {});
    this.title();
    part.language = h('select', { id: 'language', onchange: (event) => this.speak(event.target.value) }, languages(this.lang));
    const bar = h('header', { class: 'bar' }, h('h1', null, t.title), h('span', { class: 'facts' }), h('a', { href: '/desk' }, t.toDesk),
      h('label', { class: 'hidden', for: 'language' }, t.language), part.language, h('span', { class: 'who' }, displayName(this.server.session.agent.name)),
      h('button', { type: 'button', class: 'plain', onclick: () => this.logout() }, t.logout));
    if (this.server.session.agent.role !== 'supervisor') {
      this.parts = null;
      document.body.replaceChildren(bar, h('main', { class: 'report' }, h('p', { class: 'denied' }, fill(t.denied, { name: displayName(this.server.session.agent.name) }))));
      bar.querySelector('select').focus();
      return;
    }
    part.status = h('p', { class: 'status', role: 'status' });
    part.report = h('main', { class: 'report', id: 'report', tabindex: '-1' });
    document.body.replaceChildren(h('a', { class: 'skip', href: '#report' }, t.skip), bar, this.controls(), part.status, part.report);
    this.load();
  }

  controls() {
    const t = this.t, part = this.parts;
    const name = (days) => (days === 365 ? t.year : fill(t.days, { n: days }));
    part.period = h('select', { id: 'period', onchange: () => this.choose() }, PERIODS.map((days) => h('option', { value: String(days) }, name(days))), h('option', { value: '' }, t.own));
    part.from = h('input', { id: 'from', type: 'date', required: true, onchange: () => (part.period.value = '') });
    part.to = h('input', { id: 'to', type: 'date', required: true, onchange: () => (part.period.value = '') });
    part.compare = h('input', { id: 'compare', type: 'checkbox', onchange: () => this.go() });
    part.exports = h('p', { class: 'exports' }, h('span', null, t.export), ['csv', 'json', 'html'].map((format) => h('a', { 'data-format': format, download: '' }, format === 'html' ? t.html : format.toUpperCase())));
    const field = (id, words, input) => h('div', null, h('label', { for: id }, words), input);
    return h('form', { class: 'controls', 'aria-label': t.choose, onsubmit: (event) => { event.preventDefault(); this.go(); } },
      field('period', t.period, part.period), field('from', t.from, part.from), field('to', t.to, part.to), h('button', { class: 'main' }, t.show),
      h('label', { class: 'tick' }, part.compare, t.compare), part.exports);
  }

  choose() {
    const { period, from, to } = this.parts;
    if (!period.value) return from.focus();
    to.value = plus(today(), -1);
    from.value = plus(today(), -Number(period.value));
    this.go();
  }

  // ---- The period, in the page's address: so it can be kept, sent and gone back to ----

  go() {
    const { from, to, compare } = this.parts;
    const query = new URLSearchParams({ from: from.value, to: to.value && plus(to.value, 1), ...(!compare.checked && { compare: '0' }) });
    history.pushState(null, '', `?${query}`);
    this.load();
  }

  get query() {
    const query = new URLSearchParams(location.search);
    query.set('lang', this.lang);
    return query;
  }

  address(format) {
    const query = this.query;
    query.set('format', format);
    return `/figures?${query}`;
  }

  async load() {
    const part = this.parts, t = this.t, mine = ++this.asked;
    const current = () => mine === this.asked && part === this.parts;
    part.compare.checked = this.query.get('compare') !== '0';
    part.report.setAttribute('aria-busy', 'true');
    part.status.textContent = t.loading;
    try {
      const text = await this.ask(() => current() && (part.status.textContent = t.counting), current);
      if (current()) this.show(text);
    } catch (error) {
      if (!current()) return;
      part.status.textContent = error.status === 400 ? t.wrong : error.status === 403 ? fill(t.denied, { name: displayName(this.server.session.agent.name) }) : t.failed;
      part.report.replaceChildren();
    }
    part.report.removeAttribute('aria-busy');
  }

  /* A long history is counted a few seconds at a time, until all of it is. */
  async ask(counting, wanted) {
    for (;;) {
      try {
        return await this.server.call(this.address('part'));
      } catch (error) {
        if (error.status !== 503 || !wanted()) throw error;
        counting();
        await pause(error.retryAfter || 1);
      }
    }
  }

  show(text) {
    const part = this.parts, page = new DOMParser().parseFromString(text, 'text/html');
    part.report.replaceChildren(...page.body.childNodes);
    const { from, until } = part.report.querySelector('.period').dataset;
    part.from.value = from;
    part.to.value = plus(until, -1);
    const days = (Date.parse(until) - Date.parse(from)) / DAY;
    part.period.value = until === today() && PERIODS.includes(days) ? String(days) : '';
    for (const link of part.exports.querySelectorAll('a')) link.href = `/desk/api${this.address(link.dataset.format)}`;
    part.status.textContent = this.t.shown;
  }
}

new Dashboard().start();
