/* The editors' page: a draft of the knowledge base beside the one in use. */
import { h, fill, isLanguage, clock, date, safeHtml } from '/chat/luukku-chat.js';
import { TEXTS as DESK } from '../texts.js';
import { Server } from '../server.js';
import { loginPage, languages } from '../login.js';
import { TEXTS } from './texts.js';

const PREFERENCES = 'luukku-desk', CALM = 3000, BUSY = 500, WEEKS = [1, 2, 4, 8, 13, 26, 52], QUESTIONS = [500, 2000, 10000, 50000];
const read = () => { try { return JSON.parse(localStorage.getItem(PREFERENCES)) || {}; } catch { return {}; } };

class Preview {
  prefer = { lang: (navigator.language || 'fi').slice(0, 2), ...read() };
  server = new Server();
  status = null;
  shown = {}; // what each part was drawn from: it is drawn again only when that changes
  filter = { kind: 'all', direction: 'all', lang: 'all', order: 'worst' };
  answers = null; // of the last question tried: {text, live, draft}
  changes = [];
  total = 0;

  constructor() {
    if (!isLanguage(this.prefer.lang)) this.prefer.lang = 'fi';
    this.server.addEventListener('ended', () => this.showLogin(DESK[this.prefer.lang].ended));
    document.addEventListener('visibilitychange', () => { if (!document.hidden && this.parts) this.look(); });
  }

  get t() { return TEXTS[this.prefer.lang]; }

  async start() {
    document.documentElement.lang = this.prefer.lang;
    try {
      await this.server.resume();
    } catch {
      return this.showLogin();
    }
    this.build();
  }

  speak(lang, note) {
    this.prefer.lang = lang;
    try { localStorage.setItem(PREFERENCES, JSON.stringify({ ...read(), lang })); } catch { /* for as long as the page is open */ }
    document.documentElement.lang = lang;
    if (this.parts || this.gone) this.build();
    else this.showLogin(note);
    document.getElementById('language')?.focus();
  }

  showLogin(note) {
    clearTimeout(this.timer);
    this.parts = null;
    this.gone = false;
    document.title = `${DESK[this.prefer.lang].login} – Luukku`;
    document.body.replaceChildren(loginPage({ texts: DESK[this.prefer.lang], lang: this.prefer.lang, server: this.server, note, speak: (lang) => this.speak(lang, note), entered: () => this.build() }));
  }

  // ---- The frame ----

  bar(whole) {
    const t = this.t;
    return h('header', { class: 'bar' }, whole && h('a', { class: 'skip', href: '#question', onclick: (event) => { event.preventDefault(); document.getElementById('question')?.focus(); } }, t.skip),
      h('img', { src: '/desk/mark.svg', alt: '', width: '30', height: '30' }), h('h1', null, t.title), h('a', { class: 'to', href: '/desk' }, t.desk),
      h('div', { class: 'tongue' }, h('label', { class: 'hidden', for: 'language' }, t.language), h('select', { id: 'language', onchange: (event) => this.speak(event.target.value) }, languages(this.prefer.lang))));
  }

  showNone() {
    clearTimeout(this.timer);
    this.parts = null;
    this.gone = true;
    document.title = `${this.t.title} – Luukku`;
    document.body.replaceChildren(this.bar(), h('main', { class: 'draft' }, h('section', null, h('h2', null, this.t.none), h('p', { class: 'quiet' }, this.t.noneHint))));
  }

  build() {
    const t = this.t, part = (this.parts = {}), draft = document.getElementById('question')?.value || '';
    this.shown = {};
    document.title = `${t.title} – Luukku`;
    part.net = h('p', { class: 'net', role: 'status', hidden: true }, t.noServer);
    part.say = h('p', { class: 'hidden', role: 'status' });
    part.live = h('div', { class: 'version' });
    part.draft = h('div', { class: 'version' });
    part.question = h('input', { id: 'question', autocomplete: 'off', maxlength: '2000', required: true, placeholder: t.questionHint, value: draft });
    part.answers = h('div', { role: 'group', 'aria-label': t.tryTitle, tabindex: '-1' });
    part.weeks = h('select', { id: 'weeks' }, WEEKS.map((n) => h('option', { value: String(n) }, this.weeksText(n))));
    part.questions = h('select', { id: 'questions' }, QUESTIONS.map((n) => h('option', { value: String(n) }, this.number(n))));
    part.begin = h('button', { class: 'main' }, t.compare);
    part.progress = h('div', { role: 'status' });
    part.comparison = h('div');
    part.wrong = h('p', { class: 'wrong', role: 'alert' });
    document.body.replaceChildren(this.bar(true), part.net, part.say, h('main', { class: 'draft' },
      h('section', { class: 'pair', 'aria-label': `${t.live}, ${t.draft}` }, part.live, part.draft),
      h('section', { 'aria-labelledby': 'try' }, h('h2', { id: 'try' }, t.tryTitle), h('form', { class: 'asking', onsubmit: (event) => { event.preventDefault(); this.ask(part.question.value.trim()); } },
        h('div', { class: 'grow' }, h('label', { for: 'question' }, t.question), part.question), h('button', { class: 'main' }, t.ask)), part.wrong, part.answers),
      h('section', { 'aria-labelledby': 'compare' }, h('h2', { id: 'compare' }, t.compareTitle), h('p', { class: 'hint' }, t.compareHint),
        h('form', { class: 'asking', onsubmit: (event) => { event.preventDefault(); this.compare(); } }, h('div', null, h('label', { for: 'weeks' }, t.weeks), part.weeks), h('div', null, h('label', { for: 'questions' }, t.questions), part.questions), part.begin),
        part.progress, part.comparison)));
    if (this.answers) this.drawAnswers();
    if (this.status) this.draw(this.status);
    this.look();
  }

  number(n) { return new Intl.NumberFormat({ fi: 'fi-FI', sv: 'sv-FI', en: 'en-FI' }[this.prefer.lang]).format(n); }
  weeksText(n) { return n === 1 ? this.t.week : fill(this.t.weeksN, { n }); }

  /* Draws a part unless it shows this already: whoever reads it or has unfolded something is not disturbed. */
  redraw(name, from, make) {
    const as = JSON.stringify(from);
    if (this.shown[name] === as) return;
    this.shown[name] = as;
    this.parts[name].replaceChildren(...[make()].flat(2).filter(Boolean));
  }

  // ---- What the server knows ----

  async look() {
    clearTimeout(this.timer);
    const turn = (this.turn = {});
    try {
      const status = await this.server.call('/preview');
      if (this.turn !== turn || !this.parts) return;
      this.parts.net.hidden = true;
      this.draw(status);
    } catch (error) {
      if (error.code === 'no-preview') return this.showNone();
      if (this.turn !== turn || !this.parts) return;
      this.parts.net.hidden = false;
    }
    if (!document.hidden) this.timer = setTimeout(() => this.look(), this.status?.comparing ? BUSY : CALM);
  }

  draw(status) {
    const before = this.status, t = this.t;
    this.status = status;
    this.drawVersion('live', t.live, status.live, t.brokenLive);
    this.drawVersion('draft', t.draft, status.draft, status.draft.generation ? t.brokenDraft : t.brokenFirst);
    if (before && before.draft.generation !== status.draft.generation && before.draft.generation) {
      this.parts.say.textContent = t.reloaded;
      if (this.answers) this.ask(this.answers.text, true);
    }
    if (!before || !this.shown.choices) {
      this.shown.choices = 'set';
      this.choose(this.parts.weeks, status.weeks, (n) => this.weeksText(n));
      this.choose(this.parts.questions, status.questions, (n) => this.number(n));
    }
    this.parts.begin.disabled = Boolean(status.comparing);
    this.redraw('progress', status.comparing, () => this.progress(status.comparing));
    if (before?.comparing && !status.comparing && status.comparison && !status.comparison.trouble) this.parts.say.textContent = fill(t.done, { changed: this.number(status.comparison.changed) });
    this.drawComparison(status);
  }

  choose(select, value, words) {
    if (![...select.options].some((option) => option.value === String(value))) select.append(h('option', { value: String(value) }, words(value)));
    select.value = String(value);
  }

  drawVersion(name, title, version, broken) {
    const t = this.t, bad = version.troubles.length, lang = this.prefer.lang;
    this.parts[name].classList.toggle('broken', bad > 0);
    this.redraw(name, version, () => [
      h('h2', null, title, bad ? h('span', { class: 'chip alert' }, fill(t.broken, { n: bad })) : version.loaded && h('span', { class: 'chip good' }, t.fine)),
      h('p', { class: 'quiet' }, version.loaded ? `${fill(t.loaded, { date: date(version.loaded, lang), time: clock(version.loaded, lang) })} · ${fill(t.entries, { n: this.number(version.entries) })}` : bad ? '' : t.loading),
      bad > 0 && h('div', { class: 'troubles', role: 'alert' }, h('p', null, broken), h('ul', { 'aria-label': fill(t.errors, { name: title }), lang: 'en' }, version.troubles.map((line) => h('li', null, line)))),
    ]);
  }

  // ---- Trying a question ----

  async ask(text, again) {
    const t = this.t, part = this.parts;
    if (!text) return;
    part.wrong.textContent = '';
    try {
      const both = await this.server.post('/preview/ask', { text, lang: this.prefer.lang });
      this.answers = { text, ...both };
      if (this.parts) this.drawAnswers(again);
    } catch (error) {
      if (this.parts) this.parts.wrong.textContent = error.status === 413 ? t.tooLong : error.status ? t.notDone : t.noServer;
    }
  }

  drawAnswers(again) {
    const t = this.t, { text, live, draft } = this.answers, same = draft && live.act === draft.act && live.entry === draft.entry && live.html === draft.html && live.band === draft.band;
    const open = [...this.parts.answers.querySelectorAll('details')].map((node) => node.open);
    this.parts.answers.replaceChildren(h('p', { class: `outcome ${same ? '' : 'other'}`, role: 'status' }, h('span', { class: 'hidden' }, `${fill(t.asked, { text })} `), !draft ? t.noDraft : same ? t.same : t.differs),
      h('div', { class: 'pair' }, this.verdict(t.live, live), draft && this.verdict(t.draft, draft)));
    if (again) this.parts.answers.querySelectorAll('details').forEach((node, i) => (node.open = open[i] || false));
  }

  sure(verdict) { return `${fill(this.t.sure, { n: Math.round(verdict.confidence * 100) })} (${this.t.bands[verdict.band]})`; }

  verdict(name, v) {
    const t = this.t;
    return h('article', { class: 'verdict', 'aria-label': name }, h('h3', null, name, h('span', { class: `chip ${v.act === 'fallback' ? 'alert' : 'strong'}` }, t.acts[v.act]), h('span', { class: 'chip' }, this.sure(v))),
      v.title && h('p', { class: 'title', lang: v.lang }, v.title), v.entry && h('p', null, h('code', null, v.action ? `${v.entry} → ${v.action}` : v.entry)),
      v.html && h('div', { class: 'preview', lang: v.lang }, safeHtml(v.html, t.newTab)),
      v.choices.length > 0 && [h('p', { class: 'title' }, t.choices), h('ul', { class: 'choices', lang: v.lang }, v.choices.map((each) => h('li', null, each)))],
      h('details', null, h('summary', null, t.why, h('span', { class: 'hidden' }, ` (${name})`)), h('pre', { tabindex: '0', role: 'region', 'aria-label': fill(t.whyOf, { name }), lang: 'en' }, v.why)));
  }

  // ---- Comparing ----

  async compare() {
    const part = this.parts;
    part.begin.disabled = true;
    part.wrong.textContent = '';
    try {
      this.draw(await this.server.post('/preview/compare', { weeks: Number(part.weeks.value), questions: Number(part.questions.value) }));
    } catch (error) {
      if (this.parts && error.code !== 'comparing') part.wrong.textContent = error.status ? this.t.notDone : this.t.noServer;
    }
    if (this.parts) this.look();
  }

  progress(comparing) {
    if (!comparing) return [];
    const t = this.t, words = comparing.total ? fill(t.progress, { done: this.number(comparing.done), total: this.number(comparing.total) }) : t.gathering;
    return [h('p', { class: 'summary', id: 'progress-words' }, words), h('progress', { 'aria-labelledby': 'progress-words', max: String(comparing.total || 1), value: comparing.total ? String(comparing.done) : null })];
  }

  drawComparison({ live, draft, comparison: c }) {
    const t = this.t, stale = c && !c.trouble && (c.live_generation !== live.generation || c.draft_generation !== draft.generation);
    this.redraw('comparison', [c, stale], () => {
      if (!c) return h('p', { class: 'quiet summary' }, t.notYet);
      if (c.trouble) return h('p', { class: 'wrong summary' }, fill(t.failed, { why: c.trouble }));
      const numbers = Object.fromEntries(Object.entries(c).map(([name, n]) => [name, this.number(n)]));
      const words = !c.asked ? t.noQuestions : fill(c.changed ? t.summary : t.nothing, { ...numbers, weeks: this.weeksText(c.weeks) });
      this.parts.list = h('div');
      queueMicrotask(() => c.changed && this.read(0));
      return [stale && h('p', { class: 'stale' }, t.stale), h('p', { class: 'summary' }, words), c.changed > 0 && this.filters(), this.parts.list];
    });
  }

  filters() {
    const t = this.t, one = (name, words, options) => h('div', null, h('label', { for: `filter-${name}` }, words), h('select', { id: `filter-${name}`, onchange: (event) => { this.filter[name] = event.target.value; this.read(0); } },
      Object.entries(options).map(([value, label]) => h('option', { value, selected: this.filter[name] === value }, label))));
    return h('fieldset', { class: 'filters' }, h('legend', null, t.filters), one('kind', t.kind, t.kinds), one('direction', t.direction, t.directions), one('lang', t.langFilter, t.langs), one('order', t.order, t.orders));
  }

  query(more = {}) {
    const words = Object.entries({ ...this.filter, ...more }).filter(([, value]) => value !== 'all' && value !== 0);
    return words.length ? `?${new URLSearchParams(words)}` : '';
  }

  async read(from) {
    const turn = (this.reading = {});
    try {
      const page = await this.server.call(`/preview/changes${this.query({ from })}`);
      if (this.reading !== turn || !this.parts) return;
      this.changes = from ? [...this.changes, ...page.changes] : page.changes;
      this.total = page.total;
      this.drawChanges(from);
    } catch (error) {
      if (this.parts && error.status !== 401) this.parts.wrong.textContent = error.status ? this.t.notDone : this.t.noServer;
    }
  }

  drawChanges(from) {
    const t = this.t, { list } = this.parts, left = this.total - this.changes.length, { order, ...filter } = this.filter;
    if (!this.total) return list.replaceChildren(h('p', { class: 'quiet', role: 'status' }, t.noMatch));
    const words = Object.entries(filter).filter(([, value]) => value !== 'all');
    list.replaceChildren(h('table', null, h('caption', null, `${t.changes} (${this.number(this.total)})`),
      h('thead', null, h('tr', null, [t.question, t.live, t.draft, t.change].map((name) => h('th', { scope: 'col' }, name)))),
      h('tbody', null, this.changes.map((change, i) => this.row(change, i)))),
    h('div', { class: 'after' }, left > 0 && h('button', { type: 'button', onclick: () => this.read(this.changes.length) }, fill(t.more, { n: this.number(left) })),
      h('a', { href: `/desk/api/preview/changes.tsv${words.length ? `?${new URLSearchParams(words)}` : ''}`, download: '', 'aria-describedby': 'export-hint' }, t.export), h('span', { class: 'quiet', id: 'export-hint' }, t.exportHint)));
    if (from) list.querySelector(`[data-row="${from}"]`)?.focus();
  }

  row(change, i) {
    const t = this.t, n = Math.round(change.gain * 100), kind = n > 0 ? 'better' : n < 0 ? 'worse' : 'level', lang = change.lang;
    const cell = (name, v) => h('td', { 'data-name': name }, t.acts[v.act], v.title && h('span', null, ': ', h('span', { lang }, v.title)), h('span', { class: 'quiet' }, this.sure(v)));
    return h('tr', null, h('td', { 'data-name': t.question }, h('span', { lang }, change.text), h('span', { class: 'quiet' }, change.count === 1 ? t.once : fill(t.times, { n: this.number(change.count) }))),
      cell(t.live, change.live), cell(t.draft, change.draft),
      h('td', { 'data-name': t.change }, h('span', { class: `gain ${kind}` }, `${n > 0 ? '+' : n < 0 ? '−' : '±'}${Math.abs(n)} ${t[kind]}`),
        h('button', { type: 'button', class: 'small', 'data-row': String(i), 'aria-label': fill(t.tryThisOne, { text: change.text }), onclick: () => this.tryOut(change.text) }, t.tryThis)));
  }

  async tryOut(text) {
    this.parts.question.value = text;
    await this.ask(text);
    this.parts?.answers.scrollIntoView({ block: 'nearest' });
    this.parts?.answers.focus({ preventScroll: true });
  }
}

new Preview().start();
