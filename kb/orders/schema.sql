-- The order book's tables. A shop that has tables of its own defines views with these names and columns instead; `luukku orders check` says
-- what is missing. kb/ORDERS.md explains.
--
-- Money is in euro cents, VAT included. Times are Unix seconds, NULL or 0 when there is none. Countries are ISO 3166 codes.

PRAGMA application_id = 0x4C6B4F42; -- "LkOB"
PRAGMA user_version = 1;

CREATE TABLE customers (
  id    TEXT PRIMARY KEY NOT NULL, -- the shop's own id; a vouching token's `sub`
  name  TEXT NOT NULL,
  email TEXT NOT NULL,
  phone TEXT,
  lang  TEXT NOT NULL DEFAULT 'fi' CHECK (lang IN ('fi', 'sv', 'en'))
) WITHOUT ROWID;

CREATE TABLE products (
  sku             TEXT PRIMARY KEY NOT NULL,
  name            TEXT NOT NULL,
  family          TEXT,               -- the same for all sizes of one product
  size            TEXT,
  category        TEXT NOT NULL,
  price           INTEGER NOT NULL CHECK (price >= 0),
  stock           INTEGER NOT NULL CHECK (stock >= 0),
  restock         INTEGER,            -- more is expected then
  warranty_months INTEGER NOT NULL DEFAULT 0 CHECK (warranty_months >= 0),
  returnable      TEXT NOT NULL DEFAULT 'yes' CHECK (returnable IN ('yes', 'unopened', 'no')),
  link            TEXT,
  active          INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)) -- 0: not sold any more
) WITHOUT ROWID;
CREATE INDEX products_family ON products (family);
CREATE INDEX products_category ON products (category, price);

CREATE TABLE product_relations (
  sku   TEXT NOT NULL REFERENCES products (sku),
  kind  TEXT NOT NULL CHECK (kind IN ('accessory', 'similar')),
  other TEXT NOT NULL REFERENCES products (sku),
  rank  INTEGER NOT NULL,             -- 1 comes first
  PRIMARY KEY (sku, kind, other),
  CHECK (other <> sku)
) WITHOUT ROWID;

CREATE TABLE orders (
  number         TEXT PRIMARY KEY NOT NULL,
  customer       TEXT REFERENCES customers (id), -- NULL for a guest
  name           TEXT NOT NULL,
  email          TEXT NOT NULL,       -- proof of identity
  street         TEXT NOT NULL,
  postcode       TEXT NOT NULL,       -- proof of identity
  city           TEXT NOT NULL,
  country        TEXT NOT NULL DEFAULT 'FI',
  state          TEXT NOT NULL CHECK (state IN ('received', 'paid', 'packing', 'part-shipped', 'shipped', 'ready', 'delivered', 'returned', 'cancelled')),
  delivery       TEXT NOT NULL CHECK (delivery IN ('pickup-point', 'home', 'express', 'store')),
  pickup_point   TEXT,
  payment        TEXT NOT NULL,       -- card, mobilepay, bank, invoice, part-payment, gift-card, apple-pay, google-pay
  placed         INTEGER NOT NULL,
  paid           INTEGER,
  packed         INTEGER,
  shipped        INTEGER,
  delivered      INTEGER,
  cancelled      INTEGER,
  promised       INTEGER,             -- the day promised when it was placed
  expected       INTEGER,             -- the day expected now; later than promised: delayed
  keep_until     INTEGER,             -- waits at the pickup point until then
  delivery_price INTEGER NOT NULL DEFAULT 0 CHECK (delivery_price >= 0),
  discount       INTEGER NOT NULL DEFAULT 0 CHECK (discount >= 0),
  CHECK ((state = 'cancelled') = (COALESCE(cancelled, 0) > 0)),
  CHECK (delivery NOT IN ('pickup-point', 'store') OR pickup_point IS NOT NULL)
) WITHOUT ROWID;
CREATE INDEX orders_customer ON orders (customer, placed);

CREATE TABLE order_lines (
  order_number TEXT NOT NULL REFERENCES orders (number),
  line         INTEGER NOT NULL,
  sku          TEXT NOT NULL REFERENCES products (sku),
  name         TEXT NOT NULL,         -- as it was called when it was ordered
  size         TEXT,
  quantity     INTEGER NOT NULL CHECK (quantity > 0),
  shipped      INTEGER NOT NULL DEFAULT 0 CHECK (shipped BETWEEN 0 AND quantity),
  returned     INTEGER NOT NULL DEFAULT 0 CHECK (returned BETWEEN 0 AND shipped), -- registered for return or back
  unit_price   INTEGER NOT NULL CHECK (unit_price >= 0),
  PRIMARY KEY (order_number, line)
) WITHOUT ROWID;

CREATE TABLE shipments (
  id            INTEGER PRIMARY KEY,
  order_number  TEXT NOT NULL REFERENCES orders (number),
  carrier       TEXT NOT NULL,
  tracking_code TEXT NOT NULL,
  link          TEXT,
  sent          INTEGER,
  expected      INTEGER,
  delivered     INTEGER,
  keep_until    INTEGER
);
CREATE INDEX shipments_order ON shipments (order_number);

CREATE TABLE tracking_events (
  shipment INTEGER NOT NULL REFERENCES shipments (id),
  time     INTEGER NOT NULL,
  code     TEXT NOT NULL, -- sent, sorted, in-transit, customs, out-for-delivery, ready, delivered, missed, returning, delayed
  place    TEXT,
  text     TEXT,          -- the carrier's own words
  PRIMARY KEY (shipment, time, code)
) WITHOUT ROWID;

CREATE TABLE returns (
  code         TEXT PRIMARY KEY NOT NULL,
  order_number TEXT NOT NULL REFERENCES orders (number),
  state        TEXT NOT NULL CHECK (state IN ('registered', 'received', 'refunded')),
  reason       TEXT,      -- size, faulty, wrong, late, regret, other
  text         TEXT,
  new_order    TEXT REFERENCES orders (number), -- a size exchange
  registered   INTEGER NOT NULL,
  received     INTEGER,
  refunded     INTEGER,
  deadline     INTEGER,   -- to be on its way by then
  amount       INTEGER NOT NULL DEFAULT 0 CHECK (amount >= 0)
) WITHOUT ROWID;
CREATE INDEX returns_order ON returns (order_number);

CREATE TABLE return_lines (
  return_code  TEXT NOT NULL REFERENCES returns (code),
  line         INTEGER NOT NULL, -- of the return's order
  quantity     INTEGER NOT NULL CHECK (quantity > 0),
  opened       INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (return_code, line)
) WITHOUT ROWID;

CREATE TABLE invoices (   -- issued when packing begins
  number       TEXT PRIMARY KEY NOT NULL,
  order_number TEXT NOT NULL REFERENCES orders (number),
  state        TEXT NOT NULL CHECK (state IN ('open', 'paid', 'credited')),
  link         TEXT,
  reference    TEXT,
  issued       INTEGER NOT NULL,
  due          INTEGER,
  paid         INTEGER,
  total        INTEGER NOT NULL,
  vat          INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX invoices_order ON invoices (order_number);

-- From here on only actions write and need them.

CREATE TABLE warranty_claims (
  number       TEXT PRIMARY KEY NOT NULL,
  order_number TEXT NOT NULL REFERENCES orders (number),
  line         INTEGER NOT NULL,
  sku          TEXT NOT NULL,
  quantity     INTEGER NOT NULL DEFAULT 1,
  fault        TEXT NOT NULL,
  since        INTEGER,   -- when the fault came
  registered   INTEGER NOT NULL,
  state        TEXT NOT NULL DEFAULT 'open'
) WITHOUT ROWID;
CREATE INDEX warranty_claims_order ON warranty_claims (order_number);

CREATE TABLE stock_notices (
  sku        TEXT NOT NULL REFERENCES products (sku),
  email      TEXT NOT NULL,
  registered INTEGER NOT NULL,
  sent       INTEGER,
  PRIMARY KEY (sku, email)
) WITHOUT ROWID;

CREATE TABLE contact_requests (
  number       TEXT PRIMARY KEY NOT NULL,
  order_number TEXT,
  phone        TEXT,
  email        TEXT,
  text         TEXT,
  registered   INTEGER NOT NULL,
  state        TEXT NOT NULL DEFAULT 'open',
  CHECK (phone IS NOT NULL OR email IS NOT NULL)
) WITHOUT ROWID;

-- One row for each request, done or refused. Its key makes a repetition harmless: the first result is read from here.
CREATE TABLE audit (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  time         INTEGER NOT NULL,
  actor        TEXT NOT NULL,
  order_number TEXT,
  action       TEXT NOT NULL,
  key          TEXT NOT NULL UNIQUE,
  request      TEXT NOT NULL, -- digest of what was asked: a key is good for one request
  reason       TEXT NOT NULL, -- done, or why not
  before       TEXT,          -- JSON: what can change of the order
  after        TEXT,
  reference    TEXT,
  new_order    TEXT,
  detail       TEXT,
  amount       INTEGER,
  deadline     INTEGER
);
CREATE INDEX audit_order ON audit (order_number);

CREATE TABLE counters (
  name TEXT PRIMARY KEY NOT NULL, -- order, claim, contact
  next INTEGER NOT NULL
) WITHOUT ROWID;
INSERT INTO counters VALUES ('order', 100301), ('claim', 5001), ('contact', 8001);
