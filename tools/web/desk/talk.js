/* The transcript: what was said, and between it what the bot understood and what happened to the case. */
import { h, fill, clock, date, safeHtml, plainText, displayName } from '/chat/luukku-chat.js';

export function since(seconds, t) {
  if (seconds < 60) return fill(t.seconds, { n: Math.max(1, Math.floor(seconds)) });
  if (seconds < 3600) return fill(t.minutes, { n: Math.floor(seconds / 60) });
  if (seconds < 86400) return fill(t.hours, { h: Math.floor(seconds / 3600), m: Math.floor((seconds % 3600) / 60) });
  return fill(t.days, { n: Math.floor(seconds / 86400) });
}

/* A moment as the desk shows it: today's by the clock, others with their day. */
export function when(seconds, lang) {
  const today = new Date(seconds * 1000).toDateString() === new Date().toDateString();
  return today ? clock(seconds, lang) : `${date(seconds, lang)} ${clock(seconds, lang)}`;
}

function eventLine(event, t) {
  const words = t.events[event.type];
  if (!words) return null;
  const text = fill(words, { title: event.title || event.entry || '', reason: t.reasons[event.reason] || '', agent: displayName(event.agent || ''), number: event.number, yesno: event.number ? t.yes : t.no });
  const sure = event.type === 'turn.answered' && event.confidence != null ? ` · ${Math.round(event.confidence * 100)} %` : '';
  return h('li', { class: `event ${event.type.split('.')[0]}` }, text.replace(/[:,] *$/, '') + sure);
}

const nameOf = (message, t) => ({ customer: t.customer, bot: t.bot, note: `${t.note}, ${displayName(message.agent || '')}` })[message.from] || displayName(message.agent || t.agent);

function messageLine(message, before, lang, t) {
  const name = nameOf(message, t), goesOn = before && nameOf(before, t) === name && message.time - before.time < 120;
  const choices = message.choices?.length ? h('p', { class: 'offered' }, message.choices.map((choice) => h('span', null, choice.label))) : null;
  return h('li', { class: `message ${message.from}` }, h('p', { class: goesOn ? 'hidden' : 'meta' }, `${name} · `, h('time', null, when(message.time, lang))),
    h('div', { class: 'bubble' }, message.html ? safeHtml(message.html, t.newTab) : plainText(message.text, t.newTab), choices));
}

/* Events of a turn follow the customer's message that they are about; others stand where their time is. */
function order(messages, events) {
  const left = events.filter((event) => event.type !== 'message.received'), rows = [];
  const take = (which) => {
    for (let i = 0; i < left.length; ) which(left[i]) ? rows.push({ event: left.splice(i, 1)[0] }) : i++;
  };
  for (const message of messages) {
    take((event) => event.turn === 0 && event.time < message.time + (/agent|note/.test(message.from) ? 1 : 0));
    rows.push({ message });
    if (message.from === 'customer') take((event) => event.turn === message.turn);
  }
  take(() => true);
  return rows;
}

export function timeline(talk, { lang, t, understanding, edit }) {
  const messages = [...talk.view.messages].sort((a, b) => a.id - b.id);
  const rows = order(messages, talk.view.events).map((row, i, all) => (row.message ? messageLine(row.message, all[i - 1]?.message, lang, t)
    : understanding || !/^(turn|flow|action|language)\./.test(row.event.type) ? eventLine(row.event, t) : null));
  /* The event may be faster than the answer to the request that wrote it. */
  const arrived = (item) => messages.some((message) => message.id > item.after && message.text === item.text && message.from === (item.kind === 'note' ? 'note' : 'agent'));
  const waiting = talk.pending.filter((item) => !arrived(item)).map((item) => h('li', { class: `message ${item.kind === 'note' ? 'note' : 'agent'} ${item.refused ? 'refused' : 'pending'}` }, h('div', { class: 'bubble' }, plainText(item.text, t.newTab)),
    h('p', { class: 'meta' }, item.refused || t.unsent, item.refused && h('button', { type: 'button', class: 'small', onclick: () => edit(item) }, t.edit))));
  return [...rows.filter(Boolean), ...waiting];
}
