/* What of a browser the client needs: an XMLHttpRequest of a page of another origin. It asks first (preflight) as a browser does, and fails when the answer does not allow the
 * request or may not be read. */
import { request as send } from 'node:http';

export const ORIGIN = 'https://shop.example';

function call(method, url, headers, body) {
  return new Promise((done, failed) => {
    const request = send(url, { method, headers: { ...headers, Origin: ORIGIN } }, (response) => {
      const parts = [];
      response.on('data', (part) => parts.push(part));
      response.on('end', () => done({ status: response.statusCode, headers: response.headers, body: Buffer.concat(parts) }));
      response.on('error', failed);
    });
    request.on('error', failed);
    request.end(body);
  });
}

function allowed(answer) {
  return answer.headers['access-control-allow-origin'] === ORIGIN;
}

async function preflight(method, url, headers) {
  const names = Object.keys(headers).filter((name) => name !== 'accept');
  const answer = await call('OPTIONS', url, { 'Access-Control-Request-Method': method, 'Access-Control-Request-Headers': names.join(',') });
  const listed = (answer.headers['access-control-allow-headers'] ?? '').toLowerCase().split(/\s*,\s*/);
  const refused = names.filter((name) => !listed.includes(name));
  if (!allowed(answer) || refused.length) throw new Error(`the preflight of ${method} ${url} fails (${refused})`);
}

class PageRequest {
  readyState = 0;
  status = 0;
  responseType = '';
  timeout = 0;
  withCredentials = false;
  #sent = {};
  #got = {};

  open(method, url) {
    this.method = method;
    this.url = url;
    this.readyState = 1;
  }

  setRequestHeader(name, value) { this.#sent[name.toLowerCase()] = String(value); }
  getResponseHeader(name) { return this.#got[name.toLowerCase()] ?? null; }
  getAllResponseHeaders() { return Object.entries(this.#got).map(([name, value]) => `${name}: ${value}`).join('\r\n'); }
  abort() { this.aborted = true; }

  #finish(status, body) {
    if (this.aborted) return;
    const text = body.toString('utf8');
    this.status = status;
    this.response = text;
    if (this.responseType === 'json') this.response = /^[[{]/.test(text) ? JSON.parse(text) : null;
    if (this.responseType === 'arraybuffer') this.response = Uint8Array.from(body).buffer;
    this.readyState = 4;
    this.onreadystatechange?.({});
    this.onload?.({});
  }

  async send(body) {
    let bytes = body;
    PageRequest.requests.count++;
    if (body instanceof FormData) {
      const whole = new Response(body);
      this.#sent['content-type'] = whole.headers.get('content-type');
      bytes = Buffer.from(await whole.arrayBuffer());
    }
    try {
      await preflight(this.method, this.url, this.#sent);
      const answer = await call(this.method, this.url, bytes ? { ...this.#sent, 'Content-Length': Buffer.byteLength(bytes) } : this.#sent, bytes);
      if (!allowed(answer)) throw new Error(`the answer to ${this.method} ${this.url} may not be read`);
      this.#got = answer.headers;
      this.#finish(answer.status, answer.body);
    } catch (error) {
      PageRequest.failures.push(error.message);
      this.#finish(0, Buffer.alloc(0));
    }
  }

  /* What a browser would write into its console. */
  static failures = [];
  static requests = { count: 0 };
}

/* Before the client is loaded: it looks for these once. */
export function becomeBrowser() {
  globalThis.XMLHttpRequest = PageRequest;
  globalThis.WebSocket ??= class {};
  return PageRequest;
}
