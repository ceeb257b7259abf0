// The search engines of npm, driven like those of peer.hpp:
//
//   node peer.mjs ENGINE build DOCS INDEX
//   node peer.mjs ENGINE query INDEX QUERIES ROUNDS THREADS SECONDS      THREADS is 1: an engine of JavaScript has one
import { createRequire } from 'node:module';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';

const require = createRequire(import.meta.url);
const TOP = 10;
const QUERIES_LEAST = 20;
const versionOf = (name) => JSON.parse(readFileSync(new URL(`node_modules/${name}/package.json`, import.meta.url), 'utf8')).version;
const LONG = 5; // letters from which a word may have a typing error or be the beginning of another

// Each loads only its own package, and is {build(documents) → text of the saved index, open(text) → question → documents' numbers, best first}.
async function minisearch() {
  const { default: MiniSearch } = await import('minisearch');
  const options = { fields: ['title', 'body'] };
  const asked = { fuzzy: (word) => (word.length >= LONG ? 1 : false), prefix: (word) => word.length >= LONG };
  return {
    build(documents) {
      const index = new MiniSearch(options);
      index.addAll(documents);
      return JSON.stringify(index);
    },
    open(text) {
      const index = MiniSearch.loadJSON(text, options);
      return (question) => index.search(question, asked).slice(0, TOP).map((hit) => hit.id);
    },
  };
}

async function lunr() {
  const engine = require('lunr');
  for (const part of ['lunr.stemmer.support', 'lunr.fi']) require(`lunr-languages/${part}`)(engine);
  const fill = (query, question) => {
    for (const token of engine.tokenizer(question)) {
      const word = String(token).replace(/^[^\wåäö]+|[^\wåäö]+$/g, '');
      if (!word) continue;
      query.term(word, {});
      if (word.length >= LONG) query.term(word, { editDistance: 1, usePipeline: false, boost: 0.5 });
    }
  };
  return {
    build: (documents) => JSON.stringify(engine((builder) => {
      builder.use(engine.fi);
      builder.ref('id');
      builder.field('title');
      builder.field('body');
      documents.forEach((document) => builder.add(document));
    })),
    open(text) {
      const index = engine.Index.load(JSON.parse(text));
      return (question) => index.query((query) => fill(query, question)).slice(0, TOP).map((hit) => Number(hit.ref));
    },
  };
}

async function orama() {
  const { create, insertMultiple, load, save, search } = await import('@orama/orama');
  const { stemmer } = await import('@orama/stemmers/finnish');
  const empty = () => create({ schema: { title: 'string', body: 'string' }, components: { tokenizer: { language: 'finnish', stemming: true, stemmer } } });
  return {
    async build(documents) {
      const index = empty();
      await insertMultiple(index, documents.map((document) => ({ ...document, id: String(document.id) })), 1000);
      return JSON.stringify(save(index));
    },
    open(text) {
      const index = empty();
      load(index, JSON.parse(text));
      return (question) => search(index, { term: question, limit: TOP, threshold: 1 }).hits.map((hit) => Number(hit.id));
    },
  };
}

const engines = { minisearch, lunr, orama };
const packages = { minisearch: 'minisearch', lunr: 'lunr', orama: '@orama/orama' };

function rows(path, wanted) {
  const lines = readFileSync(path, 'utf8').split('\n');
  if (!lines.at(-1)) lines.pop();
  return lines.map((line) => {
    const row = line.split('\t');
    if (row.length < wanted) throw new Error(`${path}: a line has too few columns`);
    return row;
  });
}

const report = (figures) => process.stderr.write(`${JSON.stringify(figures)}\n`);

async function build(version, engine, docs, folder) {
  const documents = rows(docs, 3).map((row, id) => ({ id, title: row[1], body: row[2] }));
  const begin = performance.now();
  const text = await engine.build(documents);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'index.json'), text);
  report({ version, build_seconds: (performance.now() - begin) / 1e3 });
}

function runRound(answer, queries, limit) {
  const found = [];
  const micros = [];
  const begin = performance.now();
  for (const [, text] of queries) {
    const start = performance.now();
    if (found.length >= QUERIES_LEAST && start - begin > limit * 1e3) break;
    found.push(answer(text));
    micros.push((performance.now() - start) * 1e3);
  }
  const seconds = (performance.now() - begin) / 1e3;
  micros.sort((a, b) => a - b);
  const at = (share) => micros[Math.floor(micros.length * share)];
  return { found, p50: at(0.5), p99: at(0.99), rate: found.length / seconds };
}

function query(version, engine, folder, path, rounds, limit) {
  const answer = engine.open(readFileSync(join(folder, 'index.json'), 'utf8'));
  const queries = rows(path, 2);
  const all = [];
  while (all.length < rounds && (!all.length || all.at(-1).found.length === queries.length)) all.push(runRound(answer, queries, limit));
  const first = all[0];
  const last = all.at(-1);
  process.stdout.write(last.found.map((documents, q) => `${queries[q][0]}\t${documents.join(',')}\n`).join(''));
  report({
    version, queries: last.found.length, queries_per_second: last.rate, p50_us: last.p50, p99_us: last.p99, first_p50_us: first.p50,
    first_p99_us: first.p99,
  });
}

const [name, command, ...rest] = process.argv.slice(2);
const known = Object.hasOwn(engines, name ?? '');
if (known && command === 'build' && rest.length === 2) await build(versionOf(packages[name]), await engines[name](), ...rest);
else if (known && command === 'query' && rest.length === 5) query(versionOf(packages[name]), await engines[name](), rest[0], rest[1], Number(rest[2]), Number(rest[4]));
else {
  process.stderr.write(`usage: node peer.mjs ${Object.keys(engines).join('|')} build DOCS INDEX | query INDEX QUERIES ROUNDS THREADS SECONDS\n`);
  process.exitCode = 2;
}
