/* The desk's side of the server: calls with the session's CSRF value, and the stream of events. */
import { request, readEvents, pause, patience } from '/chat/luukku-chat.js';

export class Server extends EventTarget {
  session = null;
  #following = null;

  tell(name, detail) { this.dispatchEvent(new CustomEvent(name, { detail })); }

  async call(path, method = 'GET', body) {
    try {
      return await request('/desk/api' + path, {
        method,
        headers: { ...(method !== 'GET' && this.session && { 'X-CSRF-Token': this.session.csrf }), ...(body && { 'Content-Type': 'application/json' }) },
        body: body && JSON.stringify(body),
      });
    } catch (error) {
      if (error.status === 401 && this.session) this.#ended();
      throw error;
    }
  }

  post(path, body) { return this.call(path, 'POST', body); }
  about(id, what, body) { return this.post(`/conversations/${id}/${what}`, body); }

  async resume() { this.session = await this.call('/session'); }
  async login(name, password) { this.session = await this.post('/login', { name, password }); }
  async logout() {
    await this.post('/logout');
    this.unfollow();
    this.session = null;
  }

  #ended() {
    this.unfollow();
    this.session = null;
    this.tell('ended');
  }

  /* Events until unfollow(): each kind as an event of its own; `open` after every connection, since what happened in between is not repeated; `lost` when there is none. */
  async follow() {
    const control = (this.#following = new AbortController());
    for (let attempt = 0; !control.signal.aborted; attempt++) {
      try {
        await readEvents('/desk/api/events', {
          headers: {}, signal: control.signal,
          opened: () => { attempt = 0; this.tell('open'); },
          take: (kind, data) => this.tell(kind, data),
        });
      } catch (error) {
        if (error.status === 401 && !control.signal.aborted) return this.#ended();
      }
      if (control.signal.aborted) return;
      if (attempt > 0) this.tell('lost');
      await pause(patience(attempt), control.signal);
    }
  }

  unfollow() { this.#following?.abort(); }
}

/* A reply or note goes out again and again under one id until the server has it, or says that it cannot be. */
export async function deliver(server, id, kind, item) {
  for (let attempt = 0; ; attempt++) {
    try {
      return await server.about(id, kind === 'note' ? 'notes' : 'messages', item);
    } catch (error) {
      if (error.status && error.status < 500 && ![408, 429].includes(error.status)) throw error;
      await pause(error.retryAfter || patience(attempt));
    }
  }
}
