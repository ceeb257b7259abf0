/* The agents' desk. What is true is the server's: every change is asked of it, and lists are read again after each lost connection. */
import { h, fill, isLanguage, displayName } from '/chat/luukku-chat.js';
import { TEXTS } from './texts.js';
import { Server, deliver } from './server.js';
import { loginPage, languages } from './login.js';
import { timeline, since } from './talk.js';
import { orderSection, suggestionSection, cannedSection, customerSection } from './side.js';
import { chime } from './chime.js';

const PREFERENCES = 'luukku-desk', HEARTBEAT = 30;
const read = () => { try { return JSON.parse(localStorage.getItem(PREFERENCES)) || {}; } catch { return {}; } };

/* What the conversation is about: what the bot understood last before it gave up, for what the customer said then is often only "human". */
const topic = (view) => view.events.filter((event) => /^(turn\.(answered|repaired|clarified|fallback)|flow\.started)$/.test(event.type) && event.title).at(-1)?.title;

class Desk {
  prefer = { lang: (navigator.language || 'fi').slice(0, 2), sound: true, title: true, keys: true, understanding: true, ...read() };
  server = new Server();
  waiting = [];
  claimed = [];
  availability = null;
  talks = new Map(); // by conversation: {view, draft, kind, entry, unread, pending, suggestions}
  current = null;
  canned = {};
  here = true;
  drawing = {};

  constructor() {
    if (!isLanguage(this.prefer.lang)) this.prefer.lang = 'fi';
    const on = (name, act) => this.server.addEventListener(name, (event) => act(event.detail));
    on('ended', () => this.showLogin(this.t.ended));
    on('open', () => this.catchUp());
    on('lost', () => (this.parts.net.hidden = false));
    on('case', (found) => this.takeCase(found));
    on('message', ({ conversation, message }) => this.takeMessage(conversation, message));
    on('typing', ({ conversation }) => this.showTyping(conversation));
    on('queue', (availability) => { this.availability = availability; this.drawBar(); });
    document.addEventListener('keydown', (event) => this.key(event));
    document.addEventListener('visibilitychange', () => { if (!document.hidden) this.seen(); });
    setInterval(() => this.tick(), 5000);
    setInterval(() => this.beat(), HEARTBEAT * 1000);
  }

  get t() { return TEXTS[this.prefer.lang]; }
  get me() { return this.server.session?.agent; }
  get talk() { return this.talks.get(this.current); }
  get mine() { return this.isMine(this.talk?.view?.case); }
  isMine(found) { return found?.state === 'claimed' && found.agent === this.me?.name; }

  async start() {
    document.documentElement.lang = this.prefer.lang;
    try {
      await this.server.resume();
    } catch {
      return this.showLogin();
    }
    this.enter();
  }

  keep(changes) {
    Object.assign(this.prefer, changes);
    try { localStorage.setItem(PREFERENCES, JSON.stringify(this.prefer)); } catch { /* for as long as the page is open */ }
  }

  speak(lang, note) {
    this.keep({ lang });
    document.documentElement.lang = lang;
    this.saveDraft();
    if (!this.me) return this.showLogin(note);
    this.build();
    this.drawAll();
  }

  showLogin(note) {
    this.saveDraft();
    this.parts = null;
    document.title = `${this.t.login} – Luukku`;
    document.body.replaceChildren(loginPage({ texts: this.t, lang: this.prefer.lang, server: this.server, note, speak: (lang) => this.speak(lang, note), entered: () => this.enter() }));
  }

  enter() {
    this.build();
    this.server.follow();
    const named = location.hash.slice(1);
    if (/^[a-z0-9]+$/.test(named)) this.open(this.current || named);
    else if (this.current) this.open(this.current);
  }

  async logout() {
    await this.try(() => this.server.logout());
    if (this.me) return;
    this.current = null;
    this.talks.clear();
    history.replaceState(null, '', location.pathname);
    this.showLogin();
  }

  // ---- The frame ----

  build() {
    const t = this.t, part = (this.parts = {});
    part.facts = h('p', { class: 'facts' });
    part.presence = h('button', { type: 'button', class: 'presence', onclick: () => this.togglePresence() });
    part.sound = h('button', { type: 'button', class: 'plain', 'aria-pressed': String(this.prefer.sound), 'aria-label': t.sound, title: t.sound, onclick: () => this.toggleSound() }, h('span', { 'aria-hidden': 'true' }, '♪'));
    part.net = h('p', { class: 'net', role: 'status', hidden: true }, t.lost);
    part.list = h('nav', { class: 'list', 'aria-label': t.lists });
    part.title = h('h2', { tabindex: '-1' });
    part.actions = h('div', { class: 'actions', role: 'group', 'aria-label': t.actions });
    part.timeline = h('ol', { class: 'timeline', 'aria-label': t.transcript, tabindex: '0' });
    part.typing = h('p', { class: 'typing', hidden: true }, t.typing);
    part.composer = this.composer();
    part.head = h('div', { class: 'head' }, h('button', { type: 'button', class: 'back', 'aria-label': t.back, onclick: () => this.view('list') }, '←'), part.title,
      h('button', { type: 'button', class: 'more', onclick: () => this.view('side') }, t.details), part.actions);
    part.empty = h('div', { class: 'empty' }, h('h2', null, t.pick), h('p', null, t.pickHint));
    part.understanding = h('label', { class: 'tick' }, h('input', { type: 'checkbox', checked: this.prefer.understanding, onchange: (event) => { this.keep({ understanding: event.target.checked }); this.drawTimeline(); } }), t.understanding);
    part.talk = h('section', { class: 'talk', id: 'talk', 'aria-label': t.talk, tabindex: '-1' }, part.empty, part.head, part.understanding, part.timeline, part.typing, part.composer);
    part.side = h('section', { class: 'side', 'aria-label': t.details });
    part.panes = h('main', { class: 'panes', 'data-view': 'list' }, part.list, part.talk, part.side);
    part.live = h('div', { class: 'hidden', 'aria-live': 'polite' });
    part.toast = h('div', { class: 'toast', role: 'alert' });
    const bar = h('header', { class: 'bar' }, h('a', { class: 'skip', href: '#talk', onclick: (event) => { event.preventDefault(); part.talk.focus(); } }, t.skip),
      h('img', { src: '/desk/mark.svg', alt: '', width: '30', height: '30' }), h('h1', null, t.desk), part.facts, part.presence, part.sound,
      this.me.role === 'supervisor' && h('a', { href: '/desk/dashboard' }, t.figures),
      this.server.session.preview && h('a', { href: '/desk/preview' }, t.draftKb),
      this.me.role === 'supervisor' && h('button', { type: 'button', class: 'plain', onclick: () => this.showAgents() }, t.agents),
      h('button', { type: 'button', class: 'plain', 'aria-keyshortcuts': '?', onclick: () => this.showSettings() }, t.settings),
      h('button', { type: 'button', class: 'plain', onclick: () => this.logout() }, t.logout, h('span', { class: 'who' }, ` (${displayName(this.me.name)})`)));
    if (this.talk) part.input.value = this.talk.draft;
    document.body.replaceChildren(bar, part.net, part.panes, part.live, part.toast);
    this.drawAll();
  }

  composer() {
    const t = this.t, part = this.parts;
    part.kinds = ['reply', 'note'].map((kind) => h('button', { type: 'button', class: 'tab', 'data-kind': kind, onclick: () => { this.setKind(kind); part.input.focus(); } }, t[kind]));
    part.input = h('textarea', { rows: '3', id: 'reply', oninput: () => this.typed(), onkeydown: (event) => {
      if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) { event.preventDefault(); this.send(); }
    } });
    part.label = h('label', { for: 'reply', class: 'hidden' });
    part.send = h('button', { class: 'main' });
    part.readOnly = h('p', { class: 'readonly' });
    part.form = h('form', { onsubmit: (event) => { event.preventDefault(); this.send(); } }, h('div', { class: 'tabs', role: 'group', 'aria-label': `${t.reply}, ${t.note}` }, part.kinds), part.label, part.input, part.send);
    return h('div', { class: 'composer' }, part.readOnly, part.form);
  }

  drawAll() {
    this.drawBar();
    this.drawLists();
    this.drawTalk();
    this.view(this.parts.panes.dataset.view);
  }

  view(name) {
    this.parts.panes.dataset.view = name;
    if (name === 'list') this.parts.list.querySelector('[aria-current=true], button')?.focus({ preventScroll: true });
    if (name === 'side') this.parts.side.querySelector('button')?.focus({ preventScroll: true });
  }

  drawBar() {
    if (!this.parts) return;
    const t = this.t, there = this.availability, { facts, presence } = this.parts;
    if (there) facts.textContent = [!there.open ? t.closed : there.agents ? fill(t.present, { n: there.agents }) : t.nobody, `${t.waiting} ${this.waiting.length}`].join(' · ');
    presence.textContent = this.here ? t.here : t.pause;
    presence.title = this.here ? t.hereHint : t.pauseHint;
    presence.setAttribute('aria-pressed', String(this.here));
    const unread = [...this.talks.values()].reduce((sum, talk) => sum + (talk.unread || 0), 0), n = this.waiting.length + unread;
    document.title = `${n && this.prefer.title ? `(${n}) ` : ''}${t.desk} – Luukku`;
  }

  drawLists() {
    if (!this.parts) return;
    const t = this.t, { list } = this.parts, focused = document.activeElement?.dataset?.key;
    this.waiting.sort((a, b) => a.queued - b.queued || a.id - b.id);
    const own = this.claimed.filter((found) => this.isMine(found)), others = this.claimed.filter((found) => !this.isMine(found));
    const group = (title, cases, none) => (cases.length || none) && h('section', null, h('h2', null, title, ' ', h('span', { class: 'number' }, String(cases.length))), cases.length ? h('ul', null, cases.map((found) => this.item(found))) : h('p', { class: 'quiet' }, none));
    list.replaceChildren(...[group(t.mine, own, t.noneMine), group(t.waiting, this.waiting, t.noneWaiting), group(t.others, others)].filter(Boolean));
    if (focused) list.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
    this.tick();
    this.drawBar();
  }

  item(found) {
    const t = this.t, id = found.conversation, talk = this.talks.get(id), last = talk?.view?.messages.filter((message) => message.from === 'customer').at(-1);
    const waits = found.state === 'waiting';
    return h('li', { class: this.current === id ? 'chosen' : '' },
      h('button', { type: 'button', class: 'open', 'data-key': `open ${id}`, 'aria-current': String(this.current === id), onclick: () => this.open(id) },
        h('span', { class: 'subject', lang: found.lang }, (!waits && last?.text) || (talk?.view && topic(talk.view)) || found.subject),
        h('span', { class: 'chips' }, h('span', { class: 'chip' }, t.reasons[found.reason]), found.lang !== this.prefer.lang && h('span', { class: 'chip' }, t.langs[found.lang]), !found.attended && h('span', { class: 'chip' }, t.left),
          talk?.unread > 0 && h('span', { class: 'chip strong' }, fill(t.newMessages, { n: talk.unread })), !waits && !this.isMine(found) && h('span', { class: 'chip' }, fill(t.with, { agent: displayName(found.agent) })))),
      waits && h('div', { class: 'wait' }, h('span', { 'data-since': String(found.queued), 'data-words': t.waited }), h('button', { type: 'button', class: 'small main', 'data-key': `claim ${id}`, 'aria-label': `${t.claim}: ${found.subject}`, onclick: () => this.claim(id) }, t.claim)));
  }

  tick() {
    for (const node of document.querySelectorAll('[data-since]')) {
      const seconds = Date.now() / 1000 - Number(node.dataset.since);
      node.textContent = fill(node.dataset.words, { t: since(seconds, this.t) });
      node.classList.toggle('long', seconds > 300);
    }
  }

  // ---- One conversation ----

  fresh(id) {
    if (!this.talks.has(id)) this.talks.set(id, { draft: '', kind: 'reply', unread: 0, pending: [] });
    return this.talks.get(id);
  }

  async open(id, focus = true) {
    this.saveDraft();
    this.current = id;
    history.replaceState(null, '', `#${id}`);
    const talk = this.fresh(id);
    if (this.parts) this.parts.input.value = talk.draft;
    this.drawTalk();
    this.drawLists();
    if (await this.refresh(id)) {
      this.view('talk');
      this.drawTalk(true);
      this.seen();
      if (focus) (this.mine && !matchMedia('(pointer: coarse)').matches ? this.parts.input : this.parts.title).focus({ preventScroll: true });
    } else if (this.current === id && !talk.view) {
      this.current = null;
      this.talks.delete(id);
      history.replaceState(null, '', location.pathname);
      this.drawTalk();
    }
  }

  /* Reads the conversation and what fits its last message. */
  async refresh(id) {
    const talk = this.fresh(id);
    try {
      const [view, suggestions] = await Promise.all([this.server.call(`/conversations/${id}`), this.server.call(`/conversations/${id}/suggestions`).catch(() => null)]);
      const known = new Map(talk.view?.messages.map((message) => [message.id, message]));
      for (const message of view.messages) known.set(message.id, message);
      talk.view = { ...view, messages: [...known.values()] };
      talk.suggestions = suggestions?.suggestions || talk.suggestions;
      this.canned[view.lang] ||= (await this.server.call(`/canned?lang=${view.lang}`).catch(() => null))?.replies;
      if (this.current === id) this.drawTalk();
      return true;
    } catch (error) {
      if (this.me && error.status !== 404) this.say(this.t.noServer);
      return false;
    }
  }

  refreshSoon(id) {
    clearTimeout(this.drawing[id]);
    this.drawing[id] = setTimeout(() => this.me && this.refresh(id), 150);
  }

  drawTalk(toEnd) {
    if (!this.parts) return;
    const t = this.t, part = this.parts, view = this.talk?.view;
    for (const node of [part.head, part.understanding, part.timeline, part.composer, part.side]) node.hidden = !view;
    part.empty.hidden = Boolean(view);
    part.typing.hidden = true;
    if (!view) return;
    const found = view.case;
    part.title.textContent = topic(view) || found?.subject || t.talk;
    part.title.lang = view.lang;
    const act = (words, run, kind, key) => h('button', { type: 'button', class: kind || '', 'data-key': words, 'aria-keyshortcuts': key, onclick: run }, words);
    const focused = part.actions.contains(document.activeElement) && document.activeElement.dataset.key;
    part.actions.replaceChildren(...(this.mine ? [act(t.finish, () => this.finish(), 'main', 'x'), act(t.transfer, () => this.transfer(), '', 't'), act(t.giveBack, () => this.change('give-back'), '', 'b'), act(t.release, () => this.change('release'))]
      : found?.state === 'waiting' ? [act(t.claimThis, () => this.claim(view.id), 'main')]
      : found?.state === 'claimed' && this.me.role === 'supervisor' ? [act(t.transfer, () => this.transfer()), act(t.release, () => this.change('release'))] : []));
    if (focused) [...part.actions.children].find((node) => node.dataset.key === focused)?.focus();
    part.readOnly.textContent = this.mine ? '' : found?.state === 'waiting' ? t.readOnly : view.phase === 'ended' ? t.over : found?.state === 'claimed' ? fill(t.with, { agent: displayName(found.agent) }) : t.withBot;
    this.setKind(this.mine ? this.talk.kind : 'note');
    this.drawTimeline(toEnd);
    this.drawSide();
  }

  drawTimeline(toEnd) {
    const { timeline: node } = this.parts, atEnd = node.scrollHeight - node.scrollTop - node.clientHeight < 80;
    node.replaceChildren(...timeline(this.talk, { lang: this.prefer.lang, t: this.t, understanding: this.prefer.understanding, edit: (item) => this.takeBack(item) }));
    if (toEnd || atEnd) node.scrollTop = node.scrollHeight;
  }

  drawSide() {
    const { side } = this.parts, { view, suggestions } = this.talk, look = { lang: this.prefer.lang, t: this.t, mine: this.mine, insert: (text, entry) => this.insert(text, entry) };
    const as = JSON.stringify([view.id, view.order, view.case, suggestions, this.canned[view.lang]?.length, this.mine, look.lang, view.phase]);
    if (side.dataset.as === as && side.firstChild) return; // what an agent has unfolded or typed there stays
    side.dataset.as = as;
    side.replaceChildren(h('button', { type: 'button', class: 'back', onclick: () => this.view('talk') }, `← ${this.t.talk}`), ...(view.order ? [orderSection(view.order, look)] : []),
      suggestionSection(suggestions, look), cannedSection(this.canned[view.lang], look), ...(view.order ? [] : [orderSection(null, look)]), customerSection(view, look));
  }

  setKind(kind) {
    const t = this.t, part = this.parts;
    if (this.mine) this.talk.kind = kind;
    part.form.dataset.kind = kind;
    for (const tab of part.kinds) {
      tab.setAttribute('aria-pressed', String(tab.dataset.kind === kind));
      tab.disabled = tab.dataset.kind === 'reply' && !this.mine;
    }
    part.label.textContent = part.input.placeholder = kind === 'note' ? t.noteHint : t.replyHint;
    part.send.textContent = kind === 'note' ? t.saveNote : t.send;
  }

  saveDraft() { if (this.talk && this.parts) this.talk.draft = this.parts.input.value; }

  typed() {
    this.talk.draft = this.parts.input.value;
    if (!this.talk.draft) this.talk.entry = undefined;
    if (this.parts.form.dataset.kind !== 'reply' || !this.mine || !this.talk.draft || Date.now() - (this.lastTyped || 0) < 3000) return;
    this.lastTyped = Date.now();
    this.server.about(this.current, 'typing').catch(() => {});
  }

  insert(text, entry) {
    const { input } = this.parts;
    this.view('talk');
    this.setKind('reply');
    input.setRangeText((input.selectionStart && !/\s$/.test(input.value.slice(0, input.selectionStart)) ? '\n\n' : '') + text, input.selectionStart, input.selectionEnd, 'end');
    this.talk.draft = input.value;
    if (entry) this.talk.entry = entry;
    input.focus();
    input.scrollTop = input.scrollHeight;
  }

  async send() {
    const { input, form } = this.parts, talk = this.talk, id = this.current, text = input.value.trim(), kind = form.dataset.kind;
    if (!text || !talk?.view) return;
    const item = { client_id: crypto.randomUUID?.() || `${Date.now()}-${Math.random().toString(36).slice(2)}`, text, kind, entry: kind === 'reply' ? talk.entry : undefined, after: Math.max(0, ...talk.view.messages.map((message) => message.id)) };
    input.value = talk.draft = '';
    talk.entry = undefined;
    talk.pending.push(item);
    this.drawTimeline(true);
    try {
      const { messages } = await deliver(this.server, id, kind, { client_id: item.client_id, text, ...(item.entry && { entry: item.entry }) });
      talk.pending = talk.pending.filter((each) => each !== item);
      for (const message of messages) this.addMessage(talk, message);
    } catch (error) {
      item.refused = error.status === 413 ? fill(this.t.tooLong, { limit: error.limit || 2000 }) : error.status === 409 ? this.t.notYours : this.t.refused;
      this.say(item.refused);
    }
    if (this.current === id && this.parts) this.drawTimeline(true);
  }

  takeBack(item) {
    this.talk.pending = this.talk.pending.filter((each) => each !== item);
    this.parts.input.value = this.talk.draft = item.text;
    this.setKind(item.kind);
    this.drawTimeline();
    this.parts.input.focus();
  }

  addMessage(talk, message) {
    if (!talk.view || talk.view.messages.some((each) => each.id === message.id)) return false;
    talk.view.messages.push(message);
    return true;
  }

  seen() {
    if (!this.talk?.unread) return;
    this.talk.unread = 0;
    this.drawLists();
  }

  // ---- What the server tells ----

  /* After every connection: what happened in between is in the lists and the transcript. */
  async catchUp() {
    if (!this.parts) return;
    this.parts.net.hidden = true;
    this.beat();
    await this.try(async () => {
      const queue = await this.server.call('/queue');
      Object.assign(this, queue);
    }, true);
    this.drawLists();
    for (const found of this.claimed) if (this.isMine(found) && !this.talks.get(found.conversation)?.view) this.refresh(found.conversation).then(() => this.drawLists());
    if (this.current) this.refreshSoon(this.current);
  }

  takeCase(found) {
    const before = this.waiting.some((each) => each.id === found.id), without = (list) => list.filter((each) => each.id !== found.id);
    this.waiting = without(this.waiting);
    this.claimed = without(this.claimed);
    if (found.state === 'waiting') this.waiting.push(found);
    if (found.state === 'claimed' && (this.isMine(found) || this.me?.role === 'supervisor')) this.claimed.push(found);
    if (found.state === 'waiting' && !before) this.notice(fill(this.t.sayWaiting, { subject: found.subject }));
    this.drawLists();
    if (this.talks.get(found.conversation)?.view) this.refreshSoon(found.conversation);
  }

  takeMessage(id, message) {
    const talk = this.talks.get(id), found = this.claimed.find((each) => each.conversation === id);
    if (talk && !this.addMessage(talk, message)) return;
    if (message.from === 'customer' && this.isMine(found)) {
      const looking = id === this.current && !document.hidden;
      if (!looking) this.fresh(id).unread++;
      this.notice(fill(this.t.sayMessage, { text: message.text }), looking);
    }
    if (this.current === id && this.parts) {
      this.parts.typing.hidden = true;
      this.drawTimeline();
      if (message.from === 'customer') this.refreshSoon(id);
    }
    this.drawLists();
  }

  showTyping(id) {
    if (id !== this.current || !this.parts) return;
    this.parts.typing.hidden = false;
    clearTimeout(this.typingTimer);
    this.typingTimer = setTimeout(() => this.parts && (this.parts.typing.hidden = true), 6000);
  }

  notice(text, silent) {
    if (!this.parts) return;
    const line = h('p', null, text);
    this.parts.live.append(line);
    setTimeout(() => line.remove(), 15000);
    if (this.prefer.sound && !silent) chime();
  }

  say(text) {
    if (!this.parts) return;
    this.parts.toast.replaceChildren(h('p', null, text));
    clearTimeout(this.toastTimer);
    this.toastTimer = setTimeout(() => this.parts?.toast.replaceChildren(), 7000);
  }

  async try(act, quiet) {
    try {
      return await act();
    } catch (error) {
      if (!quiet && this.me) this.say(error.code === 'taken' ? this.t.taken : error.code === 'not-yours' || error.code === 'not-open' ? this.t.notYours : error.status ? this.t.failed : this.t.noServer);
      return null;
    }
  }

  // ---- What an agent does ----

  async beat() {
    if (!this.me || !this.parts) return;
    const now = await this.try(() => this.server.post('/presence', { here: this.here }), true);
    if (now) this.availability = now;
    this.drawBar();
  }

  togglePresence() {
    if (this.here && this.claimed.some((found) => this.isMine(found))) return this.say(this.t.pauseFirst);
    this.here = !this.here;
    this.drawBar();
    this.beat();
  }

  toggleSound(on = !this.prefer.sound) {
    this.keep({ sound: on });
    this.parts.sound.setAttribute('aria-pressed', String(on));
    if (on) chime();
  }

  async claim(id) {
    const found = await this.try(() => this.server.about(id, 'claim'));
    if (!found) return this.catchUp();
    if (!this.here) this.here = true, this.beat();
    this.takeCase(found);
    await this.open(id);
  }

  async change(what, body) {
    const found = await this.try(() => this.server.about(this.current, what, body));
    if (!found) return this.catchUp();
    this.takeCase(found);
    this.refreshSoon(found.conversation);
    this.parts.title.focus({ preventScroll: true });
    return found;
  }

  /* A dialog with its own buttons; focus comes back to where it was. */
  ask(title, ...content) {
    const t = this.t, dialog = h('dialog', { 'aria-labelledby': 'asked', onclose: () => dialog.remove() }, h('h2', { id: 'asked' }, title), ...content);
    document.body.append(dialog);
    dialog.showModal();
    return dialog;
  }

  buttons(words, close) { return h('div', { class: 'row' }, words && h('button', { class: 'main' }, words), h('button', { type: 'button', onclick: close }, words ? this.t.cancel : this.t.close)); }

  finish() {
    const t = this.t, kinds = [...this.talk.view.kinds].sort((a, b) => Number(Boolean(b.suggested)) - Number(Boolean(a.suggested)));
    const select = h('select', { id: 'kind' }, kinds.map((kind) => h('option', { value: kind.id }, kind.suggested ? `${kind.title} (${t.suggested})` : kind.title)));
    const dialog = this.ask(t.finishTitle, h('form', { onsubmit: (event) => { event.preventDefault(); dialog.close(); this.change('close', { kind: select.value }); } },
      h('label', { for: 'kind' }, t.kind), select, this.buttons(t.finish, () => dialog.close())));
    select.focus();
  }

  async transfer() {
    const t = this.t, agents = (await this.try(() => this.server.call('/agents')))?.agents.filter((agent) => agent.name !== this.talk.view.case.agent);
    if (!agents) return;
    agents.sort((a, b) => Number(b.present) - Number(a.present) || a.name.localeCompare(b.name));
    const select = h('select', { id: 'to' }, agents.map((agent) => h('option', { value: agent.name }, `${displayName(agent.name)}${agent.present ? '' : ` (${t.absent})`}`)));
    const dialog = this.ask(t.transferTitle, agents.length ? h('form', { onsubmit: (event) => { event.preventDefault(); dialog.close(); this.change('transfer', { to: select.value }); } },
      h('label', { for: 'to' }, t.to), select, this.buttons(t.transfer, () => dialog.close())) : [h('p', null, t.nobodyElse), this.buttons('', () => dialog.close())]);
  }

  async showAgents() {
    const t = this.t, agents = (await this.try(() => this.server.call('/agents')))?.agents;
    if (!agents) return;
    const revoke = (agent) => this.try(async () => { await this.server.post(`/agents/${agent.name}/revoke`); dialog.close(); this.say(fill(t.revoked, { name: displayName(agent.name) })); });
    const dialog = this.ask(t.agents, h('ul', { class: 'agents' }, agents.map((agent) => h('li', null, h('span', null, displayName(agent.name), agent.name === this.me.name ? ` (${t.you})` : ''), h('span', { class: 'quiet' }, `${t[agent.role]}, ${agent.present ? t.here.toLowerCase() : t.absent}`),
      agent.name !== this.me.name && h('button', { type: 'button', class: 'small', 'aria-label': `${t.revoke}: ${displayName(agent.name)}`, onclick: () => revoke(agent) }, t.revoke)))), this.buttons('', () => dialog.close()));
  }

  showSettings() {
    const t = this.t, tick = (name, words, act) => h('label', { class: 'tick' }, h('input', { type: 'checkbox', checked: this.prefer[name], onchange: (event) => { this.keep({ [name]: event.target.checked }); act?.(event.target.checked); this.drawBar(); } }), words);
    const dialog = this.ask(t.settings, h('p', { class: 'field' }, h('label', { for: 'language' }, t.language), h('select', { id: 'language', onchange: (event) => { dialog.close(); this.speak(event.target.value); } }, languages(this.prefer.lang))),
      tick('sound', t.sound, (on) => this.toggleSound(on)), tick('title', t.titleNotice), tick('keys', t.keysOn), h('h3', null, t.keys), h('p', { class: 'quiet' }, t.keysHint),
      h('dl', { class: 'keys' }, Object.entries(t.keyNames).map(([key, words]) => h('div', null, h('dt', null, h('kbd', null, key)), h('dd', null, words)))), this.buttons('', () => dialog.close()));
  }

  // ---- Keyboard ----

  key(event) {
    if (!this.parts || !this.me || event.ctrlKey || event.altKey || event.metaKey || document.querySelector('dialog[open]')) return;
    const field = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
    if (event.key === 'Escape' && field) return event.target === this.parts.input ? this.parts.title.focus() : event.target.blur();
    if (field || !this.prefer.keys) return;
    const act = {
      n: () => this.waiting.length && this.claim(this.waiting[0].conversation), j: () => this.step(1), k: () => this.step(-1), '?': () => this.showSettings(),
      ...(this.talk?.view && { e: () => this.write('note'), s: () => this.reach('#suggestions'), v: () => this.reach('#canned input') || this.reach('#canned') }),
      ...(this.mine && { r: () => this.write('reply'), t: () => this.transfer(), b: () => this.change('give-back'), x: () => this.finish() }),
    }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  write(kind) {
    this.view('talk');
    this.setKind(kind);
    this.parts.input.focus();
  }

  reach(selector) {
    const node = this.parts.side.querySelector(selector);
    this.view('side');
    node?.focus();
    return node;
  }

  step(by) {
    const all = [...this.claimed.filter((found) => this.isMine(found)), ...this.waiting, ...this.claimed.filter((found) => !this.isMine(found))].map((found) => found.conversation);
    if (all.length) this.open(all[(all.indexOf(this.current) + by + all.length + (this.current ? 0 : by < 0 ? 1 : 0)) % all.length], false);
  }
}

new Desk().start();
