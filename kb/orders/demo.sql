-- The sample shop's catalogue, customers and orders. All people are made up; their e-mail addresses are of domains that nobody can have.
--
-- `luukku orders init` runs this after schema.sql, in one transaction. Before it there is a table `clock` with one row: `now`, and `midnight`
-- in Finland before it. Days are counted in working days from the last one that is not in the future (0), so that the orders never look
-- stale and nothing is packed on a Sunday. The same `now` gives the same orders.

CREATE TEMP TABLE workday AS
  WITH RECURSIVE calendar (k) AS (SELECT -1100 UNION ALL SELECT k + 1 FROM calendar WHERE k < 60),
  days AS (SELECT k, midnight + k * 86400 + 43200 AS noon FROM calendar, clock),
  counted AS (SELECT k, noon, row_number() OVER (ORDER BY k) AS place FROM days WHERE strftime('%w', noon, 'unixepoch') NOT IN ('0', '6'))
  SELECT place - (SELECT max(place) FROM counted WHERE k <= 0) AS n, noon FROM counted;
CREATE UNIQUE INDEX temp.workday_n ON workday (n);

-- ---- Catalogue ----

-- sizes: a JSON list, or NULL; stock: of one size it varies around this; restock: in so many working days.
CREATE TEMP TABLE catalogue (code TEXT PRIMARY KEY, category, name, price, sizes, stock, restock, warranty, returnable);
INSERT INTO catalogue VALUES
  ('RV1001', 'footwear', 'Vaelluskengät Tunturi', 14900, '["38","39","40","41","42","43","44","45"]', 11, 8, 12, 'yes'),
  ('RV1002', 'footwear', 'Vaelluskengät Kuukkeli', 11900, '["36","37","38","39","40","41","42"]', 6, 10, 12, 'yes'),
  ('RV1003', 'footwear', 'Kumisaappaat Suo', 5900, '["36","38","40","42","44"]', 9, NULL, 6, 'yes'),
  ('RV1004', 'footwear', 'Polkujuoksukengät Kipakka', 12900, '["37","38","39","40","41","42","43","44"]', 4, 12, 6, 'yes'),
  ('RV1005', 'footwear', 'Talvikengät Pakkanen', 13900, '["38","40","42","44"]', 7, 15, 12, 'yes'),
  ('RV1006', 'clothing', 'Merinovillasukat', 1990, '["36-39","40-43","44-47"]', 40, NULL, 0, 'yes'),
  ('RV1007', 'accessories', 'Säärystimet Räntä', 3900, '["S-M","L-XL"]', 12, NULL, 0, 'yes'),
  ('RV1101', 'jackets', 'Kuoritakki Myrsky', 22900, '["XS","S","M","L","XL","XXL"]', 5, 9, 24, 'yes'),
  ('RV1102', 'jackets', 'Untuvatakki Halla', 19900, '["S","M","L","XL"]', 8, 9, 12, 'yes'),
  ('RV1103', 'jackets', 'Fleecetakki Kaste', 7900, '["XS","S","M","L","XL"]', 17, NULL, 0, 'yes'),
  ('RV1104', 'jackets', 'Softshelltakki Tuisku', 12900, '["S","M","L","XL"]', 10, 6, 12, 'yes'),
  ('RV1105', 'jackets', 'Sadeviitta Kuuro', 3990, '["S-M","L-XL"]', 21, NULL, 0, 'yes'),
  ('RV1106', 'trousers', 'Kuorihousut Myrsky', 16900, '["S","M","L","XL"]', 6, 9, 24, 'yes'),
  ('RV1107', 'trousers', 'Vaellushousut Jänkä', 9900, '["S","M","L","XL"]', 14, NULL, 0, 'yes'),
  ('RV1108', 'clothing', 'T-paita omalla painatuksella', 3490, '["S","M","L","XL"]', 30, NULL, 0, 'no'),
  ('RV1201', 'clothing', 'Merinopaita Utu', 6990, '["XS","S","M","L","XL"]', 16, NULL, 0, 'yes'),
  ('RV1202', 'clothing', 'Merinokalsarit Utu', 5990, '["S","M","L","XL"]', 15, NULL, 0, 'unopened'),
  ('RV1203', 'clothing', 'Pipo Revontuli', 2490, NULL, 60, NULL, 0, 'yes'),
  ('RV1204', 'clothing', 'Villakäsineet Kinnas', 2990, '["S","M","L"]', 18, NULL, 0, 'yes'),
  ('RV1205', 'clothing', 'Tuubihuivi Tuuli', 1790, NULL, 75, NULL, 0, 'yes'),
  ('RV2001', 'backpacks', 'Rinkka Erämaa 65 l', 21900, NULL, 9, 10, 36, 'yes'),
  ('RV2002', 'backpacks', 'Päiväreppu Tunturi 28 l', 8900, NULL, 22, NULL, 36, 'yes'),
  ('RV2003', 'backpacks', 'Lasten reppu Pikkukettu 12 l', 4490, NULL, 13, NULL, 36, 'yes'),
  ('RV2004', 'accessories', 'Rinkan sadesuoja 65 l', 2490, NULL, 31, NULL, 12, 'yes'),
  ('RV2005', 'accessories', 'Kuivapussi 20 l', 2290, NULL, 44, NULL, 12, 'yes'),
  ('RV2006', 'accessories', 'Juomajärjestelmä 2 l', 3490, NULL, 19, NULL, 12, 'unopened'),
  ('RV2007', 'backpacks', 'Matkalaukku Reissu 90 l', 15900, NULL, 0, 7, 36, 'yes'),
  ('RV3001', 'tents', 'Kupoliteltta Saana 2', 34900, NULL, 7, 14, 36, 'yes'),
  ('RV3002', 'tents', 'Kupoliteltta Saana 3', 42900, NULL, 0, 12, 36, 'yes'),
  ('RV3003', 'tents', 'Tunneliteltta Kilpis 4', 59900, NULL, 3, 14, 36, 'yes'),
  ('RV3004', 'accessories', 'Telttakankaan paikkaussarja', 1490, NULL, 38, NULL, 0, 'yes'),
  ('RV3005', 'accessories', 'Maakiilat 10 kpl', 1290, NULL, 52, NULL, 0, 'yes'),
  ('RV3006', 'tents', 'Laavukangas 3 x 3 m', 7900, NULL, 16, NULL, 24, 'yes'),
  ('RV3007', 'accessories', 'Teltan pohjakangas Saana', 4900, NULL, 10, NULL, 12, 'yes'),
  ('RV3101', 'sleeping', 'Talvimakuupussi Hanki', 25900, NULL, 6, 10, 24, 'yes'),
  ('RV3102', 'sleeping', 'Kesämakuupussi Niitty', 9900, NULL, 18, NULL, 24, 'yes'),
  ('RV3103', 'sleeping', 'Ilmatäytteinen makuualusta Untu', 11900, NULL, 12, NULL, 24, 'yes'),
  ('RV3104', 'sleeping', 'Riippumatto Keinu', 6900, NULL, 14, NULL, 24, 'yes'),
  ('RV3105', 'sleeping', 'Makuupussin sisälakana', 2990, NULL, 26, NULL, 0, 'unopened'),
  ('RV3201', 'cooking', 'Retkikeitin Liekki', 8900, NULL, 15, NULL, 24, 'yes'),
  ('RV3202', 'cooking', 'Kaasupatruuna 230 g', 790, NULL, 120, NULL, 0, 'yes'),
  ('RV3203', 'cooking', 'Termospullo Savu 1 l', 3490, NULL, 33, NULL, 12, 'yes'),
  ('RV3204', 'cooking', 'Kuksa nimikaiverruksella', 4900, NULL, 25, NULL, 0, 'no'),
  ('RV3205', 'cooking', 'Retkipata 2 l', 4290, NULL, 11, NULL, 12, 'yes'),
  ('RV3206', 'accessories', 'Puukko Kaira', 5900, NULL, 20, NULL, 12, 'yes'),
  ('RV3207', 'accessories', 'Tulukset Kipinä', 1490, NULL, 47, NULL, 0, 'yes'),
  ('RV3301', 'winter', 'Lumikengät Nietos', 15900, NULL, 8, 9, 24, 'yes'),
  ('RV3302', 'accessories', 'Vaellussauvat Askel', 7900, NULL, 17, NULL, 24, 'yes'),
  ('RV3303', 'camping', 'Retkituoli Tauko', 4990, NULL, 23, NULL, 12, 'yes'),
  ('RV4001', 'lights', 'Otsalamppu Kajo 400', 4990, NULL, 28, NULL, 24, 'yes'),
  ('RV4002', 'lights', 'Otsalamppu Kajo 800', 7990, NULL, 0, 6, 24, 'yes'),
  ('RV4003', 'lights', 'Retkilyhty Tähti', 3490, NULL, 24, NULL, 24, 'yes'),
  ('RV4004', 'accessories', 'Otsalampun vara-akku Kajo', 2490, NULL, 30, NULL, 24, 'yes'),
  ('RV5001', 'headphones', 'Langattomat kuulokkeet Kaiku', 12900, NULL, 21, NULL, 24, 'yes'),
  ('RV5002', 'headphones', 'Nappikuulokkeet Kaiku Mini', 7900, NULL, 34, NULL, 24, 'unopened'),
  ('RV5003', 'speakers', 'Bluetooth-kaiutin Humina', 8900, NULL, 16, NULL, 24, 'yes'),
  ('RV5004', 'power', 'Varavirtalähde 20 000 mAh', 4990, NULL, 41, NULL, 24, 'yes'),
  ('RV5005', 'power', 'Aurinkopaneelilaturi 21 W', 7990, NULL, 9, NULL, 24, 'yes'),
  ('RV5006', 'watches', 'Urheilukello Rytmi GPS', 24900, NULL, 12, 5, 24, 'yes'),
  ('RV5007', 'watches', 'Urheilukello Rytmi Solar', 32900, NULL, 4, 5, 24, 'yes'),
  ('RV5008', 'accessories', 'Kellon ranneke Rytmi', 2490, NULL, 50, NULL, 0, 'yes'),
  ('RV5009', 'power', 'USB-C-latauskaapeli 2 m', 1490, NULL, 90, NULL, 24, 'yes'),
  ('RV5010', 'power', 'Pikalaturi 65 W', 3990, NULL, 36, NULL, 24, 'yes'),
  ('RV5011', 'navigation', 'GPS-navigaattori Reitti', 29900, NULL, 5, 8, 24, 'yes'),
  ('RV5012', 'navigation', 'Maastokartta Suomi -ohjelmisto', 5900, NULL, 100, NULL, 0, 'unopened'),
  ('RV5013', 'cameras', 'Toimintakamera Vilaus 4K', 27900, NULL, 7, NULL, 24, 'yes'),
  ('RV5014', 'accessories', 'Kameran kypäräkiinnike', 1990, NULL, 29, NULL, 12, 'yes'),
  ('RV5015', 'home', 'Sääasema Puuska', 9900, NULL, 13, NULL, 24, 'yes'),
  ('RV5016', 'home', 'Robotti-imuri Pölly', 34900, NULL, 6, 11, 24, 'yes'),
  ('RV5017', 'accessories', 'Robotti-imurin suodatinsarja', 2990, NULL, 27, NULL, 0, 'yes'),
  ('RV5018', 'home', 'Kahvinkeitin Aamu', 8900, NULL, 14, NULL, 24, 'yes'),
  ('RV5019', 'home', 'Sähkögrilli Terassi', 19900, NULL, 0, 20, 24, 'yes'),
  ('RV5020', 'home-large', 'Pakastin Routa 200 l', 49900, NULL, 4, 10, 24, 'yes'),
  ('RV5021', 'home-large', 'Jääkaappi Halla 300 l', 64900, NULL, 3, 10, 24, 'yes');

INSERT INTO products (sku, name, family, size, category, price, stock, restock, warranty_months, returnable, link)
  SELECT c.code || COALESCE('-' || s.value, ''), c.name, CASE WHEN s.value IS NULL THEN NULL ELSE c.code END, s.value, c.category, c.price,
         CASE WHEN s.value IS NULL THEN c.stock ELSE (c.stock + s.key * 7) % 13 END,
         (SELECT noon FROM workday WHERE n = c.restock), c.warranty, c.returnable, 'https://revontuli.example/tuote/' || lower(c.code)
  FROM catalogue c LEFT JOIN json_each(c.sizes) s;
UPDATE products SET restock = NULL WHERE stock > 0;
UPDATE products SET restock = (SELECT noon FROM workday WHERE n = 10) WHERE stock = 0 AND restock IS NULL;

-- Between whole families: every size of the one goes with the first size of the other that is named here.
CREATE TEMP TABLE goes_with (code, kind, rank, other);
INSERT INTO goes_with VALUES
  ('RV1001', 'accessory', 1, 'RV1006-40-43'), ('RV1001', 'accessory', 2, 'RV1007-L-XL'), ('RV1001', 'accessory', 3, 'RV3302'),
  ('RV1002', 'accessory', 1, 'RV1006-36-39'), ('RV1002', 'accessory', 2, 'RV3302'),
  ('RV1005', 'accessory', 1, 'RV1006-40-43'), ('RV1101', 'accessory', 1, 'RV1106-M'), ('RV1101', 'accessory', 2, 'RV1103-M'),
  ('RV1106', 'accessory', 1, 'RV1101-L'), ('RV1201', 'accessory', 1, 'RV1202-M'), ('RV1202', 'accessory', 1, 'RV1201-M'),
  ('RV2001', 'accessory', 1, 'RV2004'), ('RV2001', 'accessory', 2, 'RV2005'), ('RV2001', 'accessory', 3, 'RV2006'),
  ('RV2002', 'accessory', 1, 'RV2006'), ('RV2002', 'accessory', 2, 'RV2005'),
  ('RV3001', 'accessory', 1, 'RV3007'), ('RV3001', 'accessory', 2, 'RV3005'), ('RV3001', 'accessory', 3, 'RV3004'),
  ('RV3002', 'accessory', 1, 'RV3007'), ('RV3002', 'accessory', 2, 'RV3005'), ('RV3003', 'accessory', 1, 'RV3005'),
  ('RV3003', 'accessory', 2, 'RV3004'), ('RV3006', 'accessory', 1, 'RV3005'),
  ('RV3101', 'accessory', 1, 'RV3103'), ('RV3101', 'accessory', 2, 'RV3105'), ('RV3102', 'accessory', 1, 'RV3103'),
  ('RV3201', 'accessory', 1, 'RV3202'), ('RV3201', 'accessory', 2, 'RV3205'), ('RV3205', 'accessory', 1, 'RV3201'),
  ('RV3301', 'accessory', 1, 'RV3302'), ('RV3301', 'accessory', 2, 'RV1007-L-XL'),
  ('RV4001', 'accessory', 1, 'RV4004'), ('RV4002', 'accessory', 1, 'RV4004'), ('RV4003', 'accessory', 1, 'RV5004'),
  ('RV5001', 'accessory', 1, 'RV5009'), ('RV5003', 'accessory', 1, 'RV5009'), ('RV5004', 'accessory', 1, 'RV5009'),
  ('RV5005', 'accessory', 1, 'RV5004'), ('RV5006', 'accessory', 1, 'RV5008'), ('RV5007', 'accessory', 1, 'RV5008'),
  ('RV5010', 'accessory', 1, 'RV5009'), ('RV5011', 'accessory', 1, 'RV5012'), ('RV5011', 'accessory', 2, 'RV5004'),
  ('RV5013', 'accessory', 1, 'RV5014'), ('RV5013', 'accessory', 2, 'RV5004'), ('RV5016', 'accessory', 1, 'RV5017'),
  ('RV4002', 'similar', 1, 'RV4001'), ('RV4001', 'similar', 1, 'RV4002'), ('RV3002', 'similar', 1, 'RV3001'),
  ('RV3002', 'similar', 2, 'RV3003'), ('RV3001', 'similar', 1, 'RV3003'), ('RV5006', 'similar', 1, 'RV5007'),
  ('RV5007', 'similar', 1, 'RV5006'), ('RV5001', 'similar', 1, 'RV5002'), ('RV1101', 'similar', 1, 'RV1104-L'),
  ('RV2007', 'similar', 1, 'RV2001'), ('RV5020', 'similar', 1, 'RV5021');
INSERT INTO product_relations (sku, kind, rank, other)
  SELECT p.sku, g.kind, g.rank, g.other FROM goes_with g JOIN products p ON COALESCE(p.family, p.sku) = g.code;

-- ---- Customers ----

CREATE TEMP TABLE person (id TEXT PRIMARY KEY, name, email, phone, lang, street, postcode, city, country);
INSERT INTO person VALUES
  ('C1001', 'Maija Virtanen', 'maija.virtanen@example.fi', '040 000 1001', 'fi', 'Runeberginkatu 14 A 5', '00100', 'Helsinki', 'FI'),
  ('C1002', 'Jukka Mäkelä', 'jukka.makela@example.fi', '040 000 1002', 'fi', 'Hämeenkatu 21 B 12', '33200', 'Tampere', 'FI'),
  ('C1003', 'Aino Korhonen', 'aino.korhonen@example.fi', '050 000 1003', 'fi', 'Isokatu 33 C 8', '90100', 'Oulu', 'FI'),
  ('C1004', 'Mikko Nieminen', 'mikko.nieminen@example.com', '044 000 1004', 'fi', 'Yliopistonkatu 5', '20100', 'Turku', 'FI'),
  ('C1005', 'Sanna Laine', 'sanna.laine@example.fi', '045 000 1005', 'fi', 'Tapiontori 2 A 31', '02100', 'Espoo', 'FI'),
  ('C1006', 'Petri Heikkinen', 'petri.heikkinen@example.fi', '040 000 1006', 'fi', 'Puijonkatu 18 A 2', '70100', 'Kuopio', 'FI'),
  ('C1007', 'Anna Lindström', 'anna.lindstrom@example.fi', '050 000 1007', 'sv', 'Vasaesplanaden 12 A 4', '65100', 'Vasa', 'FI'),
  ('C1008', 'Johan Söderholm', 'johan.soderholm@example.com', '040 000 1008', 'sv', 'Ågatan 7', '06100', 'Borgå', 'FI'),
  ('C1009', 'Åsa Öhman', 'asa.ohman@example.fi', '044 000 1009', 'sv', 'Stationsvägen 3', '10600', 'Ekenäs', 'FI'),
  ('C1010', 'Erik Nyström', 'erik.nystrom@example.com', '0457 000 1010', 'sv', 'Torggatan 15', '22100', 'Mariehamn', 'AX'),
  ('C1011', 'Päivi Hämäläinen', 'paivi.hamalainen@example.fi', '040 000 1011', 'fi', 'Vapaudenkatu 40 A 9', '40100', 'Jyväskylä', 'FI'),
  ('C1012', 'Timo Järvinen', 'timo.jarvinen@example.fi', '050 000 1012', 'fi', 'Aleksanterinkatu 10', '15110', 'Lahti', 'FI'),
  ('C1013', 'Elina Koskinen', 'elina.koskinen@example.fi', '044 000 1013', 'fi', 'Tikkurilantie 22 B 3', '01300', 'Vantaa', 'FI'),
  ('C1014', 'Ville Salonen', 'ville.salonen@example.com', '045 000 1014', 'fi', 'Koskikatu 9 A 1', '96200', 'Rovaniemi', 'FI'),
  ('C1015', 'Kaisa Rantanen', 'kaisa.rantanen@example.fi', '040 000 1015', 'fi', 'Yrjönkatu 17', '28100', 'Pori', 'FI'),
  ('C1016', 'Antti Lehtonen', 'antti.lehtonen@example.fi', '050 000 1016', 'fi', 'Siltakatu 25 C 16', '80100', 'Joensuu', 'FI'),
  ('C1017', 'Laura Saarinen', 'laura.saarinen@example.fi', '044 000 1017', 'fi', 'Mannerheimintie 98 A 40', '00250', 'Helsinki', 'FI'),
  ('C1018', 'Marko Turunen', 'marko.turunen@example.com', '040 000 1018', 'fi', 'Raatihuoneenkatu 8', '13100', 'Hämeenlinna', 'FI'),
  ('C1019', 'Hanna Kallio', 'hanna.kallio@example.fi', '045 000 1019', 'fi', 'Valtakatu 44 B 7', '53100', 'Lappeenranta', 'FI'),
  ('C1020', 'Camilla Backström', 'camilla.backstrom@example.fi', '050 000 1020', 'sv', 'Storgatan 28', '68600', 'Jakobstad', 'FI'),
  ('C1021', 'Olli Ahonen', 'olli.ahonen@example.fi', '040 000 1021', 'fi', 'Kauppakatu 12 A 6', '87100', 'Kajaani', 'FI'),
  ('C1022', 'Riikka Peltonen', 'riikka.peltonen@example.fi', '044 000 1022', 'fi', 'Hämeentie 66 D 52', '00550', 'Helsinki', 'FI'),
  ('C1023', 'Sami Kinnunen', 'sami.kinnunen@example.com', '050 000 1023', 'fi', 'Kalevankatu 3', '60100', 'Seinäjoki', 'FI'),
  ('C1024', 'Emma Wikström', 'emma.wikstrom@example.com', '0457 000 1024', 'sv', 'Närpesvägen 11', '64200', 'Närpes', 'FI'),
  ('C1025', 'Daniel Smith', 'daniel.smith@example.com', '045 000 1025', 'en', 'Otakaari 20 C 14', '02150', 'Espoo', 'FI'),
  ('C1026', 'Kristjan Tamm', 'kristjan.tamm@example.com', '+372 000 1026', 'en', 'Pärnu maantee 31', '10119', 'Tallinn', 'EE'),
  ('C1027', 'Sofia Andersson', 'sofia.andersson@example.com', '+46 000 1027', 'sv', 'Kungsgatan 55', '111 22', 'Stockholm', 'SE'),
  ('C1028', 'Leena Karjalainen', 'leena.karjalainen@example.fi', '040 000 1028', 'fi', 'Keskuskatu 6', '48100', 'Kotka', 'FI'),
  ('C1029', 'Juho Pitkänen', 'juho.pitkanen@example.fi', '050 000 1029', 'fi', 'Satamakatu 13 A 4', '57130', 'Savonlinna', 'FI');
INSERT INTO customers (id, name, email, phone, lang) SELECT id, name, email, phone, lang FROM person;
-- A guest: orders, but is no customer.
INSERT INTO person VALUES ('guest', 'Tuula Niemi', 'tuula.niemi@example.fi', '040 000 1030', 'fi', 'Rantatie 1', '50100', 'Mikkeli', 'FI');

-- ---- Orders ----

-- Days are working days, 0 is the last one that is not in the future. came: delivered, ready or cancelled. Later than promised is delayed.
CREATE TEMP TABLE plan (number INTEGER PRIMARY KEY, person, state, delivery, pickup_point, carrier, payment, placed, packed, sent, came,
                        promised, expected, discount, lines);
INSERT INTO plan VALUES
  (100101, 'C1004', 'delivered', 'home', NULL, 'Posti', 'card', -520, -519, -519, -516, -515, -515, 0, '{"RV2001":1,"RV2004":1}'),
  (100102, 'C1002', 'delivered', 'pickup-point', 'Posti Automaatti, K-Market Tammela', 'Posti', 'card', -260, -259, -259, -256, -256, -256, 0, '{"RV5006":1}'),
  (100103, 'C1001', 'delivered', 'pickup-point', 'Posti Automaatti, S-market Kamppi', 'Posti', 'mobilepay', -150, -149, -149, -147, -146, -146, 0, '{"RV1203":2,"RV1205":1}'),
  (100104, 'C1011', 'delivered', 'home', NULL, 'Matkahuolto', 'invoice', -95, -94, -94, -91, -90, -90, 0, '{"RV3001":1,"RV3007":1,"RV3005":1}'),
  (100105, 'C1016', 'delivered', 'store', 'Revontuli Oulu, Valkea', NULL, 'card', -60, -60, NULL, -59, -59, -59, 0, '{"RV5016":1}'),
  (100106, 'C1007', 'delivered', 'pickup-point', 'Matkahuolto, Vasa resecenter', 'Matkahuolto', 'bank', -48, -47, -47, -45, -44, -44, 0, '{"RV1001-39":1}'),
  (100107, 'C1012', 'delivered', 'pickup-point', 'Posti Automaatti, Lahti Trio', 'Posti', 'card', -22, -21, -21, -19, -18, -18, 1000, '{"RV1101-L":1,"RV1106-L":1}'),
  (100108, 'C1005', 'delivered', 'express', NULL, 'Posti', 'apple-pay', -18, -18, -18, -17, -17, -17, 0, '{"RV5002":1,"RV5009":2}'),
  (100109, 'C1019', 'delivered', 'pickup-point', 'Posti Automaatti, Prisma Lappeenranta', 'Posti', 'card', -14, -13, -13, -11, -10, -10, 0, '{"RV1002-38":1,"RV1006-36-39":3}'),
  (100110, 'C1020', 'delivered', 'home', NULL, 'Posti', 'invoice', -12, -11, -11, -8, -7, -7, 0, '{"RV1102-M":1,"RV1204-M":1}'),
  (100111, 'C1022', 'delivered', 'pickup-point', 'Posti Automaatti, Kallio', 'Posti', 'google-pay', -10, -9, -9, -7, -6, -6, 0, '{"RV5001":1}'),
  (100112, 'C1025', 'delivered', 'home', NULL, 'Matkahuolto', 'card', -9, -8, -8, -5, -4, -4, 0, '{"RV3201":1,"RV3202":4,"RV3204":1}'),
  (100113, 'C1013', 'delivered', 'home', NULL, 'DB Schenker', 'part-payment', -11, -10, -9, -5, -5, -5, 0, '{"RV5020":1}'),
  (100114, 'C1003', 'delivered', 'store', 'Revontuli Oulu, Valkea', NULL, 'card', -6, -6, NULL, -5, -5, -5, 0, '{"RV1201-M":2,"RV1202-M":1}'),
  (100115, 'C1028', 'returned', 'pickup-point', 'Posti Automaatti, Kotka Pasaati', 'Posti', 'card', -30, -29, -29, -27, -26, -26, 0, '{"RV1004-40":1}'),
  (100116, 'C1009', 'returned', 'home', NULL, 'Posti', 'card', -26, -25, -25, -22, -21, -21, 0, '{"RV5013":1,"RV5014":1}'),
  (100117, 'C1021', 'returned', 'pickup-point', 'Matkahuolto, Kajaani', 'Matkahuolto', 'mobilepay', -35, -34, -34, -31, -30, -30, 0, '{"RV2002":1}'),
  (100118, 'C1006', 'cancelled', 'home', NULL, 'Posti', 'card', -20, NULL, NULL, -20, -15, -15, 0, '{"RV5011":1}'),
  (100119, 'C1014', 'cancelled', 'pickup-point', 'Posti Automaatti, Rovaniemi Revontuli', 'Posti', 'bank', -9, NULL, NULL, -8, -5, -5, 0, '{"RV3301":1,"RV3302":1}'),
  (100120, 'C1023', 'cancelled', 'pickup-point', 'Matkahuolto, Seinäjoki', 'Matkahuolto', 'invoice', -4, NULL, NULL, -3, 0, 0, 0, '{"RV1103-L":1}'),
  (100121, 'C1017', 'cancelled', 'express', NULL, 'Posti', 'card', -2, NULL, NULL, -2, -1, -1, 0, '{"RV5010":1,"RV5009":1}'),
  (100122, 'C1015', 'ready', 'pickup-point', 'Posti Automaatti, Pori Puuvilla', 'Posti', 'card', -5, -4, -4, -1, -1, -1, 0, '{"RV1107-M":1,"RV1103-M":1}'),
  (100123, 'C1018', 'ready', 'pickup-point', 'Matkahuolto, Hämeenlinna', 'Matkahuolto', 'mobilepay', -5, -4, -4, -1, 0, 0, 0, '{"RV4001":1,"RV4004":1}'),
  (100124, 'C1008', 'ready', 'pickup-point', 'Posti Automaatti, Borgå Lundi', 'Posti', 'card', -6, -5, -5, -2, -2, -2, 0, '{"RV3203":2}'),
  (100125, 'C1002', 'ready', 'store', 'Revontuli Tampere, Hämeenkatu', NULL, 'card', -1, -1, NULL, -1, -1, -1, 0, '{"RV5018":1}'),
  (100126, 'C1001', 'ready', 'store', 'Revontuli Helsinki, Kamppi', NULL, 'gift-card', -1, -1, NULL, -1, -1, -1, 0, '{"RV1204-S":1,"RV1203":1}'),
  (100127, 'C1029', 'ready', 'pickup-point', 'Posti Automaatti, Savonlinna', 'Posti', 'invoice', -7, -6, -6, -4, -3, -3, 0, '{"RV1005-42":1}'),
  (100128, 'C1024', 'ready', 'pickup-point', 'Matkahuolto, Närpes', 'Matkahuolto', 'bank', -4, -3, -3, -1, 0, 0, 0, '{"RV1105-L-XL":1}'),
  (100129, 'C1003', 'shipped', 'home', NULL, 'Posti', 'card', -3, -2, -2, NULL, 2, 2, 0, '{"RV3102":1,"RV3103":1}'),
  (100130, 'C1010', 'shipped', 'pickup-point', 'Posti, Mariehamn', 'Posti', 'card', -4, -3, -3, NULL, 2, 2, 0, '{"RV1101-S":1}'),
  (100131, 'C1016', 'shipped', 'home', NULL, 'Matkahuolto', 'invoice', -7, -6, -6, NULL, -2, 2, 0, '{"RV2001":1}'),
  (100132, 'C1026', 'shipped', 'home', NULL, 'Posti', 'card', -5, -4, -4, NULL, 2, 2, 0, '{"RV5007":1}'),
  (100133, 'C1027', 'shipped', 'home', NULL, 'Posti', 'card', -5, -4, -4, NULL, 1, 1, 0, '{"RV1102-L":1,"RV1205":2}'),
  (100134, 'C1013', 'shipped', 'pickup-point', 'Posti Automaatti, Tikkurila', 'Posti', 'mobilepay', -2, -1, -1, NULL, 2, 2, 0, '{"RV4003":1,"RV5004":1}'),
  (100135, 'C1019', 'shipped', 'pickup-point', 'Matkahuolto, Lappeenranta', 'Matkahuolto', 'card', -6, -5, -5, NULL, -2, 1, 0, '{"RV3206":1}'),
  (100136, 'C1005', 'shipped', 'express', NULL, 'Posti', 'apple-pay', -1, -1, -1, NULL, 1, 1, 0, '{"RV5003":1}'),
  (100137, 'C1006', 'shipped', 'home', NULL, 'DB Schenker', 'part-payment', -5, -4, -3, NULL, 1, 1, 0, '{"RV5021":1}'),
  (100138, 'guest', 'shipped', 'pickup-point', 'Posti Automaatti, Mikkeli Stella', 'Posti', 'bank', -3, -2, -2, NULL, 1, 1, 0, '{"RV1006-36-39":2,"RV1201-S":1}'),
  (100139, 'C1011', 'part-shipped', 'pickup-point', 'Posti Automaatti, Jyväskylä Kolmikulma', 'Posti', 'card', -4, -3, -2, NULL, 1, 6, 0, '{"RV3101":1,"RV3105":1}'),
  (100140, 'C1012', 'part-shipped', 'home', NULL, 'Posti', 'invoice', -5, -4, -3, NULL, 0, 5, 0, '{"RV5005":1,"RV5004":2,"RV5009":2}'),
  (100141, 'C1007', 'part-shipped', 'home', NULL, 'Matkahuolto', 'card', -4, -3, -2, NULL, 1, 1, 0, '{"RV3303":2,"RV3205":1}'),
  (100142, 'C1022', 'part-shipped', 'pickup-point', 'Posti Automaatti, Kallio', 'Posti', 'mobilepay', -6, -5, -4, NULL, -1, 4, 0, '{"RV1104-M":1,"RV1107-S":1}'),
  (100143, 'C1017', 'packing', 'pickup-point', 'Posti Automaatti, Töölö', 'Posti', 'card', -1, 0, NULL, NULL, 3, 3, 0, '{"RV1101-M":1}'),
  (100144, 'C1014', 'packing', 'home', NULL, 'Posti', 'card', -1, 0, NULL, NULL, 4, 4, 0, '{"RV3301":1}'),
  (100145, 'C1008', 'packing', 'home', NULL, 'Matkahuolto', 'invoice', -1, 0, NULL, NULL, 4, 4, 500, '{"RV2002":1,"RV2006":1}'),
  (100146, 'C1025', 'packing', 'express', NULL, 'Posti', 'google-pay', 0, 0, NULL, NULL, 1, 1, 0, '{"RV5010":1}'),
  (100147, 'C1004', 'packing', 'pickup-point', 'Posti Automaatti, Turku Hansa', 'Posti', 'mobilepay', -2, 0, NULL, NULL, 1, 2, 0, '{"RV1002-40":1,"RV1006-40-43":2}'),
  (100148, 'C1001', 'paid', 'pickup-point', 'Posti Automaatti, S-market Kamppi', 'Posti', 'card', 0, NULL, NULL, NULL, 3, 3, 0, '{"RV1001-40":1,"RV1006-40-43":2}'),
  (100149, 'C1002', 'paid', 'home', NULL, 'Posti', 'mobilepay', -1, NULL, NULL, NULL, 4, 4, 0, '{"RV3003":1,"RV3005":2}'),
  (100150, 'C1009', 'paid', 'home', NULL, 'Posti', 'card', 0, NULL, NULL, NULL, 5, 5, 0, '{"RV5015":1}'),
  (100151, 'C1015', 'paid', 'pickup-point', 'Matkahuolto, Pori', 'Matkahuolto', 'invoice', -1, NULL, NULL, NULL, 3, 3, 0, '{"RV1106-S":1}'),
  (100152, 'C1018', 'paid', 'home', NULL, 'Posti', 'part-payment', -8, NULL, NULL, NULL, -3, 7, 0, '{"RV5019":1}'),
  (100153, 'C1021', 'paid', 'pickup-point', 'Posti Automaatti, Kajaani', 'Posti', 'card', -5, NULL, NULL, NULL, -1, 6, 0, '{"RV4002":1,"RV4004":1}'),
  (100154, 'C1020', 'paid', 'home', NULL, 'Matkahuolto', 'bank', -1, NULL, NULL, NULL, 4, 4, 0, '{"RV1104-L":1}'),
  (100155, 'C1023', 'received', 'pickup-point', 'Posti Automaatti, Seinäjoki Torikeskus', 'Posti', 'bank', 0, NULL, NULL, NULL, 4, 4, 0, '{"RV2003":1}'),
  (100156, 'C1028', 'received', 'home', NULL, 'Posti', 'invoice', 0, NULL, NULL, NULL, 5, 5, 0, '{"RV5003":1,"RV5009":1}'),
  (100157, 'C1029', 'received', 'pickup-point', 'Matkahuolto, Savonlinna', 'Matkahuolto', 'part-payment', -1, NULL, NULL, NULL, 3, 3, 0, '{"RV3002":1}'),
  (100158, 'C1024', 'received', 'home', NULL, 'Matkahuolto', 'bank', -1, NULL, NULL, NULL, 4, 4, 0, '{"RV1203":1,"RV1204-L":1,"RV1205":1}'),
  (100234, 'C1001', 'shipped', 'pickup-point', 'Posti Automaatti, S-market Kamppi', 'Posti', 'card', -3, -2, -2, NULL, 1, 1, 0, '{"RV1103-S":1,"RV3203":1}'),
  (100235, 'C1017', 'delivered', 'pickup-point', 'Posti Automaatti, Töölö', 'Posti', 'card', -8, -7, -7, -5, -4, -4, 0, '{"RV1001-42":1,"RV1006-40-43":1,"RV1203":1}');

-- Hours of the day that differ from order to order; what is of today lies before now, and in its order.
CREATE TEMP TABLE happened AS
  SELECT p.number,
    min(d0.noon + ((p.number * 37) % 600 - 240) * 60, now - 5400 - (p.number % 30) * 60) AS placed,
    min(d1.noon - 10800 + ((p.number * 13) % 120) * 60, now - 1800) AS packed,
    min(d2.noon + 7200 + ((p.number * 7) % 120) * 60, now - 1200) AS sent,
    min(d3.noon + 7200 + ((p.number * 29) % 240) * 60, now - 600) AS came,
    d4.noon AS promised, d5.noon AS expected
  FROM clock, plan p LEFT JOIN workday d0 ON d0.n = p.placed LEFT JOIN workday d1 ON d1.n = p.packed LEFT JOIN workday d2 ON d2.n = p.sent
    LEFT JOIN workday d3 ON d3.n = p.came LEFT JOIN workday d4 ON d4.n = p.promised LEFT JOIN workday d5 ON d5.n = p.expected;
-- A parcel to a far country or in a hurry is packed on the day it was ordered: not before it was.
UPDATE happened SET packed = min(placed + 3600, (SELECT now FROM clock) - 1800) WHERE packed < placed;
UPDATE happened SET sent = packed + 3600 WHERE sent < packed;
UPDATE happened SET came = COALESCE(sent, packed, placed) + 4000 WHERE came < COALESCE(sent, packed, placed);

CREATE TEMP TABLE wanted AS
  SELECT p.number, row_number() OVER (PARTITION BY p.number ORDER BY j.id) AS line, j.key AS sku, j.value AS quantity
  FROM plan p, json_each(p.lines) j;

INSERT INTO orders (number, customer, name, email, street, postcode, city, country, state, delivery, pickup_point, payment, placed, paid, packed,
                    shipped, delivered, cancelled, promised, expected, keep_until, delivery_price, discount)
  SELECT CAST(p.number AS TEXT), CASE WHEN p.person = 'guest' THEN NULL ELSE p.person END, c.name, c.email, c.street, c.postcode, c.city,
    c.country, p.state, p.delivery, p.pickup_point, p.payment, h.placed, CASE WHEN p.state = 'received' THEN NULL ELSE h.placed + 90 + p.number % 120 END,
    h.packed, h.sent, CASE WHEN p.state IN ('delivered', 'returned') THEN h.came END, CASE WHEN p.state = 'cancelled' THEN h.came END,
    h.promised, h.expected,
    CASE WHEN p.state = 'ready' THEN h.came + CASE p.delivery WHEN 'store' THEN 5 ELSE 7 END * 86400 END,
    CASE WHEN p.carrier = 'DB Schenker' THEN 2990 WHEN c.country = 'AX' THEN 690 WHEN c.country <> 'FI' THEN 1290
         WHEN p.delivery = 'express' THEN 1490 WHEN p.delivery = 'home' THEN 990 WHEN p.delivery = 'store' THEN 0
         WHEN (SELECT sum(w.quantity * q.price) FROM wanted w JOIN products q ON q.sku = w.sku WHERE w.number = p.number) > 7900 THEN 0
         ELSE 490 END,
    p.discount
  FROM plan p JOIN person c ON c.id = p.person JOIN happened h ON h.number = p.number;

INSERT INTO order_lines (order_number, line, sku, name, size, quantity, shipped, unit_price)
  SELECT CAST(w.number AS TEXT), w.line, q.sku, q.name, q.size, w.quantity,
    CASE WHEN p.state IN ('shipped', 'ready', 'delivered', 'returned') OR (p.state = 'part-shipped' AND w.line = 1) THEN w.quantity ELSE 0 END,
    q.price
  FROM wanted w JOIN plan p ON p.number = w.number JOIN products q ON q.sku = w.sku;

-- ---- Shipments and what the carriers saw ----

INSERT INTO shipments (id, order_number, carrier, tracking_code, link, sent, expected, delivered, keep_until)
  SELECT p.number, CAST(p.number AS TEXT), p.carrier, t.code, 'https://revontuli.example/seuranta/' || t.code, h.sent,
    h.expected, CASE WHEN p.state IN ('delivered', 'returned') THEN h.came END, CASE WHEN p.state = 'ready' THEN h.came + 7 * 86400 END
  FROM plan p JOIN happened h ON h.number = p.number
    JOIN (SELECT number, CASE carrier WHEN 'Posti' THEN 'JJFI64300000' || number || '07' WHEN 'Matkahuolto' THEN 'MH' || (number * 9973)
                         ELSE 'SCHE' || (number * 31337) END AS code FROM plan) t ON t.number = p.number
  WHERE h.sent IS NOT NULL;
-- A part shipment is expected when the whole order was promised; only the rest comes later.
UPDATE shipments SET expected = (SELECT noon FROM workday WHERE n = 1) WHERE order_number IN (SELECT number FROM orders WHERE state = 'part-shipped');

-- Each carrier's own words, after so many hours from sending, or before coming (from = 'came').
CREATE TEMP TABLE seen (carrier, since, hours, code, place, text);
INSERT INTO seen VALUES
  ('Posti', 'sent', 0, 'sent', 'Vantaa', 'Lähetys on vastaanotettu kuljetettavaksi.'),
  ('Posti', 'sent', 5, 'sorted', 'Vantaa', 'Lähetys on lajiteltu.'),
  ('Posti', 'sent', 16, 'in-transit', NULL, 'Lähetys on matkalla määränpäähän.'),
  ('Matkahuolto', 'sent', 0, 'sent', 'Vantaa', 'Paketti noudettu lähettäjältä.'),
  ('Matkahuolto', 'sent', 7, 'in-transit', NULL, 'Paketti on kuljetuksessa.'),
  ('DB Schenker', 'sent', 0, 'sent', 'Vantaa', 'Lähetys noudettu.'),
  ('DB Schenker', 'sent', 9, 'sorted', 'Vantaa', 'Lähetys käsitelty terminaalissa.'),
  ('DB Schenker', 'sent', 22, 'in-transit', NULL, 'Lähetys matkalla kohdeterminaaliin.');
INSERT INTO tracking_events (shipment, time, code, place, text)
  SELECT s.id, s.sent + e.hours * 3600, e.code, COALESCE(e.place, o.city), e.text
  FROM shipments s JOIN orders o ON o.number = s.order_number JOIN seen e ON e.carrier = s.carrier, clock
  WHERE s.sent + e.hours * 3600 <= now - 300 AND s.sent + e.hours * 3600 < COALESCE((SELECT came FROM happened WHERE number = s.id) - 7200, now);
INSERT INTO tracking_events (shipment, time, code, place, text)
  SELECT s.id, h.came, 'ready', o.city, 'Noudettavissa: ' || o.pickup_point FROM shipments s JOIN orders o ON o.number = s.order_number
    JOIN happened h ON h.number = s.id WHERE o.state = 'ready'
  UNION ALL SELECT s.id, h.came - 6000, 'ready', o.city, 'Noudettavissa: ' || o.pickup_point FROM shipments s JOIN orders o ON o.number = s.order_number
    JOIN happened h ON h.number = s.id WHERE o.state IN ('delivered', 'returned') AND o.delivery = 'pickup-point'
  UNION ALL SELECT s.id, h.came - 6600, 'out-for-delivery', o.city, 'Lähetys on jakelussa.' FROM shipments s JOIN orders o ON o.number = s.order_number
    JOIN happened h ON h.number = s.id WHERE o.state IN ('delivered', 'returned') AND o.delivery <> 'pickup-point'
  UNION ALL SELECT s.id, h.came, 'delivered', o.city, 'Lähetys on luovutettu vastaanottajalle.' FROM shipments s JOIN orders o ON o.number = s.order_number
    JOIN happened h ON h.number = s.id WHERE o.state IN ('delivered', 'returned')
  UNION ALL SELECT s.id, s.sent + 100000, 'delayed', o.city, 'Toimitus on viivästynyt.' FROM shipments s JOIN orders o ON o.number = s.order_number, clock
    WHERE o.state = 'shipped' AND o.expected > o.promised AND s.sent + 100000 < now;

-- ---- Returns and invoices ----

INSERT INTO returns (code, order_number, state, reason, registered, received, refunded, deadline, amount)
  SELECT r.column1, r.column2, r.column3, r.column4, o.delivered + r.column5 * 86400,
    CASE WHEN r.column6 IS NULL THEN NULL ELSE o.delivered + r.column6 * 86400 END,
    CASE WHEN r.column7 IS NULL THEN NULL ELSE o.delivered + r.column7 * 86400 END, o.delivered + 30 * 86400,
    (SELECT sum(j.value * l.unit_price) FROM json_each(r.column8) j JOIN order_lines l ON l.order_number = o.number AND l.line = CAST(j.key AS INTEGER))
  FROM (VALUES ('RP-KX7M2QHT4B', '100115', 'refunded', 'size', 2, 6, 9, '{"1":1}'),
               ('RP-9DWP3VNE6R', '100116', 'refunded', 'faulty', 3, 8, 12, '{"1":1,"2":1}'),
               ('RP-T5GJ8CZA2Y', '100117', 'refunded', 'regret', 5, 10, 12, '{"1":1}'),
               ('RP-H4BN7SUK3W', '100107', 'received', 'size', 6, 12, NULL, '{"2":1}'),
               ('RP-M6QF9LXD5P', '100110', 'registered', 'regret', 4, NULL, NULL, '{"2":1}')) r JOIN orders o ON o.number = r.column2;
INSERT INTO return_lines (return_code, line, quantity)
  VALUES ('RP-KX7M2QHT4B', 1, 1), ('RP-9DWP3VNE6R', 1, 1), ('RP-9DWP3VNE6R', 2, 1), ('RP-T5GJ8CZA2Y', 1, 1), ('RP-H4BN7SUK3W', 2, 1),
         ('RP-M6QF9LXD5P', 2, 1);
UPDATE order_lines SET returned = (SELECT sum(r.quantity) FROM return_lines r JOIN returns t ON t.code = r.return_code
    WHERE t.order_number = order_lines.order_number AND r.line = order_lines.line)
  WHERE EXISTS (SELECT 1 FROM return_lines r JOIN returns t ON t.code = r.return_code
    WHERE t.order_number = order_lines.order_number AND r.line = order_lines.line);

-- An invoice is issued when packing begins, and VAT of 25.5 % is in the price.
CREATE TEMP TABLE cost AS
  SELECT o.number, sum(l.quantity * l.unit_price) - o.discount + o.delivery_price AS total
  FROM orders o JOIN order_lines l ON l.order_number = o.number GROUP BY o.number;
INSERT INTO invoices (number, order_number, state, link, reference, issued, due, paid, total, vat)
  SELECT 'L' || o.number, o.number, CASE WHEN o.state = 'returned' THEN 'credited' WHEN o.payment = 'invoice' AND o.packed > now - 10 * 86400 THEN 'open' ELSE 'paid' END,
    'https://revontuli.example/oma-tili/laskut/L' || o.number, '10' || o.number, o.packed,
    CASE WHEN o.payment = 'invoice' THEN o.packed + 14 * 86400 END,
    CASE WHEN o.payment = 'invoice' AND o.packed > now - 10 * 86400 THEN NULL WHEN o.payment = 'invoice' THEN o.packed + 8 * 86400 ELSE o.paid END,
    c.total, CAST(round(c.total - c.total / 1.255) AS INTEGER)
  FROM orders o JOIN cost c ON c.number = o.number, clock WHERE o.packed IS NOT NULL;

DROP TABLE temp.cost;
DROP TABLE temp.seen;
DROP TABLE temp.wanted;
DROP TABLE temp.happened;
DROP TABLE temp.plan;
DROP TABLE temp.person;
DROP TABLE temp.goes_with;
DROP TABLE temp.catalogue;
DROP TABLE temp.workday;
DROP TABLE temp.clock;
