/* <luukku-chat>: the customer's chat, one element that a shop puts on its pages. How to use it stands in README.md beside this file.
 *
 * Three parts: words and looks; Conversation, which knows the server and loses nothing (API: tools/serve/openapi.yaml); and the element, which shows it. */

// ---- Words. Every text of the chat itself; what the bot says comes from the knowledge base. ----

const TEXTS = {
  fi: {
    open: 'Avaa chat', resume: 'Jatka keskustelua', close: 'Sulje chat', title: 'Asiakaspalvelu', language: 'Kieli',
    bot: 'Chatbot', you: 'Sinä', person: 'Asiakaspalvelija', log: 'Keskustelu', message: 'Kirjoita viesti', send: 'Lähetä viesti',
    isBot: 'Sinulle vastaa chatbot, ei ihminen. Voit pyytää ihmisen keskusteluun milloin vain.',
    here: 'Asiakaspalvelijoita on paikalla.', away: 'Asiakaspalvelijat eivät ole nyt paikalla.',
    back: 'Asiakaspalvelijat ovat seuraavan kerran paikalla {when}.',
    today: 'tänään klo {time}', tomorrow: 'huomenna klo {time}', day: '{weekday} {date} klo {time}',
    weekdays: ['sunnuntaina', 'maanantaina', 'tiistaina', 'keskiviikkona', 'torstaina', 'perjantaina', 'lauantaina'],
    withBot: 'Chatbot vastaa', inQueue: 'Jonossa asiakaspalvelijalle', withPerson: 'Keskustelet ihmisen kanssa: {name}', over: 'Keskustelu on päättynyt',
    position: 'Olet jonossa sijalla {n}.', wait: 'Arvioitu odotusaika: {wait}.', waitUnknown: 'Odotusaikaa ei voi juuri nyt arvioida.',
    minutes: 'noin {n} min', underMinute: 'alle minuutti',
    nobody: 'Kukaan ei ole juuri nyt paikalla. Viestisi jää talteen, ja vastaus tulee tähän keskusteluun.', withdraw: 'Jatka chatbotin kanssa',
    thinking: 'Chatbot vastaa…', typing: '{name} kirjoittaa…',
    offline: 'Ei verkkoyhteyttä. Viestit lähtevät, kun yhteys palaa.', lost: 'Yhteys katkesi. Yhdistetään uudelleen…', found: 'Yhteys palasi.',
    sending: 'Lähetetään…', unsent: 'Ei vielä lähetetty', refused: 'Viestiä ei voitu lähettää', retry: 'Lähetä nyt', edit: 'Muokkaa', remove: 'Poista',
    tooLong: 'Viestissä on {n} merkkiä. Enimmäismäärä on {limit}, joten lyhennä sitä tai lähetä se osissa.', left: 'Merkkejä jäljellä: {n}',
    tooFast: 'Viestejä tuli paljon lyhyessä ajassa. Lähetys jatkuu {n} sekunnin kuluttua.',
    busy: 'Palvelussa on ruuhkaa. Yritetään uudelleen {n} sekunnin kuluttua.', gone: 'Aiempi keskustelu ei ole enää tallessa, joten aloitimme uuden.',
    helped: 'Oliko tästä apua?', yes: 'Kyllä', no: 'Ei', thanksYes: 'Kiitos, hyvä kuulla.',
    thanksNo: 'Kiitos palautteesta. Kerro omin sanoin, mitä jäi puuttumaan, tai pyydä ihmistä.',
    related: 'Samasta aiheesta', choices: 'Vaihtoehdot', askPerson: 'Juttele ihmisen kanssa', personWord: 'ihminen',
    menu: 'Valikko', transcript: 'Lataa keskustelu tiedostona', file: 'keskustelu.txt', end: 'Lopeta keskustelu', erase: 'Poista keskustelu',
    eraseAsk: 'Poistetaanko keskustelu ja sen viestit pysyvästi?', erased: 'Keskustelu on poistettu.', cancel: 'Peruuta', failed: 'Tämä ei onnistunut. Yritä hetken päästä uudelleen.',
    resumeHere: 'Jatka tätä keskustelua', again: 'Aloita uusi keskustelu',
    csat: 'Miten palvelumme onnistui?', csatLow: 'Huonosti', csatHigh: 'Erinomaisesti', star: '{n} viidestä',
    nps: 'Kuinka todennäköisesti suosittelisit meitä ystävällesi?', npsLow: 'En lainkaan', npsHigh: 'Erittäin todennäköisesti',
    words: 'Haluatko kertoa lisää? (vapaaehtoinen)', rate: 'Lähetä arvio', rated: 'Kiitos arviosta!', pick: 'Valitse ensin arvosana.',
    unread: ['1 uusi viesti', '{n} uutta viestiä'], invite: 'Voinko auttaa? Olen chatbot ja vastaan heti.', ask: 'Kysy', dismiss: 'Ei kiitos', newTab: 'avautuu uuteen välilehteen',
    order: 'Tilaus', steps: ['Vastaanotettu', 'Pakataan', 'Matkalla', 'Perillä'], step: 'Vaihe {n}/4',
    states: { received: 'Odottaa maksua', paid: 'Maksettu', packing: 'Pakataan', shipped: 'Matkalla', 'part-shipped': 'Osa matkalla', ready: 'Noudettavissa', delivered: 'Toimitettu', returned: 'Palautettu', cancelled: 'Peruttu', delayed: 'Myöhässä' },
    expected: 'Arvioitu toimitus', carrier: 'Kuljetus', code: 'Seurantatunnus', place: 'Noutopaikka', track: 'Seuraa lähetystä',
  },
  sv: {
    open: 'Öppna chatten', resume: 'Fortsätt samtalet', close: 'Stäng chatten', title: 'Kundtjänst', language: 'Språk',
    bot: 'Chattbot', you: 'Du', person: 'Kundrådgivare', log: 'Samtal', message: 'Skriv ett meddelande', send: 'Skicka meddelandet',
    isBot: 'Det är en chattbot som svarar, inte en människa. Du kan när som helst be att få tala med en människa.',
    here: 'Det finns kundrådgivare på plats.', away: 'Kundrådgivarna är inte på plats just nu.',
    back: 'Kundrådgivarna är på plats nästa gång {when}.',
    today: 'i dag kl. {time}', tomorrow: 'i morgon kl. {time}', day: '{weekday} {date} kl. {time}',
    weekdays: ['på söndag', 'på måndag', 'på tisdag', 'på onsdag', 'på torsdag', 'på fredag', 'på lördag'],
    withBot: 'Chattboten svarar', inQueue: 'I kö till en kundrådgivare', withPerson: 'Du talar med en människa: {name}', over: 'Samtalet är avslutat',
    position: 'Du har plats {n} i kön.', wait: 'Beräknad väntetid: {wait}.', waitUnknown: 'Väntetiden går inte att beräkna just nu.',
    minutes: 'ungefär {n} min', underMinute: 'under en minut',
    nobody: 'Ingen är på plats just nu. Ditt meddelande sparas och svaret kommer i det här samtalet.', withdraw: 'Fortsätt med chattboten',
    thinking: 'Chattboten svarar…', typing: '{name} skriver…',
    offline: 'Ingen nätverksanslutning. Meddelandena skickas när anslutningen är tillbaka.', lost: 'Anslutningen bröts. Ansluter på nytt…', found: 'Anslutningen är tillbaka.',
    sending: 'Skickas…', unsent: 'Inte skickat ännu', refused: 'Meddelandet kunde inte skickas', retry: 'Skicka nu', edit: 'Redigera', remove: 'Ta bort',
    tooLong: 'Meddelandet har {n} tecken. Högst {limit} får plats, så förkorta det eller skicka det i delar.', left: 'Tecken kvar: {n}',
    tooFast: 'Det kom många meddelanden på kort tid. Vi fortsätter skicka om {n} sekunder.',
    busy: 'Det är mycket trafik just nu. Vi försöker på nytt om {n} sekunder.', gone: 'Det tidigare samtalet finns inte längre, så vi började ett nytt.',
    helped: 'Hjälpte det här?', yes: 'Ja', no: 'Nej', thanksYes: 'Tack, roligt att höra.',
    thanksNo: 'Tack för svaret. Berätta med egna ord vad som saknades, eller be att få tala med en människa.',
    related: 'Om samma ämne', choices: 'Alternativ', askPerson: 'Tala med en människa', personWord: 'människa',
    menu: 'Meny', transcript: 'Ladda ner samtalet som fil', file: 'samtal.txt', end: 'Avsluta samtalet', erase: 'Radera samtalet',
    eraseAsk: 'Vill du radera samtalet och dess meddelanden för gott?', erased: 'Samtalet är raderat.', cancel: 'Avbryt', failed: 'Det här lyckades inte. Försök på nytt om en stund.',
    resumeHere: 'Fortsätt det här samtalet', again: 'Börja ett nytt samtal',
    csat: 'Hur lyckades vi med vår service?', csatLow: 'Dåligt', csatHigh: 'Utmärkt', star: '{n} av fem',
    nps: 'Hur sannolikt är det att du rekommenderar oss till en vän?', npsLow: 'Inte alls', npsHigh: 'Mycket sannolikt',
    words: 'Vill du berätta mer? (frivilligt)', rate: 'Skicka betyget', rated: 'Tack för ditt betyg!', pick: 'Välj först ett betyg.',
    unread: ['1 nytt meddelande', '{n} nya meddelanden'], invite: 'Kan jag hjälpa till? Jag är en chattbot och svarar genast.', ask: 'Fråga', dismiss: 'Nej tack', newTab: 'öppnas i en ny flik',
    order: 'Beställning', steps: ['Mottagen', 'Packas', 'På väg', 'Framme'], step: 'Steg {n}/4',
    states: { received: 'Väntar på betalning', paid: 'Betald', packing: 'Packas', shipped: 'På väg', 'part-shipped': 'En del på väg', ready: 'Kan hämtas', delivered: 'Levererad', returned: 'Returnerad', cancelled: 'Annullerad', delayed: 'Försenad' },
    expected: 'Beräknad leverans', carrier: 'Transport', code: 'Spårningskod', place: 'Hämtas på', track: 'Spåra paketet',
  },
  en: {
    open: 'Open chat', resume: 'Continue the conversation', close: 'Close chat', title: 'Customer service', language: 'Language',
    bot: 'Chatbot', you: 'You', person: 'Agent', log: 'Conversation', message: 'Write a message', send: 'Send message',
    isBot: 'A chatbot answers you, not a person. You can ask for a person at any time.',
    here: 'Our agents are here.', away: 'Our agents are not here just now.',
    back: 'Our agents will be here {when}.',
    today: 'today at {time}', tomorrow: 'tomorrow at {time}', day: '{weekday} {date} at {time}',
    weekdays: ['on Sunday', 'on Monday', 'on Tuesday', 'on Wednesday', 'on Thursday', 'on Friday', 'on Saturday'],
    withBot: 'The chatbot answers', inQueue: 'In the queue for an agent', withPerson: 'You are talking to a person: {name}', over: 'The conversation has ended',
    position: 'You are number {n} in the queue.', wait: 'Expected wait: {wait}.', waitUnknown: 'We cannot tell the wait just now.',
    minutes: 'about {n} min', underMinute: 'less than a minute',
    nobody: 'Nobody is here just now. Your message is kept, and the answer will come to this conversation.', withdraw: 'Go on with the chatbot',
    thinking: 'The chatbot is answering…', typing: '{name} is typing…',
    offline: 'No network connection. Your messages will be sent when it is back.', lost: 'The connection was lost. Connecting again…', found: 'The connection is back.',
    sending: 'Sending…', unsent: 'Not sent yet', refused: 'The message could not be sent', retry: 'Send now', edit: 'Edit', remove: 'Remove',
    tooLong: 'The message has {n} characters. At most {limit} fit, so shorten it or send it in parts.', left: 'Characters left: {n}',
    tooFast: 'Many messages came in a short time. Sending goes on in {n} seconds.',
    busy: 'The service is busy. Trying again in {n} seconds.', gone: 'The earlier conversation is no longer kept, so we started a new one.',
    helped: 'Did this help?', yes: 'Yes', no: 'No', thanksYes: 'Thank you, good to hear.',
    thanksNo: 'Thank you for telling us. Say in your own words what was missing, or ask for a person.',
    related: 'On the same subject', choices: 'Choices', askPerson: 'Talk to a person', personWord: 'human',
    menu: 'Menu', transcript: 'Download the conversation', file: 'conversation.txt', end: 'End the conversation', erase: 'Delete the conversation',
    eraseAsk: 'Delete the conversation and its messages for good?', erased: 'The conversation has been deleted.', cancel: 'Cancel', failed: 'That did not work. Try again in a moment.',
    resumeHere: 'Continue this conversation', again: 'Start a new conversation',
    csat: 'How did we do?', csatLow: 'Poorly', csatHigh: 'Excellently', star: '{n} out of five',
    nps: 'How likely are you to recommend us to a friend?', npsLow: 'Not at all', npsHigh: 'Very likely',
    words: 'Would you like to tell us more? (optional)', rate: 'Send rating', rated: 'Thank you for your rating!', pick: 'Choose a rating first.',
    unread: ['1 new message', '{n} new messages'], invite: 'Can I help? I am a chatbot and answer right away.', ask: 'Ask', dismiss: 'No thanks', newTab: 'opens in a new tab',
    order: 'Order', steps: ['Received', 'Packing', 'On its way', 'Arrived'], step: 'Step {n} of 4',
    states: { received: 'Waiting for payment', paid: 'Paid', packing: 'Being packed', shipped: 'On its way', 'part-shipped': 'Partly on its way', ready: 'Ready for pickup', delivered: 'Delivered', returned: 'Returned', cancelled: 'Cancelled', delayed: 'Delayed' },
    expected: 'Expected delivery', carrier: 'Carrier', code: 'Tracking code', place: 'Pickup point', track: 'Track the parcel',
  },
};
const LOCALES = { fi: 'fi-FI', sv: 'sv-FI', en: 'en-GB' };
const ZONE = 'Europe/Helsinki'; // the shop's, wherever the customer is

export const fill = (text, values) => text.replace(/\{(\w+)\}/g, (all, name) => (name in values ? values[name] : all));
export const isLanguage = (lang) => Object.hasOwn(LOCALES, lang);
export const clock = (seconds, lang) =>
  new Intl.DateTimeFormat(LOCALES[lang], { hour: 'numeric', minute: '2-digit', timeZone: ZONE }).format(seconds * 1000);
export const date = (seconds, lang) => new Intl.DateTimeFormat(LOCALES[lang], { day: 'numeric', month: 'numeric', timeZone: ZONE }).format(seconds * 1000);

function moment(seconds, lang) {
  const texts = TEXTS[lang], dayOf = (ms) => new Date(ms).toLocaleDateString('sv-SE', { timeZone: ZONE });
  const values = { time: clock(seconds, lang) }, day = dayOf(seconds * 1000);
  if (day === dayOf(Date.now())) return fill(texts.today, values);
  if (day === dayOf(Date.now() + 86400000)) return fill(texts.tomorrow, values);
  return fill(texts.day, { ...values, weekday: texts.weekdays[new Date(day).getUTCDay()], date: date(seconds, lang) });
}

const duration = (seconds, texts) => (seconds < 60 ? texts.underMinute : fill(texts.minutes, { n: Math.round(seconds / 60) }));

// ---- Building what is shown ----

/* h('button', {class: 'x', onclick: f}, 'text', node …): functions are listeners, true and false set and leave out. Text is always text. */
export function h(name, attributes, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (typeof value === 'function') node.addEventListener(key.slice(2), value);
    else if (value !== false && value != null) node.setAttribute(key, value === true ? '' : value);
  }
  node.append(...children.flat().filter((child) => child != null && child !== false));
  return node;
}

function icon(path) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg'), shape = document.createElementNS(svg.namespaceURI, 'path');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  shape.setAttribute('d', path);
  svg.append(shape);
  return svg;
}
const ICONS = {
  chat: 'M4 4h16v12H9l-5 4z', close: 'M6 6l12 12M18 6L6 18', send: 'M4 12l16-8-6 16-3-6z', menu: 'M5 12h.01M12 12h.01M19 12h.01',
};

const ALLOWED = new Set(['P', 'UL', 'OL', 'LI', 'STRONG', 'EM', 'BR', 'A']);
const safeAddress = (address) => /^(https?:\/\/|mailto:|tel:)/i.test(address);

function link(address, newTab, ...children) {
  const away = /^http/i.test(address);
  return h('a', { href: address, rel: 'noopener noreferrer', target: away && '_blank' }, ...children,
    away && newTab && h('span', { class: 'hidden' }, ` (${newTab})`));
}

function copySafe(from, to, newTab) {
  for (const child of from.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) to.append(child.data);
    if (child.nodeType !== Node.ELEMENT_NODE || /^(SCRIPT|STYLE|TEMPLATE|IFRAME|NOSCRIPT)$/.test(child.tagName)) continue;
    const address = child.getAttribute('href') || '';
    if (!ALLOWED.has(child.tagName) || (child.tagName === 'A' && !safeAddress(address))) {
      copySafe(child, to, newTab);
    } else if (child.tagName === 'A') {
      const inner = document.createDocumentFragment();
      copySafe(child, inner, newTab);
      to.append(link(address, newTab, inner));
    } else {
      copySafe(child, to.appendChild(document.createElement(child.tagName)), newTab);
    }
  }
}

/* The server's HTML once more through an allow-list: parsed where nothing runs, then built anew from what is allowed. */
export function safeHtml(html, newTab) {
  const out = document.createDocumentFragment();
  copySafe(new DOMParser().parseFromString(html, 'text/html').body, out, newTab);
  return out;
}

/* Plain text: paragraphs, and addresses as links; "Words (https://…)" on a line of its own is a link with these words. */
export function plainText(text, newTab) {
  const out = document.createDocumentFragment();
  for (const paragraph of text.split(/\n{2,}/)) {
    const p = h('p');
    paragraph.split('\n').forEach((line, i) => {
      if (i) p.append(h('br'));
      const labelled = /^(.+) \((https?:\/\/[^\s()]+)\)$/.exec(line);
      if (labelled) return p.append(link(labelled[2], newTab, labelled[1]));
      line.split(/(https?:\/\/[^\s<>"]*[^\s<>".,;:!?)])/).forEach((part, j) => p.append(j % 2 ? link(part, newTab, part) : part));
    });
    out.append(p);
  }
  return out;
}

// ---- The server ----

export class Problem extends Error {
  constructor(status, body, retryAfter) {
    super(body.detail || `status ${status}`);
    Object.assign(this, { status, code: body.code || '', limit: body.limit, retryAfter: body.retry_after ?? retryAfter });
  }
}

/* A request with a time limit; throws a Problem for an answer that is one, and what fetch throws when there was no answer. */
export async function request(address, { seconds = 20, ...options } = {}) {
  const control = new AbortController(), timer = setTimeout(() => control.abort(), seconds * 1000);
  try {
    const answer = await fetch(address, { credentials: 'same-origin', ...options, signal: control.signal });
    const json = /json/.test(answer.headers.get('Content-Type') || '');
    if (!answer.ok) throw new Problem(answer.status, json ? await answer.json().catch(() => ({})) : {}, Number(answer.headers.get('Retry-After')) || undefined);
    return await (json ? answer.json() : answer.text());
  } finally {
    clearTimeout(timer);
  }
}

/* Reads an event stream until it ends or has been silent for too long: `take(kind, data, id)` for each event. */
export async function readEvents(address, { headers, signal, opened, take, silence = 40 }) {
  const control = new AbortController(), stop = () => control.abort();
  signal.addEventListener('abort', stop);
  let timer = setTimeout(stop, silence * 1000), text = '';
  try {
    const answer = await fetch(address, { headers, credentials: 'same-origin', cache: 'no-store', signal: control.signal });
    if (!answer.ok) throw new Problem(answer.status, await answer.json().catch(() => ({})), Number(answer.headers.get('Retry-After')) || undefined);
    opened();
    const reader = answer.body.getReader(), decoder = new TextDecoder();
    for (let piece; !(piece = await reader.read()).done; ) {
      clearTimeout(timer);
      timer = setTimeout(stop, silence * 1000);
      text += decoder.decode(piece.value, { stream: true });
      const blocks = text.split('\n\n');
      text = blocks.pop();
      for (const block of blocks) {
        const lines = block.split('\n'), value = (name) => lines.find((line) => line.startsWith(name + ': '))?.slice(name.length + 2);
        if (value('data')) take(value('event'), JSON.parse(value('data')), Number(value('id')) || 0);
      }
    }
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}

export const pause = (seconds, signal) => new Promise((done) => {
  const timer = setTimeout(done, seconds * 1000);
  signal?.addEventListener('abort', () => (clearTimeout(timer), done()));
});
/* 1, 2, 4 … 30 seconds, and a little more by chance, so that not all come back at once. */
export const patience = (attempt) => Math.min(30, 2 ** attempt) * (1 + Math.random() / 4);

/* A storage that may be forbidden or full: then things are kept for as long as the page is. */
function keep(key) {
  let memory = null;
  return {
    read() {
      try { return JSON.parse(localStorage.getItem(key)) || memory; } catch { return memory; }
    },
    write(value) {
      memory = value;
      try { value ? localStorage.setItem(key, JSON.stringify(value)) : localStorage.removeItem(key); } catch { /* kept in memory */ }
    },
  };
}

const newId = () => crypto.randomUUID?.() || Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');

/* One conversation. What was typed is kept in `outbox` (also across pages) until the server has said that it is on disk; it goes out in order, one at a time,
 * again and again under the same id. Events: change, message (detail: Message, new to this page), typing, gone. */
class Conversation extends EventTarget {
  constructor(server, lang) {
    super();
    this.server = server;
    this.storage = keep('luukku ' + server);
    this.messages = new Map();
    this.state = { phase: 'bot', lang, agent: null, queue: null };
    this.trouble = null; // {kind: 'lost' | 'tooFast' | 'busy', until}
    this.loaded = false;
    this.kept = { outbox: [], rated: {}, seen: 0 };
    this.kept = { ...this.kept, ...this.storage.read() };
  }

  get last() { return Math.max(0, ...this.messages.keys()); }
  get started() { return Boolean(this.kept.id); }
  save(changes) { this.storage.write(Object.assign(this.kept, changes)); }
  tell(name, detail) { this.dispatchEvent(new CustomEvent(name, { detail })); }

  call(path, method = 'GET', body) {
    return request(`${this.server}/api/v1/conversations/${this.kept.id}${path}`, {
      method,
      headers: { Authorization: `Bearer ${this.kept.token}`, ...(body && { 'Content-Type': 'application/json' }) },
      body: body && JSON.stringify(body),
    });
  }

  shop(lang) { return request(`${this.server}/api/v1/shop?lang=${lang}`); }

  /* Takes what came in, by whichever way: a message that is known already is not news, unless it brings the id that was ours. */
  take({ messages = [], state }, quiet) {
    for (const message of messages) {
      if (message.client_id) this.save({ outbox: this.kept.outbox.filter((each) => each.client_id !== message.client_id) });
      if (this.messages.has(message.id)) continue;
      this.messages.set(message.id, { ...message, sure: Boolean(message.lang), lang: message.lang || state?.lang || this.state.lang });
      if (!quiet) this.tell('message', message);
    }
    if (state) this.#settleLang(state);
    this.tell('change');
  }

  /* The state comes after the messages of its turn: only then is it known which language they are in. */
  #settleLang(state) {
    const turn = this.messages.get(this.last)?.turn;
    for (const message of this.messages.values()) if (message.turn === turn && !message.sure) message.lang = state.lang;
    this.state = state;
  }

  /* Continues the kept conversation, or starts one unless `only` a kept one is wanted; comes back when there is one. */
  async begin(lang, vouch, only) {
    if (this.loaded) return;
    this.beginning ||= this.insist(async () => {
      if (this.started) this.take(await this.call('/messages'), true);
      else if (only) return;
      else {
        const started = await request(this.server + '/api/v1/conversations', {
          method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ lang, ...(vouch && { vouch: await vouch() }) }),
        });
        this.save({ id: started.id, token: started.token, rated: {}, seen: 0 });
        this.take(started, true);
      }
      this.loaded = true;
    }).finally(() => (this.beginning = null));
    await this.beginning;
    if (!this.loaded && !only) return this.begin(lang, vouch);
    this.flush();
  }

  /* Does it until it is done: waits for the network, for as long as the server asks, and starts anew when the server does not know the conversation. Throws what
   * cannot become better by trying. */
  async insist(act) {
    for (let attempt = 0; ; attempt++) {
      try {
        const result = await act();
        this.settle('sending');
        return result;
      } catch (error) {
        if (this.closed) throw error;
        if (error.status === 401 || error.status === 404) {
          if (!this.started) throw error;
          this.forget(true);
          if (!this.beginning) throw error;
          continue;
        }
        if (error instanceof Problem && ![408, 429].includes(error.status) && error.status < 500) throw error;
        const seconds = error.retryAfter || patience(attempt);
        this.trouble = { of: 'sending', kind: error.status === 429 ? 'tooFast' : error.status >= 500 ? 'busy' : 'lost', until: Date.now() + seconds * 1000 };
        this.tell('change');
        this.waiting = new AbortController();
        await pause(seconds, this.waiting.signal);
      }
    }
  }

  settle(of) {
    if (this.trouble?.of !== of) return;
    this.trouble = null;
    this.tell('change');
  }

  hurry() { // the network is back, or the customer does not want to wait
    this.waiting?.abort();
    this.resting?.abort();
  }

  say(text, choice) {
    this.save({ outbox: [...this.kept.outbox, { client_id: newId(), text, ...(choice && { choice }), time: Math.floor(Date.now() / 1000) }] });
    this.tell('change');
    this.flush();
  }

  withdrawFromOutbox(clientId) {
    this.save({ outbox: this.kept.outbox.filter((each) => each.client_id !== clientId) });
    this.tell('change');
    this.flush();
  }

  async flush() {
    if (this.flushing || !this.loaded) return;
    this.flushing = true;
    for (let next; (next = this.kept.outbox.find((each) => !each.refused)) && this.loaded; ) {
      const { client_id, text, choice } = next;
      try {
        this.take(await this.insist(() => {
          if (!this.kept.outbox.includes(next)) return {};
          return this.call('/messages', 'POST', { client_id, text, ...(choice && { choice }) });
        }));
      } catch (error) {
        if (!this.loaded || this.closed) break; // a new conversation begins, and takes the outbox along
        next.refused = error.code || 'refused';
        next.limit = error.limit;
      }
      this.save({ outbox: this.kept.outbox.filter((each) => each !== next || next.refused) });
      this.tell('change');
    }
    this.flushing = false;
  }

  /* The stream of events, from the last message on, for as long as `follow` is wanted. */
  async follow() {
    if (this.following || !this.loaded) return;
    const control = (this.following = new AbortController());
    for (let attempt = 0; !control.signal.aborted && this.started; attempt++) {
      let seconds;
      try {
        await readEvents(`${this.server}/api/v1/conversations/${this.kept.id}/events`, {
          headers: { Authorization: `Bearer ${this.kept.token}`, 'Last-Event-ID': String(this.last) },
          signal: control.signal,
          opened: () => { attempt = 0; this.settle('following'); this.hurry(); },
          take: (kind, data) => {
            if (kind === 'message') this.take({ messages: [data] });
            else if (kind === 'state') this.take({ state: data });
            else if (kind === 'typing') this.tell('typing', data);
          },
        });
      } catch (error) {
        if (control.signal.aborted) break;
        if (error.status === 401 || error.status === 404) { this.forget(true); break; }
        seconds = error.retryAfter;
      }
      if (control.signal.aborted) break;
      this.trouble ||= attempt > 0 ? { of: 'following', kind: 'lost' } : null;
      this.tell('change');
      this.resting = new AbortController();
      await pause(seconds || patience(attempt), this.resting.signal);
    }
    if (this.following === control) this.following = null;
  }

  unfollow() {
    this.following?.abort();
    this.following = null;
  }

  /* The server no longer has it, or the customer wants a new one. What was not sent stays. */
  forget(gone) {
    this.unfollow();
    this.loaded = false;
    this.messages.clear();
    this.trouble = null;
    this.state = { ...this.state, phase: 'bot', agent: null, queue: null };
    this.save({ id: undefined, token: undefined, rated: {}, seen: 0 });
    this.tell('gone', { gone });
  }

  async change(path) { this.take({ state: await this.call(path, 'POST') }); }
  async rate(rating) { await this.call('/rating', 'POST', rating); }
  typing() { this.call('/typing', 'POST').catch(() => {}); }
}

// ---- Looks ----

const STYLE = `
:host {
  --accent: var(--luukku-accent, #0b5a5e); --on-accent: var(--luukku-on-accent, #fff); --background: var(--luukku-background, #fff);
  --text: var(--luukku-text, #1c2529); --quiet: var(--luukku-quiet-text, #55626a); --bubble: var(--luukku-bubble, #eef2f2); --line: var(--luukku-line, #d5dddf);
  --edge: #6c7a82; --alert: var(--luukku-alert, #a3231b); --radius: var(--luukku-radius, 14px);
  position: fixed; z-index: var(--luukku-layer, 2147483000); inset: auto var(--luukku-right, 20px) var(--luukku-bottom, 20px) var(--luukku-left, auto);
  font: var(--luukku-font-size, 1rem)/1.45 var(--luukku-font, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif);
  color: var(--text); text-align: start; letter-spacing: normal; text-transform: none;
}
:host([hidden]) { display: none; }
* { box-sizing: border-box; }
p, ul, ol { margin: 0; } p + p, p + ul, p + ol, ul + p, ol + p { margin-top: .6em; } ul, ol { padding-inline-start: 1.25em; } li + li { margin-top: .2em; }
button, textarea, input, select { font: inherit; color: inherit; }
button { cursor: pointer; min-height: 2.75em; min-width: 2.75em; padding: .45em .9em; border: 1px solid var(--accent); border-radius: calc(var(--radius) * .7); background: var(--background); color: var(--accent); font-weight: 600; line-height: 1.3; }
button:hover { background: var(--bubble); }
button.main { background: var(--accent); color: var(--on-accent); } button.main:hover { filter: brightness(1.12); }
button.plain { border-color: transparent; font-weight: 500; }
button.small { min-height: 2.2em; padding: .2em .75em; font-size: .9em; }
button[aria-disabled=true] { background: var(--bubble); border-color: transparent; color: var(--quiet); cursor: default; filter: none; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
a { color: var(--accent); text-decoration: underline; text-underline-offset: .15em; overflow-wrap: anywhere; }
svg { width: 1.5em; height: 1.5em; fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; display: block; }
.hidden { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
[hidden] { display: none !important; }

.launcher { display: flex; align-items: center; gap: .6em; margin-inline-start: auto; min-height: 3.5em; padding: .7em 1.3em; border-radius: 999px; background: var(--accent); color: var(--on-accent); border-color: transparent; box-shadow: 0 4px 18px rgb(0 0 0 / .22); }
.launcher:hover { background: var(--accent); filter: brightness(1.12); }
.launcher:focus-visible { outline-color: var(--text); outline-offset: 3px; box-shadow: 0 0 0 3px var(--background); }
.badge { background: var(--on-accent); color: var(--accent); border-radius: 999px; padding: 0 .55em; font-size: .88em; font-weight: 700; }
.invitation { max-width: 19em; margin-bottom: .8em; padding: 1em; border: 1px solid var(--line); border-radius: var(--radius); background: var(--background); box-shadow: 0 6px 24px rgb(0 0 0 / .16); }
.row { display: flex; flex-wrap: wrap; gap: .5em; margin-top: .6em; align-items: center; }

dialog { position: fixed; inset: auto var(--luukku-right, 20px) var(--luukku-bottom, 20px) var(--luukku-left, auto); margin: 0; padding: 0; border: 1px solid var(--line); border-radius: var(--radius); width: min(25em, calc(100vw - 40px)); height: min(42em, calc(100dvh - 40px)); max-width: none; max-height: none; background: var(--background); color: inherit; box-shadow: 0 12px 48px rgb(0 0 0 / .24); overflow: hidden; }
dialog[open] { display: flex; flex-direction: column; }
dialog::backdrop { background: none; }
.top { display: flex; align-items: center; gap: .3em; padding: .65em .55em .65em 1.1em; background: var(--accent); color: var(--on-accent); position: relative; }
.top div.who { flex: 1; min-width: 0; } h2 { margin: 0; font-size: 1.08em; line-height: 1.25; } .top p { font-size: .9em; }
.top button { background: none; color: inherit; border-color: transparent; padding: .4em; display: grid; place-items: center; }
.top button:hover { background: rgb(255 255 255 / .16); } .top :focus-visible { outline-color: var(--on-accent); outline-offset: -3px; }
.top .menu svg { stroke-width: 3.4; }
nav { position: absolute; z-index: 2; top: calc(100% - .2em); right: .5em; min-width: 15em; padding: .4em; background: var(--background); color: var(--text); border: 1px solid var(--line); border-radius: calc(var(--radius) * .7); box-shadow: 0 8px 30px rgb(0 0 0 / .2); display: flex; flex-direction: column; }
nav button { text-align: start; font-weight: 500; color: var(--text); padding: .4em .8em; display: block; } nav button:hover { background: var(--bubble); } nav :focus-visible { outline-color: var(--accent); }
nav label { display: flex; align-items: center; justify-content: space-between; gap: 1em; padding: .4em .8em; }
select { min-height: 2.4em; border: 1px solid var(--edge); border-radius: calc(var(--radius) * .5); background: var(--background); padding: 0 .4em; }
nav .ask { padding: .4em .8em .6em; }

.notice, .state, .net { padding: .65em 1.1em; font-size: .94em; border-bottom: 1px solid var(--line); }
.notice { background: #fff6dc; color: #4a3600; } .notice a { color: inherit; }
.state { background: var(--bubble); } .net { background: #fdeceb; color: #7d1a14; border: 0; border-top: 1px solid var(--line); }
.net.good { background: #e6f4ea; color: #14532d; }

.log { flex: 1; min-height: 4em; overflow-y: auto; overscroll-behavior: contain; padding: 1em 1.1em; display: flex; flex-direction: column; gap: .35em; }
.log:focus-visible { outline-offset: -3px; }
.intro { font-size: .9em; color: var(--quiet); text-align: center; padding: 0 .5em .6em; }
.message { max-width: 88%; align-self: flex-start; }
.message.customer { align-self: flex-end; }
.meta { font-size: .8em; color: var(--quiet); margin: .55em .2em .15em; } .customer .meta { text-align: end; }
.bubble { padding: .65em .9em; border-radius: var(--radius); border-end-start-radius: 4px; background: var(--bubble); overflow-wrap: anywhere; border: 1px solid transparent; }
.agent .bubble { background: var(--background); border-color: var(--accent); }
.customer .bubble { width: fit-content; margin-inline-start: auto; background: var(--accent); color: var(--on-accent); border-radius: var(--radius); border-end-end-radius: 4px; } .customer .bubble a { color: inherit; }
.pending .bubble { opacity: .82; } .refused .bubble { background: var(--background); color: var(--text); border: 1px dashed var(--alert); }
.fate { font-size: .86em; color: var(--quiet); text-align: end; margin-top: .2em; } .refused .fate { color: var(--alert); } .fate .row { justify-content: flex-end; margin-top: .3em; }
.question { font-size: .88em; color: var(--quiet); padding-bottom: .5em; margin-bottom: .55em; border-bottom: 1px solid var(--line); }
.after { align-self: stretch; margin: .1em 0 .3em; font-size: .94em; } .after p { color: var(--quiet); }
.helped { display: flex; flex-wrap: wrap; align-items: center; gap: .4em .6em; }
.choices { display: flex; flex-wrap: wrap; gap: .45em; margin-top: .5em; } .choices button { text-align: start; font-weight: 500; border-radius: 1.4em; }
.typing { align-self: flex-start; display: flex; gap: .3em; align-items: center; color: var(--quiet); font-size: .9em; padding: .5em .2em; }
.typing i { width: .45em; height: .45em; border-radius: 50%; background: currentColor; animation: wink 1.2s infinite; } .typing i:nth-child(2) { animation-delay: .15s; } .typing i:nth-child(3) { animation-delay: .3s; margin-inline-end: .3em; }
@keyframes wink { 0%, 70%, 100% { opacity: .25; } 35% { opacity: 1; } }

.card { border: 1px solid var(--line); background: var(--background); padding: 0; overflow: hidden; }
.card .head { display: flex; justify-content: space-between; align-items: baseline; gap: .8em; padding: .7em .9em .2em; font-weight: 600; } .card .head .now { color: var(--accent); } .card .late { color: var(--alert); }
.card ol { list-style: none; display: grid; grid-template-columns: repeat(4, 1fr); gap: 4px; padding: .4em .9em .6em; }
.card ol li { margin: 0; font-size: .76em; line-height: 1.3; color: var(--quiet); border-top: 4px solid var(--line); padding-top: .35em; hyphens: auto; overflow-wrap: break-word; } .card ol li.done { border-color: var(--accent); } .card ol li.current { color: var(--text); font-weight: 600; }
.card .body { padding: .65em .9em .8em; border-top: 1px solid var(--line); } .card dl { margin: 0; display: grid; grid-template-columns: auto 1fr; gap: .2em .9em; } .card dt { color: var(--quiet); } .card dd { margin: 0; overflow-wrap: anywhere; } .card dl + * { margin-top: .6em; }

form.write { display: flex; align-items: flex-end; gap: .5em; padding: .7em .8em; border-top: 1px solid var(--line); }
form.write div { flex: 1; min-width: 0; }
textarea { width: 100%; display: block; resize: none; padding: .62em .8em; min-height: 2.75em; max-height: 8.5em; border: 1px solid var(--edge); border-radius: calc(var(--radius) * .8); background: var(--background); font-size: max(1em, 16px); line-height: 1.4; }
textarea::placeholder { color: var(--quiet); opacity: 1; } textarea:focus-visible { outline-offset: 0; }
form.write button { display: grid; place-items: center; padding: .5em; border-radius: 50%; width: 2.75em; }
.count:empty { display: none; } .count { font-size: .84em; color: var(--quiet); margin-top: .25em; } .count.over { color: var(--alert); font-weight: 600; }

.end { border-top: 1px solid var(--line); padding: .9em 1.1em 1em; overflow-y: auto; max-height: 75%; flex-shrink: 0; } .end > .row:first-child { margin-top: 0; }
fieldset { border: 0; margin: 0 0 .9em; padding: 0; min-width: 0; } legend { font-weight: 600; padding: 0; margin-bottom: .4em; }
.scale { display: grid; grid-auto-flow: column; grid-auto-columns: 1fr; gap: .3em; } .scale.ten { gap: 3px; font-size: .92em; }
.scale label { position: relative; display: block; } .scale input { position: absolute; inset: 0; opacity: 0; margin: 0; width: 100%; height: 100%; cursor: pointer; }
.scale span { display: grid; place-items: center; min-height: 2.6em; border: 1px solid var(--edge); border-radius: calc(var(--radius) * .6); font-weight: 600; }
.scale input:checked + span { background: var(--accent); color: var(--on-accent); border-color: var(--accent); } .scale input:focus-visible + span { outline: 3px solid var(--accent); outline-offset: 2px; }
.ends { display: flex; justify-content: space-between; gap: 1em; font-size: .84em; color: var(--quiet); margin-top: .3em; }
.end label.words { display: block; margin-bottom: .9em; } .end label.words textarea { margin-top: .3em; } .wrong { color: var(--alert); margin: 0 0 .5em; }

@media (max-width: 480px), (max-height: 480px) {
  dialog { inset: 0; width: 100%; height: 100%; height: var(--seen, 100dvh); border: 0; border-radius: 0; }
  .message { max-width: 92%; }
}
@media (max-height: 480px) { .log { min-height: 7em; } dialog[open] { overflow-y: auto; } .end { max-height: none; } }
@media (prefers-reduced-motion: no-preference) {
  dialog[open] { animation: rise .16s ease-out; } .message { animation: rise .14s ease-out; }
  @keyframes rise { from { opacity: 0; transform: translateY(8px); } }
}
@media (prefers-reduced-motion: reduce) { .typing i { animation: none; opacity: .7; } }
@media (forced-colors: active) { .bubble, button, .card ol li { border-color: CanvasText; } .scale input:checked + span { outline: 3px solid Highlight; } .card ol li.done { border-color: Highlight; } }
@media print { :host { display: none; } }
`;

// ---- The element ----

const STEP_OF = { received: 0, paid: 0, delayed: 1, packing: 1, 'part-shipped': 2, shipped: 2, ready: 3, delivered: 3 };
const NARROW = '(max-width: 480px), (max-height: 480px)';

class LuukkuChat extends HTMLElement {
  static observedAttributes = ['lang'];
  #shadow = this.attachShadow({ mode: 'open' });
  #conversation; #lang; #chosenLang = false; #shop = null; #nodes = new Map(); #parts; #open = false; #narrow = matchMedia(NARROW);
  #typingTimer; #lastTyped = 0; #thinkingTimer; #thinking = false; #netTimer; #wasLost = false; #announced = 0; #rating = null; #said = ''; #latest; #wentAway = false; #hideTimer;

  connectedCallback() {
    if (this.#conversation) return;
    const server = (this.getAttribute('server') || new URL('..', import.meta.url).href).replace(/\/+$/, '');
    this.#lang = this.#langOf(this.getAttribute('lang') || document.documentElement.lang);
    this.#conversation = new Conversation(server, this.#lang);
    if (isLanguage(this.#conversation.kept.lang)) this.#lang = this.#conversation.kept.lang, this.#chosenLang = true;
    this.#conversation.addEventListener('change', () => this.#show());
    this.#conversation.addEventListener('message', (event) => this.#hear(event.detail));
    this.#conversation.addEventListener('typing', () => this.#showTyping());
    this.#conversation.addEventListener('gone', (event) => this.#startOver(event.detail.gone));
    this.#dress();
    this.#build();
    window.addEventListener('online', this.#online);
    window.addEventListener('offline', this.#online);
    window.addEventListener('storage', this.#elsewhere);
    this.#narrow.addEventListener('change', this.#refit);
    window.visualViewport?.addEventListener('resize', this.#fit);
    this.#plan();
    if (this.#conversation.started) this.#lookIn();
  }

  disconnectedCallback() {
    window.removeEventListener('online', this.#online);
    window.removeEventListener('offline', this.#online);
    window.removeEventListener('storage', this.#elsewhere);
    this.#narrow.removeEventListener('change', this.#refit);
    window.visualViewport?.removeEventListener('resize', this.#fit);
    this.#conversation.closed = true;
    this.#conversation.unfollow();
    this.#conversation = null;
    this.#shadow.replaceChildren();
    this.#nodes.clear();
    this.#open = false;
  }

  attributeChangedCallback(name, before, now) {
    if (!this.#conversation || this.#chosenLang || !isLanguage(now) || now === this.#lang) return;
    this.#speak(now);
  }

  // ---- For the shop's page ----

  get isOpen() { return this.#open; }

  open() {
    if (this.#open) return;
    this.#open = true;
    this.#dismissInvitation();
    this.#parts.launcher.hidden = true;
    this.#refit();
    this.#fit();
    this.#join();
    this.#show();
    this.#scroll(true);
    this.#focusInput();
    if (this.#wentAway) this.#wentAway = false, this.#net(this.#t.gone, true);
    this.dispatchEvent(new CustomEvent('luukku-open'));
  }

  close() {
    if (!this.#open) return;
    this.#open = false;
    this.#toggleMenu(false);
    this.#parts.dialog.close();
    this.#parts.launcher.hidden = false;
    this.#parts.launcher.focus();
    if (!this.#withPerson()) this.#conversation.unfollow();
    this.#show();
    this.dispatchEvent(new CustomEvent('luukku-close'));
  }

  // ---- Starting ----

  #langOf(text) {
    const lang = String(text || '').slice(0, 2).toLowerCase();
    return isLanguage(lang) ? lang : 'fi';
  }

  #dress() {
    try {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(STYLE);
      this.#shadow.adoptedStyleSheets = [sheet];
    } catch {
      this.#shadow.append(h('style', null, STYLE));
    }
  }

  async #join() {
    const vouch = this.getAttribute('vouch'), conversation = this.#conversation;
    conversation.shop(this.#lang).then((shop) => { this.#shop = shop; this.#showNotices(); this.#show(); }, () => {});
    try {
      await conversation.begin(this.#lang, this.vouch ? async () => this.vouch() : vouch ? async () => vouch : null);
    } catch (error) {
      if (error.code === 'bad-vouch') { // the shop's word has run out: as a customer who is not logged in
        this.removeAttribute('vouch');
        this.vouch = null;
        return this.#join();
      }
      this.#net(this.#t.failed);
      return;
    }
    this.#announced = Math.max(this.#announced, conversation.last);
    if (this.#open || this.#withPerson()) conversation.follow();
    this.#scroll(true);
  }

  /* A conversation goes on from another page: the panel stays closed, but an agent's message shows at the button. */
  async #lookIn() {
    const conversation = this.#conversation;
    await conversation.begin(this.#lang, null, true).catch(() => {});
    if (conversation.loaded && (this.#open || this.#withPerson())) conversation.follow();
  }

  #withPerson() { return ['waiting', 'agent'].includes(this.#conversation.state.phase); }

  /* The invitation: only when the shop set a rule for it, once, and never over what the customer has begun. */
  #plan() {
    const after = Number(this.getAttribute('invite-after')), kinds = (this.getAttribute('invite-pages') || '').split(/\s+/).filter(Boolean);
    const asked = keep('luukku-invited');
    if (!(after > 0) || asked.read() || this.#conversation.started || (kinds.length && !kinds.includes(this.getAttribute('page')))) return;
    setTimeout(async () => {
      if (this.#open || !this.#conversation || this.#conversation.started || asked.read()) return;
      asked.write(true);
      this.#shop = await this.#conversation.shop(this.#lang).catch(() => null);
      if (!this.#open && this.#conversation) this.#invite();
    }, after * 1000);
  }

  #invite() {
    const t = this.#t, box = this.#parts.invitation;
    box.replaceChildren(h('p', null, this.getAttribute('invite-text') || t.invite), this.#availability() ? h('p', { class: 'fate' }, this.#availability()) : '',
      h('div', { class: 'row' }, h('button', { class: 'main', type: 'button', onclick: () => this.open() }, t.ask),
        h('button', { class: 'plain', type: 'button', onclick: () => { this.#dismissInvitation(); this.#parts.launcher.focus(); } }, t.dismiss)));
    box.hidden = false;
  }

  #dismissInvitation() { this.#parts.invitation.hidden = true; }

  // ---- The frame ----

  get #t() { return TEXTS[this.#lang]; }

  #build() {
    const t = this.#t, part = {};
    this.#nodes.clear();
    part.invitation = h('div', { class: 'invitation', role: 'status', hidden: true });
    part.badge = h('span', { class: 'badge', hidden: true });
    part.launcherText = h('span', null, t.open);
    part.launcher = h('button', { class: 'launcher', type: 'button', 'aria-haspopup': 'dialog', hidden: this.#open, onclick: () => this.open() }, icon(ICONS.chat), part.launcherText, part.badge);
    part.subtitle = h('p', null, t.withBot);
    part.menuButton = h('button', { type: 'button', class: 'menu', 'aria-label': t.menu, 'aria-expanded': 'false', 'aria-controls': 'menu', onclick: () => this.#toggleMenu() }, icon(ICONS.menu));
    part.menu = h('nav', { id: 'menu', hidden: true, 'aria-label': t.menu, onkeydown: (event) => this.#walkMenu(event) });
    part.notices = h('div');
    part.state = h('div', { class: 'state', hidden: true });
    part.log = h('div', { class: 'log', role: 'log', 'aria-label': t.log, 'aria-live': 'off', tabindex: '0' });
    part.typing = h('div', { class: 'typing', hidden: true });
    part.speech = h('div', { class: 'hidden', 'aria-live': 'polite' });
    part.net = h('div', { class: 'net', role: 'status' });
    part.net.hidden = true;
    part.input = h('textarea', { id: 'input', rows: '1', placeholder: t.message, 'aria-describedby': 'count', autocomplete: 'off', enterkeyhint: 'send', oninput: () => this.#typed(),
      onkeydown: (event) => { if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) { event.preventDefault(); this.#submit(); } } });
    part.count = h('div', { class: 'count', id: 'count' });
    part.sendButton = h('button', { class: 'main', 'aria-label': t.send, 'aria-disabled': 'true' }, icon(ICONS.send));
    part.form = h('form', { class: 'write', onsubmit: (event) => { event.preventDefault(); this.#submit(); } },
      h('div', null, h('label', { class: 'hidden', for: 'input' }, t.message), part.input, part.count), part.sendButton);
    part.end = h('div', { class: 'end', hidden: true });
    part.dialog = h('dialog', { lang: this.#lang, 'aria-labelledby': 'title', onkeydown: (event) => this.#escape(event), oncancel: (event) => { event.preventDefault(); this.close(); } },
      h('div', { class: 'top' }, h('div', { class: 'who' }, h('h2', { id: 'title' }, this.getAttribute('heading') || t.title), part.subtitle),
        part.menuButton, h('button', { type: 'button', 'aria-label': t.close, onclick: () => this.close() }, icon(ICONS.close)), part.menu),
      part.notices, part.state, part.log, part.speech, part.net, part.form, part.end);
    part.root = h('div', { lang: this.#lang }, part.invitation, part.launcher, part.dialog);
    this.#parts?.root.remove();
    this.#parts = part;
    this.#shadow.append(part.root);
    this.#showNotices();
  }

  /* Another language: the frame is built anew, what was said stays as it was. */
  #speak(lang) {
    const draft = this.#parts.input.value, open = this.#open;
    this.#lang = lang;
    this.#rating = null;
    this.#build();
    this.#parts.input.value = draft;
    if (open) {
      this.#refit();
      this.#typed(true);
      this.#focusInput();
    }
    this.#show();
    this.#scroll(true);
    this.#conversation.shop(lang).then((shop) => { this.#shop = shop; this.#showNotices(); this.#show(); }, () => {});
  }

  /* On a small screen the panel is all there is, and the page behind it is out of reach; on a large one both are at hand. */
  #refit = () => {
    const dialog = this.#parts.dialog;
    if (!this.#open) return;
    const focused = this.#shadow.activeElement;
    if (dialog.open) dialog.close();
    this.#narrow.matches ? dialog.showModal() : dialog.show();
    focused?.focus();
  };

  #fit = () => { // above the keyboard of a phone
    const view = window.visualViewport;
    if (view && this.#parts) this.#parts.dialog.style.setProperty('--seen', view.scale === 1 ? `${view.height}px` : '100dvh');
    this.#scroll(true);
  };

  #escape(event) {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    event.stopPropagation();
    if (!this.#parts.menu.hidden) this.#toggleMenu(false), this.#parts.menuButton.focus();
    else this.close();
  }

  // ---- Menu ----

  #toggleMenu(wanted = this.#parts.menu.hidden) {
    const { menu, menuButton } = this.#parts, t = this.#t, conversation = this.#conversation;
    menu.hidden = !wanted;
    menuButton.setAttribute('aria-expanded', String(wanted));
    if (!wanted) return;
    const item = (text, act) => h('button', { type: 'button', class: 'plain', onclick: act }, text), has = conversation.loaded;
    const language = h('select', { onchange: (event) => this.#chooseLang(event.target.value) },
      Object.entries({ fi: 'Suomi', sv: 'Svenska', en: 'English' }).map(([code, name]) => h('option', { value: code, lang: code, selected: code === this.#lang }, name)));
    menu.replaceChildren(...[
      has && conversation.state.phase === 'bot' && item(t.askPerson, () => this.#askPerson()),
      has && item(t.transcript, () => this.#download()),
      has && conversation.state.phase !== 'ended' && item(t.end, () => this.#act(() => conversation.change('/end'))),
      has && item(t.erase, () => this.#confirmErase()),
      h('label', null, t.language, language)].filter(Boolean));
    menu.querySelector('button, select').focus();
  }

  #walkMenu(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key], items = [...this.#parts.menu.querySelectorAll('button')];
    if (!step || event.target.tagName === 'SELECT') return;
    event.preventDefault();
    items[(items.indexOf(event.target) + step + items.length) % items.length].focus();
  }

  async #act(act) {
    this.#toggleMenu(false);
    try {
      await act();
      this.#focusInput();
    } catch {
      this.#net(this.#t.failed);
      this.#parts.menuButton.focus();
    }
  }

  #chooseLang(lang) {
    this.#toggleMenu(false);
    this.#chosenLang = true;
    this.#conversation.save({ lang });
    this.#speak(lang);
    this.#parts.menuButton.focus();
  }

  #askPerson() {
    this.#toggleMenu(false);
    this.#conversation.say(this.#t.personWord);
    this.#focusInput();
  }

  async #download() {
    await this.#act(async () => {
      const file = URL.createObjectURL(new Blob([await this.#conversation.call('/transcript')], { type: 'text/plain;charset=utf-8' }));
      h('a', { href: file, download: this.#t.file }).click();
      setTimeout(() => URL.revokeObjectURL(file), 10000);
    });
  }

  #confirmErase() {
    const t = this.#t, no = h('button', { type: 'button', onclick: () => { this.#toggleMenu(false); this.#parts.menuButton.focus(); } }, t.cancel);
    this.#parts.menu.replaceChildren(h('div', { class: 'ask' }, h('p', { id: 'ask' }, t.eraseAsk), h('div', { class: 'row' },
      h('button', { type: 'button', class: 'main', 'aria-describedby': 'ask', onclick: () => this.#act(async () => {
        await this.#conversation.call('', 'DELETE');
        this.#conversation.save({ outbox: [] });
        this.#conversation.forget(false);
        this.#net(t.erased, true);
      }) }, t.remove), no)));
    no.focus();
  }

  #startOver(gone) {
    this.#nodes.clear();
    this.#announced = 0;
    this.#rating = null;
    this.#parts.log.replaceChildren();
    if (gone && this.#open) this.#net(this.#t.gone, true);
    else this.#wentAway = gone;
    if (this.#open && !this.#conversation.beginning) this.#join();
    this.#show();
  }

  // ---- Writing ----

  get #limit() { return this.#shop?.limits.message || 2000; }

  #typed(quiet) {
    const { input, count, sendButton } = this.#parts, n = [...input.value].length, left = this.#limit - n;
    input.style.height = 'auto';
    input.style.height = `${Math.min(input.scrollHeight + 2, parseFloat(getComputedStyle(input).maxHeight) || 140)}px`;
    sendButton.setAttribute('aria-disabled', String(!input.value.trim() || left < 0));
    count.textContent = left < 0 ? fill(this.#t.tooLong, { n, limit: this.#limit }) : left < 200 ? fill(this.#t.left, { n: left }) : '';
    count.classList.toggle('over', left < 0);
    if (quiet || this.#conversation.state.phase !== 'agent' || !input.value || Date.now() - this.#lastTyped < 3000) return;
    this.#lastTyped = Date.now();
    this.#conversation.typing();
  }

  #submit() {
    const { input } = this.#parts, text = input.value.trim();
    if (!text || [...text].length > this.#limit) {
      if (text) this.#announce(this.#parts.count.textContent);
      return;
    }
    input.value = '';
    this.#typed(true);
    this.#conversation.say(text);
    if (!this.#conversation.loaded) this.#join();
    this.#scroll(true);
  }

  #choose(choice) {
    this.#conversation.say(choice.label, choice.payload);
    this.#focusInput();
    this.#scroll(true);
  }

  /* A touch must not bring up the keyboard: there the log takes the focus. */
  #focusInput() {
    const { input, log, form } = this.#parts;
    (matchMedia('(pointer: coarse)').matches || form.hidden ? log : input).focus();
  }

  // ---- Showing ----

  #announce(text, lang) {
    const line = h('p', { lang }, text);
    this.#parts.speech.append(line);
    setTimeout(() => line.remove(), 20000);
  }

  #hear(message) {
    if (message.from === 'customer') return;
    clearTimeout(this.#typingTimer);
    this.#parts.typing.hidden = true;
    if (!this.#open || document.hidden) return;
    const choices = message.choices?.length ? `. ${this.#t.choices}: ${message.choices.map((each) => each.label).join(', ')}` : '';
    this.#announce(`${this.#nameOf(message)}: ${message.text}${choices}`, message.lang);
  }

  #nameOf(message) { return message.from === 'bot' ? this.#t.bot : message.from === 'customer' ? this.#t.you : message.agent ? displayName(message.agent) : this.#t.person; }

  #availability() {
    const there = this.#shop?.availability;
    if (!there) return '';
    if (there.available) return this.#t.here;
    return there.opens && !there.open ? fill(this.#t.back, { when: moment(there.opens, this.#lang) }) : this.#t.away;
  }

  #showNotices() {
    this.#parts.notices.replaceChildren(...(this.#shop?.notices || []).map((notice) => h('div', { class: 'notice' }, safeHtml(notice.html, this.#t.newTab))));
  }

  #show() {
    if (!this.#conversation) return;
    const conversation = this.#conversation, { state } = conversation, part = this.#parts;
    if (conversation.loaded && !this.#chosenLang && isLanguage(state.lang) && state.lang !== this.#lang) return this.#speak(state.lang);
    const unread = [...conversation.messages.values()].filter((message) => message.from !== 'customer' && message.id > conversation.kept.seen).length;
    if (this.#open && conversation.last > conversation.kept.seen) conversation.save({ seen: conversation.last });
    part.badge.hidden = this.#open || !unread || !conversation.kept.seen;
    part.badge.textContent = unread === 1 ? this.#t.unread[0] : fill(this.#t.unread[1], { n: unread });
    part.launcherText.textContent = conversation.started && conversation.messages.size > 1 && state.phase !== 'ended' ? this.#t.resume : this.getAttribute('label') || this.#t.open;
    if (!this.#open) return;
    this.#showState(state);
    this.#showMessages();
    this.#showEnd(state.phase === 'ended');
    this.#showNet();
  }

  #showState(state) {
    const t = this.#t, { subtitle, state: bar } = this.#parts, queue = state.queue;
    const line = state.phase === 'agent' ? fill(t.withPerson, { name: state.agent ? displayName(state.agent) : t.person }) : { bot: t.withBot, waiting: t.inQueue, ended: t.over }[state.phase];
    if (subtitle.textContent !== line) {
      if (this.#said) this.#announce(line);
      subtitle.textContent = this.#said = line;
    }
    bar.hidden = state.phase !== 'waiting';
    if (bar.hidden) return;
    const opens = this.#shop?.availability.opens;
    const words = !queue?.available ? `${t.nobody}${opens && !this.#shop.availability.open ? ` ${fill(t.back, { when: moment(opens, this.#lang) })}` : ''}`
      : `${fill(t.position, { n: queue.position })} ${queue.expected_wait == null ? t.waitUnknown : fill(t.wait, { wait: duration(queue.expected_wait, t) })}`;
    if (bar.dataset.words === words) return;
    bar.dataset.words = words;
    bar.replaceChildren(h('p', null, words), h('div', { class: 'row' }, h('button', { type: 'button', class: 'small', onclick: () => this.#act(() => this.#conversation.change('/withdraw')) }, t.withdraw)));
  }

  #showNet() {
    const { trouble, kept } = this.#conversation, t = this.#t;
    clearTimeout(this.#netTimer);
    if (!navigator.onLine) this.#wasLost = true, this.#net(t.offline);
    else if (trouble && trouble.kind !== 'lost' && kept.outbox.length) {
      const n = Math.max(1, Math.ceil((trouble.until - Date.now()) / 1000));
      this.#wasLost = true;
      this.#net(fill(t[trouble.kind], { n }), false, this.#netSaid === trouble.kind);
      this.#netSaid = trouble.kind;
      this.#netTimer = setTimeout(() => this.#showNet(), 1000);
    } else if (trouble) this.#wasLost = true, this.#net(t.lost);
    else if (this.#wasLost) this.#wasLost = false, this.#netSaid = '', this.#net(t.found, true);
  }
  #netSaid = '';

  /* The countdown's changes are seen but not read out again and again. */
  #net(text, good, silent) {
    const { net } = this.#parts;
    net.setAttribute('aria-live', silent ? 'off' : 'polite');
    net.classList.toggle('good', Boolean(good));
    net.hidden = false;
    if (net.textContent !== text) net.textContent = text;
    clearTimeout(this.#hideTimer);
    if (good) this.#hideTimer = setTimeout(() => (net.hidden = true), 6000);
  }

  #online = () => {
    if (navigator.onLine) this.#conversation.hurry();
    this.#showNet();
  };

  #elsewhere = (event) => { // another tab goes on with the conversation, or has ended it
    const conversation = this.#conversation, kept = event.key === 'luukku ' + conversation.server && event.newValue ? JSON.parse(event.newValue) : null;
    if (!kept || kept.id === conversation.kept.id) return;
    conversation.unfollow();
    conversation.loaded = false;
    conversation.messages.clear();
    conversation.kept = { outbox: [], rated: {}, seen: 0, ...kept };
    this.#startOver(false);
  };

  #showTyping() {
    const { typing } = this.#parts, { agent } = this.#conversation.state;
    this.#dots(fill(this.#t.typing, { name: agent ? displayName(agent) : this.#t.person }));
    clearTimeout(this.#typingTimer);
    this.#typingTimer = setTimeout(() => (typing.hidden = true), 6000);
  }

  #dots(text) {
    this.#parts.typing.replaceChildren(h('i'), h('i'), h('i'), text);
    this.#parts.typing.hidden = false;
    this.#scroll();
  }

  #nearEnd() {
    const { log } = this.#parts;
    return log.scrollHeight - log.scrollTop - log.clientHeight < 120;
  }

  /* To the end, but never past the beginning of what came last: a long answer is read from its first line. */
  #scroll(always) {
    if (!always && !this.#nearEnd()) return;
    requestAnimationFrame(() => {
      const log = this.#parts?.log, first = this.#nodes.get(this.#latest)?.node;
      if (log) log.scrollTop = Math.min(log.scrollHeight, first?.isConnected ? first.offsetTop - log.offsetTop - 8 : Infinity);
    });
  }

  #showMessages() {
    const conversation = this.#conversation, { log, typing } = this.#parts, t = this.#t, atEnd = this.#nearEnd();
    const sorted = [...conversation.messages.values()].sort((a, b) => a.id - b.id), outbox = conversation.kept.outbox;
    const wanted = [this.#node('intro', `${t.isBot} ${this.#availability()}`, (text) => h('p', { class: 'intro' }, text))];
    let author = '';
    const latest = outbox[0]?.client_id || sorted.find((message) => message.turn === sorted.at(-1).turn)?.id, isNew = latest !== this.#latest;
    this.#latest = latest;
    sorted.forEach((message, i) => {
      const next = sorted[i + 1], before = sorted[i - 1], together = (a, b) => a && b && a.turn === b.turn;
      if (message.entry === 'answer-lead' && together(message, next) && next.title) return; // becomes the answer's heading
      const lead = before?.entry === 'answer-lead' && together(before, message) && message.title ? before : null;
      const asks = message.entry === 'helped' && together(before, message) && before.rate;
      const name = this.#nameOf(message), first = `${name}${Math.floor(message.time / 300)}` !== author;
      author = `${name}${Math.floor(message.time / 300)}`;
      if (!asks) wanted.push(this.#node(message.id, [lead?.id, first, message.lang], () => this.#message(message, lead, first && name)));
      const rate = message.rate && !(together(message, next) && next.entry === 'helped') ? message : asks ? before : null;
      if (rate) wanted.push(this.#node(`helped ${rate.id}`, conversation.kept.rated[rate.id], () => this.#helped(rate, asks ? message.text : t.helped)));
      if (message.choices?.length && !next && !outbox.length && conversation.state.phase !== 'ended')
        wanted.push(this.#node(`choices ${message.id}`, '', () => this.#choices(message, asks)));
    });
    for (const each of outbox) wanted.push(this.#node(each.client_id, [each.refused, this.#conversation.trouble?.kind, navigator.onLine], () => this.#unsent(each)));
    this.#think(outbox.some((each) => !each.refused) && conversation.state.phase === 'bot' && !conversation.trouble && navigator.onLine);
    wanted.push(typing);
    wanted.forEach((node, i) => { if (log.children[i] !== node) log.insertBefore(node, log.children[i] || null); });
    while (log.children.length > wanted.length) log.lastChild.remove();
    if (atEnd || (isNew && (outbox.length || conversation.messages.get(latest)?.from === 'customer'))) this.#scroll(true);
  }

  /* Nodes are kept for as long as what they show is the same: the reader's place and the focus stay. */
  #node(key, look, make) {
    const known = this.#nodes.get(key), as = JSON.stringify(look ?? null);
    if (known?.as === as) return known.node;
    const node = make(look);
    this.#nodes.set(key, { as, node });
    if (known?.node.contains(this.#shadow.activeElement)) requestAnimationFrame(() => this.#focusInput());
    return node;
  }

  #think(on) {
    if (on === this.#thinking) return;
    this.#thinking = on;
    clearTimeout(this.#thinkingTimer);
    if (on) this.#thinkingTimer = setTimeout(() => this.#dots(this.#t.thinking), 400);
    else this.#parts.typing.hidden = true;
  }

  #message(message, lead, name) {
    const body = message.html ? safeHtml(message.html, this.#t.newTab) : plainText(message.text, this.#t.newTab);
    const state = /^status-([a-z]+(?:-shipped)?)/.exec(message.entry || '')?.[1];
    const card = message.card || (STEP_OF[state] !== undefined || ['returned', 'cancelled'].includes(state) ? { state } : null);
    const who = name ? h('p', { class: 'meta' }, `${name} · `, h('time', null, clock(message.time, this.#lang))) : h('p', { class: 'hidden' }, this.#nameOf(message));
    return h('div', { class: `message ${message.from}`, lang: message.from === 'customer' ? null : message.lang }, who,
      card ? this.#card(card, body, message) : h('div', { class: 'bubble' }, lead && h('p', { class: 'question' }, lead.text), body));
  }

  /* An order's status: the steps, and what there is to know. Without a card from the server its text says it all. */
  #card(card, body, message) {
    const t = this.#t, at = STEP_OF[card.state], number = card.number || /\b\d{4,}\b/.exec(message.text)?.[0] || '';
    const row = (name, value) => (value ? [h('dt', null, name), h('dd', null, value)] : []);
    const rows = [...row(t.expected, card.expected && date(card.expected, this.#lang)), ...row(t.carrier, card.carrier), ...row(t.code, card.tracking_code), ...row(t.place, card.pickup_point)];
    return h('div', { class: 'bubble card' },
      h('div', { class: 'head' }, h('span', null, `${t.order} ${number}`), h('span', { class: card.state === 'delayed' || card.delayed ? 'late' : 'now' }, t.states[card.state] || '')),
      at !== undefined && h('p', { class: 'hidden' }, fill(t.step, { n: at + 1 })),
      at !== undefined && h('ol', { 'aria-hidden': 'true' }, t.steps.map((step, i) => h('li', { class: `${i <= at ? 'done' : ''} ${i === at ? 'current' : ''}` }, step))),
      h('div', { class: 'body' }, rows.length > 0 && h('dl', null, rows), rows.length && card.link && safeAddress(card.link) ? h('p', null, link(card.link, t.newTab, t.track)) : body));
  }

  #choices(message, related) {
    return h('div', { class: 'after', role: 'group', 'aria-label': related ? this.#t.related : this.#t.choices, lang: message.lang }, related && h('p', null, this.#t.related),
      h('div', { class: 'choices' }, message.choices.map((choice) => h('button', { type: 'button', onclick: () => this.#choose(choice) }, choice.label))));
  }

  #helped(message, question) {
    const t = this.#t, given = this.#conversation.kept.rated[message.id];
    if (given === 1) return h('p', { class: 'after' }, t.thanksYes);
    if (given === 0) return h('div', { class: 'after' }, h('p', null, t.thanksNo), h('div', { class: 'row' }, h('button', { type: 'button', class: 'small', onclick: () => this.#askPerson() }, t.askPerson)));
    const vote = async (value) => {
      const conversation = this.#conversation;
      conversation.save({ rated: { ...conversation.kept.rated, [message.id]: value } });
      conversation.tell('change');
      this.#announce(value ? t.thanksYes : t.thanksNo);
      conversation.rate({ kind: 'helpful', value, message: message.id }).catch(() => {
        delete conversation.kept.rated[message.id];
        conversation.tell('change');
        this.#net(t.failed);
      });
    };
    const label = `helped-${message.id}`;
    return h('div', { class: 'after helped', role: 'group', 'aria-labelledby': label, lang: message.lang }, h('p', { id: label }, question),
      h('button', { type: 'button', class: 'small', onclick: () => vote(1) }, t.yes), h('button', { type: 'button', class: 'small', onclick: () => vote(0) }, t.no));
  }

  #unsent(each) {
    const t = this.#t, conversation = this.#conversation, held = conversation.trouble || !navigator.onLine;
    const again = () => { delete each.refused; conversation.hurry(); conversation.flush(); };
    const edit = () => { conversation.withdrawFromOutbox(each.client_id); this.#parts.input.value = each.text; this.#typed(true); this.#parts.input.focus(); };
    const why = each.refused === 'message-too-long' ? fill(t.tooLong, { n: [...each.text].length, limit: each.limit || this.#limit }) : t.refused;
    return h('div', { class: `message customer ${each.refused ? 'refused' : 'pending'}` }, h('div', { class: 'bubble' }, plainText(each.text, t.newTab)),
      h('div', { class: 'fate' }, each.refused ? why : held ? t.unsent : t.sending, (each.refused || held) && h('div', { class: 'row' },
        !each.refused && h('button', { type: 'button', class: 'small', onclick: again }, t.retry),
        h('button', { type: 'button', class: 'small', onclick: edit }, t.edit),
        h('button', { type: 'button', class: 'small', onclick: () => { conversation.withdrawFromOutbox(each.client_id); this.#focusInput(); } }, t.remove))));
  }

  // ---- The end ----

  #scale(name, values, legend, low, high, label) {
    return h('fieldset', null, h('legend', null, legend), h('div', { class: `scale ${values.length > 5 ? 'ten' : ''}` }, values.map((value) =>
      h('label', null, h('input', { type: 'radio', name, value: String(value), 'aria-label': label ? fill(label, { n: value }) : null }), h('span', null, String(value))))),
    h('div', { class: 'ends' }, h('span', null, low), h('span', null, high)));
  }

  #showEnd(ended) {
    const { end, form } = this.#parts, conversation = this.#conversation;
    if (ended === !end.hidden && (!ended || this.#rating === conversation.kept.id)) return;
    form.hidden = ended;
    end.hidden = !ended;
    if (!ended) return this.#rating = null;
    this.#rating = conversation.kept.id;
    const ask = this.#shop?.rating || { csat: true, nps: false };
    end.replaceChildren(!conversation.kept.rated.all && (ask.csat || ask.nps) ? this.#ratingForm(ask) : '', this.#farewell());
    this.#scroll(true);
  }

  #farewell() {
    const t = this.#t, conversation = this.#conversation;
    return h('div', { class: 'row' }, h('button', { type: 'button', class: 'small', onclick: () => this.#download() }, t.transcript),
      h('button', { type: 'button', class: 'small', onclick: () => { this.#parts.end.hidden = true; this.#parts.form.hidden = false; this.#rating = null; this.#resumed(); } }, t.resumeHere),
      h('button', { type: 'button', class: 'small', onclick: () => { conversation.forget(false); this.#focusInput(); } }, t.again));
  }

  #resumed() { // a later message takes the conversation up again; until then only this page knows
    this.#conversation.take({ state: { ...this.#conversation.state, phase: 'bot' } });
    this.#parts.input.focus();
  }

  #ratingForm(ask) {
    const t = this.#t, conversation = this.#conversation, wrong = h('p', { class: 'wrong', role: 'alert' }), words = h('textarea', { rows: '2', maxlength: '2000' });
    const form = h('form', { onsubmit: async (event) => {
      event.preventDefault();
      const chosen = new FormData(form), kinds = ['csat', 'nps'].filter((kind) => chosen.has(kind));
      if (!kinds.length) return wrong.textContent = t.pick;
      try {
        for (const [i, kind] of kinds.entries())
          await conversation.rate({ kind, value: Number(chosen.get(kind)), ...(i === 0 && words.value.trim() && { text: words.value.trim() }) });
        conversation.save({ rated: { ...conversation.kept.rated, all: 1 } });
        const thanks = h('p', { role: 'status', tabindex: '-1' }, t.rated);
        form.replaceWith(thanks);
        thanks.focus();
      } catch { wrong.textContent = t.failed; }
    } }, ask.csat && this.#scale('csat', [1, 2, 3, 4, 5], t.csat, t.csatLow, t.csatHigh, t.star),
    ask.nps && this.#scale('nps', [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10], t.nps, t.npsLow, t.npsHigh),
    h('label', { class: 'words' }, t.words, words), wrong, h('button', { class: 'main' }, t.rate));
    return form;
  }
}

/* An account's name as a person's: maija → Maija. */
export const displayName = (name) => name.charAt(0).toUpperCase() + name.slice(1);

customElements.define('luukku-chat', LuukkuChat);
