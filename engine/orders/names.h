/* Values of the names that databases and backends use. */
#ifndef LK_ORDERS_NAMES_H
#define LK_ORDERS_NAMES_H

#include "luukku/orders.h"

lk_order_state lk_order_state_of(lk_view name);   /* LK_ORDER_STATE_COUNT for an unknown one */
lk_delivery lk_delivery_of(lk_view name);         /* LK_DELIVERY_COUNT for an unknown one */
lk_order_reason lk_order_reason_of(lk_view name); /* LK_REASON_FAILED for an unknown one */

#endif
