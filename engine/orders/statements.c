#include "orders/book.h"

#define ORDER_COLUMNS                                                                                                      \
  "number, customer, name, email, street, postcode, city, country, state, delivery, pickup_point, payment, placed, paid, " \
  "packed, "                                                                                                               \
  "shipped, delivered, cancelled, promised, expected, keep_until, delivery_price, discount"
#define PRODUCT_COLUMNS \
  "p.sku, p.name, p.size, p.family, p.category, p.link, p.price, p.stock, p.restock, p.warranty_months, p.returnable"
/* Until packing begins. Every change of an order holds this condition, whatever was read before. */
#define CHANGEABLE "state IN ('received', 'paid')"

const char *const lk_order_statements[LK_STATEMENT_COUNT] = {
    [LK_READ_BEGIN] = "BEGIN",
    [LK_READ_END] = "COMMIT",
    /* Always one row, and always by the same two searches: the order itself or a neighbour, so that an unknown number costs as much. */
    [LK_READ_PROOF] =
        "SELECT number, email, postcode FROM orders WHERE number = COALESCE("
        "(SELECT number FROM orders WHERE number <= ?1 ORDER BY number DESC LIMIT 1),"
        "(SELECT number FROM orders ORDER BY number LIMIT 1))",
    [LK_READ_ORDER] = "SELECT " ORDER_COLUMNS " FROM orders WHERE number = ?1",
    [LK_READ_LINES] =
        "SELECT l.line, l.sku, l.name, l.size, l.quantity, l.shipped, l.returned, l.unit_price,"
        " COALESCE(p.returnable, 'yes') FROM order_lines l LEFT JOIN products p ON p.sku = l.sku"
        " WHERE l.order_number = ?1 ORDER BY l.line",
    [LK_READ_SHIPMENTS] =
        "SELECT id, carrier, tracking_code, link, sent, expected, delivered, keep_until FROM shipments"
        " WHERE order_number = ?1 ORDER BY id",
    [LK_READ_EVENTS] = "SELECT time, code, place, text FROM tracking_events WHERE shipment = ?1 ORDER BY time DESC",
    [LK_READ_RETURNS] =
        "SELECT code, state, reason, new_order, registered, received, refunded, deadline, amount FROM returns"
        " WHERE order_number = ?1 ORDER BY registered, code",
    [LK_READ_RETURN_LINES] =
        "SELECT r.line, l.sku, l.name, r.quantity FROM return_lines r LEFT JOIN order_lines l"
        " ON l.order_number = ?2 AND l.line = r.line WHERE r.return_code = ?1 ORDER BY r.line",
    [LK_READ_HISTORY] = "SELECT " ORDER_COLUMNS " FROM orders WHERE customer = ?1 ORDER BY placed DESC, number DESC LIMIT ?2",
    [LK_READ_INVOICE] =
        "SELECT number, order_number, state, link, reference, issued, due, paid, total, vat FROM invoices"
        " WHERE order_number = ?1 ORDER BY issued DESC LIMIT 1",
    [LK_READ_PRODUCT] = "SELECT " PRODUCT_COLUMNS " FROM products p WHERE p.sku = ?1 AND p.active",
    [LK_READ_NAMES] = "SELECT sku, name, size, family FROM products WHERE active ORDER BY sku",
    [LK_READ_ACCESSORIES] =
        "SELECT " PRODUCT_COLUMNS
        " FROM product_relations r JOIN products p ON p.sku = r.other"
        " WHERE r.sku = ?1 AND r.kind = 'accessory' AND p.active AND p.stock > 0 ORDER BY r.rank, p.sku LIMIT ?2",
    /* What the shop named comes first, then the nearest in price of the same category: one a family, and no other size of the same. */
    [LK_READ_SIMILAR] =
        "WITH own AS (SELECT sku, family, category, price FROM products WHERE sku = ?1),"
        " ranked AS (SELECT other AS sku, 0 AS tier, rank AS nearness FROM product_relations"
        "  WHERE sku = ?1 AND kind = 'similar' UNION ALL"
        "  SELECT q.sku, 1, abs(q.price - own.price) FROM products q JOIN own ON q.category = own.category"
        "  WHERE q.sku <> own.sku AND (q.family IS NULL OR own.family IS NULL OR q.family <> own.family)),"
        " best AS (SELECT COALESCE(p.family, p.sku) AS one, p.sku, r.tier, r.nearness, row_number() OVER"
        "  (PARTITION BY COALESCE(p.family, p.sku) ORDER BY r.tier, r.nearness, p.sku) AS place"
        "  FROM ranked r JOIN products p ON p.sku = r.sku WHERE p.active AND p.stock > 0)"
        " SELECT " PRODUCT_COLUMNS
        " FROM best b JOIN products p ON p.sku = b.sku WHERE b.place = 1"
        " ORDER BY b.tier, b.nearness, p.sku LIMIT ?2",
    [LK_READ_SIZES] = "SELECT " PRODUCT_COLUMNS
                      " FROM products p WHERE p.family = (SELECT family FROM products WHERE sku = ?1)"
                      " AND p.sku <> ?1 AND p.active ORDER BY p.sku LIMIT ?2",

    [LK_WRITE_BEGIN] = "BEGIN IMMEDIATE",
    [LK_WRITE_COMMIT] = "COMMIT",
    [LK_WRITE_SAVEPOINT] = "SAVEPOINT act",
    [LK_WRITE_UNDO] = "ROLLBACK TO act",
    [LK_WRITE_FIND_KEY] = "SELECT request, reason, reference, new_order, detail, amount, deadline FROM audit WHERE key = ?1",
    [LK_WRITE_AUDIT] =
        "INSERT INTO audit (time, actor, order_number, action, key, request, reason, before, after, reference, new_order,"
        " detail, amount, deadline) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
    [LK_WRITE_CANCEL] = "UPDATE orders SET state = 'cancelled', cancelled = ?2 WHERE number = ?1 AND " CHANGEABLE,
    [LK_WRITE_RESTOCK_ORDER] =
        "UPDATE products SET stock = stock + (SELECT sum(l.quantity) FROM order_lines l WHERE l.order_number = ?1"
        " AND l.sku = products.sku) WHERE sku IN (SELECT sku FROM order_lines WHERE order_number = ?1)",
    [LK_WRITE_ADDRESS] =
        "UPDATE orders SET name = ?2, street = ?3, postcode = ?4, city = ?5, country = ?6 WHERE number = ?1"
        " AND " CHANGEABLE,
    [LK_WRITE_PICKUP] = "UPDATE orders SET pickup_point = ?2 WHERE number = ?1 AND " CHANGEABLE,
    [LK_WRITE_QUANTITY] =
        "UPDATE order_lines SET quantity = ?3 WHERE order_number = ?1 AND line = ?2 AND quantity = ?4"
        " AND EXISTS (SELECT 1 FROM orders WHERE number = ?1 AND " CHANGEABLE ")",
    [LK_WRITE_DROP_LINE] =
        "DELETE FROM order_lines WHERE order_number = ?1 AND line = ?2 AND quantity = ?3"
        " AND EXISTS (SELECT 1 FROM orders WHERE number = ?1 AND " CHANGEABLE ")",
    [LK_WRITE_STOCK] = "UPDATE products SET stock = stock - ?2 WHERE sku = ?1 AND stock >= ?2",
    [LK_WRITE_ADD_LINE] =
        "INSERT INTO order_lines (order_number, line, sku, name, size, quantity, unit_price)"
        " SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7 WHERE EXISTS (SELECT 1 FROM orders WHERE number = ?1 AND " CHANGEABLE ")",
    [LK_WRITE_COUNTER] = "UPDATE counters SET next = next + 1 WHERE name = ?1",
    [LK_WRITE_NEXT] = "SELECT next - 1 FROM counters WHERE name = ?1",
    [LK_WRITE_COPY_ORDER] =
        "INSERT INTO orders (number, customer, name, email, street, postcode, city, country, state, delivery,"
        " pickup_point, payment, placed, paid, delivery_price) SELECT ?2, customer, name, email, street, postcode,"
        " city, country, ?3, delivery, pickup_point, payment, ?4, ?5, ?6 FROM orders WHERE number = ?1",
    [LK_WRITE_RETURN] =
        "INSERT INTO returns (code, order_number, state, reason, text, new_order, registered, deadline, amount)"
        " VALUES (?1, ?2, 'registered', ?3, ?4, ?5, ?6, ?7, ?8)",
    [LK_WRITE_RETURN_LINE] = "INSERT INTO return_lines (return_code, line, quantity, opened) VALUES (?1, ?2, ?3, ?4)",
    [LK_WRITE_RETURNED] =
        "UPDATE order_lines SET returned = returned + ?3 WHERE order_number = ?1 AND line = ?2"
        " AND shipped - returned >= ?3",
    [LK_WRITE_CLAIM] =
        "INSERT INTO warranty_claims (number, order_number, line, sku, quantity, fault, since, registered)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    [LK_WRITE_NOTICE] =
        "INSERT INTO stock_notices (sku, email, registered) VALUES (?1, ?2, ?3)"
        " ON CONFLICT (sku, email) DO UPDATE SET sent = NULL",
    [LK_WRITE_CONTACT] =
        "INSERT INTO contact_requests (number, order_number, phone, email, text, registered)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
};
