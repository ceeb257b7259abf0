import { h, fill } from '/chat/luukku-chat.js';

/* The login page; `entered` is called when there is a session. */
export function loginPage({ texts: t, lang, server, note, speak, entered }) {
  const wrong = h('p', { class: 'wrong', role: 'alert' }, note || ''), button = h('button', { class: 'main' }, t.login);
  const name = h('input', { id: 'name', name: 'name', autocomplete: 'username', autocapitalize: 'none', spellcheck: 'false', required: true, maxlength: '40' });
  const password = h('input', { id: 'password', name: 'password', type: 'password', autocomplete: 'current-password', required: true });
  const form = h('form', { onsubmit: async (event) => {
    event.preventDefault();
    wrong.textContent = '';
    button.disabled = true;
    try {
      await server.login(name.value.trim(), password.value);
      entered();
    } catch (error) {
      wrong.textContent = error.status === 401 ? t.wrongPassword : error.status === 429 ? fill(t.tooMany, { n: Math.max(1, Math.ceil((error.retryAfter || 60) / 60)) }) : t.noServer;
      button.disabled = false;
      password.value = '';
      password.focus();
    }
  } }, h('label', { for: 'name' }, t.name), name, h('label', { for: 'password' }, t.password), password, wrong, button);
  const language = h('select', { id: 'language', onchange: (event) => speak(event.target.value) }, languages(lang));
  const page = h('main', { class: 'login' }, h('div', { class: 'sheet' }, h('img', { src: '/desk/mark.svg', alt: '', width: '44', height: '44' }), h('h1', null, t.loginTitle), form),
    h('p', { class: 'language' }, h('label', { for: 'language' }, t.language), language));
  requestAnimationFrame(() => name.focus());
  return page;
}

export const languages = (lang) => Object.entries({ fi: 'Suomi', sv: 'Svenska', en: 'English' }).map(([code, name]) => h('option', { value: code, lang: code, selected: code === lang }, name));
