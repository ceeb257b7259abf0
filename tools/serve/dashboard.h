/* Key figures for supervisors: what luukku report says, asked for by the dashboard's page. */
#ifndef LUUKKU_SERVE_DASHBOARD_H
#define LUUKKU_SERVE_DASHBOARD_H

#include "server.h"

/* Query: from, to (dates; the second is the day after the last), compare (0: alone), lang, format (json, csv, html, part). */
void lk_dashboard_figures(lk_server *server, lk_seat *seat, lk_request *request);
/* Work that nobody asked for: counts what there is to count, so that who asks need not wait for it. */
void lk_dashboard_count(void *self, lk_seat *seat, lk_request *request, lk_view key);
/* The style sheet that goes with format=part. */
void lk_dashboard_style(lk_request *request);

#endif
