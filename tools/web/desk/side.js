/* Beside the transcript: the verified order, suggested articles, canned replies, and who the customer is. */
import { h, fill, date, plainText, safeHtml } from '/chat/luukku-chat.js';
import { when } from './talk.js';

const WORTH_READING = 0.03; // less is chance

const facts = (rows) => h('dl', null, rows.filter(([, value]) => value != null && value !== '' && value !== false).map(([name, value]) => h('div', null, h('dt', null, name), h('dd', null, value))));
const section = (id, title, ...content) => h('section', { id, 'aria-labelledby': `${id}-title`, tabindex: '-1' }, h('h2', { id: `${id}-title` }, title), ...content);

export function orderSection(order, { lang, t }) {
  if (!order) return section('order', t.order, h('p', { class: 'quiet' }, t.noOrder));
  const money = (cents) => new Intl.NumberFormat({ fi: 'fi-FI', sv: 'sv-FI', en: 'en-FI' }[lang], { style: 'currency', currency: 'EUR' }).format(cents / 100);
  const day = (moment) => moment && date(moment, lang);
  const lines = order.lines.map((line) => h('li', null, h('span', null, `${line.name}${line.size ? `, ${line.size}` : ''}`),
    h('span', { class: 'quiet' }, [fill(t.quantity, { n: line.quantity }), line.shipped ? fill(t.shipped, { n: line.shipped }) : '', line.returned ? fill(t.returned, { n: line.returned }) : ''].filter(Boolean).join(' · ')),
    h('span', { class: 'sum' }, money(line.unit_price * line.quantity))));
  const shipments = order.shipments.map((shipment) => h('p', { class: 'shipment' }, `${shipment.carrier} ${shipment.tracking_code} `,
    /^https?:\/\//.test(shipment.link) && h('a', { href: shipment.link, target: '_blank', rel: 'noopener noreferrer' }, t.track, h('span', { class: 'hidden' }, ` (${t.newTab})`))));
  return section('order', `${t.order} ${order.number}`, h('p', { class: 'chips' }, h('span', { class: 'chip strong' }, t.states[order.state] || order.state), order.delayed && h('span', { class: 'chip alert' }, t.late), order.changeable && h('span', { class: 'chip' }, t.changeable)),
    h('ul', { class: 'lines' }, lines), facts([[t.total, money(order.total)], [t.placed, day(order.placed)], [t.expected, !order.delivered && day(order.expected)], [t.delivered, day(order.delivered)], [t.returnBy, day(order.return_deadline)],
      [t.delivery, t.deliveries[order.delivery] || order.delivery], [t.pickup, order.pickup_point], [t.payment, t.payments[order.payment] || order.payment], [t.customer, order.name], [t.email, order.email]]), shipments);
}

export function suggestionSection(suggestions, { t, mine, insert }) {
  const list = (suggestions || []).filter((each) => each.confidence >= WORTH_READING).map((each) => h('li', null, h('details', null, h('summary', null, h('span', null, each.title), h('span', { class: 'quiet' }, fill(t.sure, { n: Math.round(each.confidence * 100) }))),
    h('div', { class: 'preview' }, safeHtml(each.html, t.newTab))), mine && h('button', { type: 'button', class: 'small', 'aria-label': `${t.insert}: ${each.title}`, onclick: () => insert(each.text, each.entry) }, t.insert)));
  return section('suggestions', t.suggestions, list.length ? h('ul', { class: 'cards' }, list) : h('p', { class: 'quiet' }, t.noSuggestions));
}

export function cannedSection(canned, { t, mine, insert }) {
  if (!canned?.length) return section('canned', t.canned, h('p', { class: 'quiet' }, t.noCanned));
  const list = h('ul', { class: 'cards' }), none = h('p', { class: 'quiet', role: 'status' });
  const show = (wanted) => {
    const found = canned.filter((each) => each.text.toLowerCase().includes(wanted.toLowerCase()));
    list.replaceChildren(...found.map((each) => h('li', null, h('div', { class: 'preview' }, plainText(each.text, t.newTab)), mine && h('button', { type: 'button', class: 'small', 'aria-label': `${t.insert}: ${each.text.slice(0, 60)}`, onclick: () => insert(each.text) }, t.insert))));
    none.textContent = found.length ? '' : t.noMatch;
  };
  show('');
  return section('canned', t.canned, h('input', { type: 'search', 'aria-label': t.filter, placeholder: t.filter, oninput: (event) => show(event.target.value) }), list, none);
}

export function customerSection(view, { lang, t }) {
  return section('customer', t.about, facts([[t.contact, view.case?.contact], [t.customerId, view.customer], [t.langName, t.langs[view.lang]], [t.started, when(view.started, lang)],
    [t.reason, view.case && t.reasons[view.case.reason]]]));
}
