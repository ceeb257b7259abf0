#include "stats/figures.h"

/* ?1 and ?2 are the day's bounds. Indexes are named: without statistics SQLite would take the index of types for the events of one conversation. */
#define OF_DAY "INDEXED BY event_type WHERE time >= ?1 AND time < ?2 AND type "
#define LOCAL_HOUR(moment) "printf('%02d', (" moment " - ?1) / 3600 + (" moment " >= ?3) * ?4)"

static const char *const facts[] = {
    "CREATE TEMP TABLE IF NOT EXISTS conversation_fact ("
    "conversation INTEGER PRIMARY KEY, started INTEGER, channel TEXT, lang TEXT, messages INTEGER, clarified INTEGER, "
    "outcome TEXT, csat INTEGER, nps INTEGER)",
    "CREATE TEMP TABLE IF NOT EXISTS case_fact ("
    "event INTEGER PRIMARY KEY, reason TEXT, attended TEXT, answer TEXT, waited INTEGER, responded INTEGER, "
    "messages INTEGER, ended TEXT, lasted INTEGER, kind TEXT)",
    "DELETE FROM temp.conversation_fact",
    "DELETE FROM temp.case_fact",

    /* Conversations that were started on the day, with all that has become of them since. The last event that decides is how a conversation came out. */
    "INSERT INTO temp.conversation_fact "
    "SELECT c.conversation, c.time, c.channel, coalesce((SELECT lang FROM event WHERE id = c.last_message), c.lang), "
    "  c.messages, c.clarified, "
    "  CASE WHEN c.handed THEN 'handed-off' ELSE CASE (SELECT type FROM event WHERE id = c.decided) "
    "    WHEN 'turn.answered' THEN 'answered' WHEN 'action.performed' THEN 'answered' "
    "    WHEN 'turn.declined' THEN 'declined' WHEN 'action.refused' THEN 'declined' "
    "    WHEN 'turn.clarified' THEN 'left-open' WHEN 'flow.asked' THEN 'left-open' WHEN 'flow.left' THEN 'left-open' "
    "    WHEN 'rated.helpful' THEN 'unhelpful' "
    "    ELSE CASE WHEN c.decided IS NULL THEN 'small-talk' ELSE 'unanswered' END END END, "
    "  (SELECT number FROM event WHERE id = c.last_csat), (SELECT number FROM event WHERE id = c.last_nps) "
    "FROM (SELECT s.conversation, s.time, s.channel, s.lang, "
    "        count(*) FILTER (WHERE e.type = 'message.received') AS messages, "
    "        max(e.id) FILTER (WHERE e.type = 'message.received') AS last_message, "
    "        max(e.type = 'turn.clarified') AS clarified, max(e.type = 'handoff.opened') AS handed, "
    "        max(e.id) FILTER (WHERE e.type IN ('turn.answered', 'turn.declined', 'turn.fallback', 'turn.clarified', "
    "          'flow.asked', 'flow.left', 'action.performed', 'action.refused', 'action.failed', 'proof.refused', "
    "'proof.locked') "
    "          OR (e.type IN ('rated.helpful', 'turn.chosen') AND e.number = 0)) AS decided, "
    "        max(e.id) FILTER (WHERE e.type = 'rated.csat') AS last_csat, "
    "        max(e.id) FILTER (WHERE e.type = 'rated.nps') AS last_nps "
    "      FROM (SELECT conversation, time, channel, lang FROM event " OF_DAY
    "= 'conversation.started') s "
    "      JOIN event e INDEXED BY event_conversation ON e.conversation = s.conversation GROUP BY s.conversation) c",

    /* Cases that were opened on the day. A conversation has one at a time: what stands between an opening and its end, or the next opening, belongs to it. */
    "INSERT INTO temp.case_fact "
    "WITH opened AS (SELECT id, conversation, time, reason, coalesce(action, 'unknown') AS attended, "
    "    (SELECT min(n.id) FROM event n INDEXED BY event_conversation "
    "     WHERE n.conversation = o.conversation AND n.id > o.id AND n.type IN ('case.closed', 'case.given-back', "
    "'case.abandoned')) "
    "      AS ending "
    "  FROM event o " OF_DAY
    "= 'handoff.opened'), "
    "case_event AS (SELECT o.id AS opening, e.type, e.time FROM opened o JOIN event e INDEXED BY event_conversation "
    "  ON e.conversation = o.conversation AND e.id > o.id AND e.id <= coalesce(o.ending, e.id)) "
    "SELECT o.id, coalesce(o.reason, ''), o.attended, "
    "  (SELECT a.entry FROM event a INDEXED BY event_conversation WHERE a.conversation = o.conversation AND a.id < o.id "
    "   AND a.type = 'turn.answered' ORDER BY a.id DESC LIMIT 1), "
    "  (SELECT min(time) FROM case_event WHERE opening = o.id AND type = 'case.claimed') - o.time, "
    "  (SELECT min(time) FROM case_event WHERE opening = o.id AND type = 'agent.replied') - o.time, "
    "  (SELECT count(*) FROM case_event WHERE opening = o.id AND type IN ('message.received', 'agent.replied')), "
    "  CASE e.type WHEN 'case.closed' THEN 'closed' WHEN 'case.abandoned' THEN 'abandoned' "
    "    WHEN 'case.given-back' THEN CASE e.reason WHEN 'customer' THEN 'withdrawn' ELSE 'given-back' END ELSE 'open' END, "
    "  e.time - o.time, CASE e.type WHEN 'case.closed' THEN e.reason END "
    "FROM opened o LEFT JOIN event e ON e.id = o.ending",
};

static const lk_tally tallies[] = {
    /* Conversations */
    {"conversations",
     "SELECT channel AS a, lang AS b, count(*) AS n FROM temp.conversation_fact WHERE messages > 0 GROUP BY 1, 2"},
    {"conversations.hour", "SELECT " LOCAL_HOUR("started") " AS a, '' AS b, count(*) AS n FROM temp.conversation_fact "
                                                           "WHERE messages > 0 GROUP BY 1"},
    {"conversations.silent",
     "SELECT channel AS a, '' AS b, count(*) AS n FROM temp.conversation_fact WHERE messages = 0 GROUP BY 1"},
    {"outcomes",
     "SELECT outcome AS a, CASE clarified WHEN 0 THEN '' ELSE 'clarified' END AS b, count(*) AS n "
     "FROM temp.conversation_fact WHERE messages > 0 GROUP BY 1, 2"},
    {"csat", "SELECT csat AS a, lang AS b, count(*) AS n FROM temp.conversation_fact WHERE csat IS NOT NULL GROUP BY 1, 2"},
    {"nps", "SELECT nps AS a, lang AS b, count(*) AS n FROM temp.conversation_fact WHERE nps IS NOT NULL GROUP BY 1, 2"},

    /* Messages and turns */
    {"messages", "SELECT channel AS a, lang AS b, count(*) AS n FROM event " OF_DAY "= 'message.received' GROUP BY 1, 2"},
    {"messages.hour",
     "SELECT " LOCAL_HOUR("time") " AS a, '' AS b, count(*) AS n FROM event " OF_DAY "= 'message.received' GROUP BY 1"},
    {"turns", "SELECT type AS a, '' AS b, count(*) AS n FROM event " OF_DAY
              "IN ('turn.answered', 'turn.clarified', 'turn.fallback', 'turn.chat', 'turn.declined', 'turn.relayed', "
              "'action.performed', 'action.refused', 'action.failed', 'agent.replied', 'limit.met') GROUP BY 1"},

    /* Entries */
    {"answers", "SELECT coalesce(entry, '') AS a, '' AS b, count(*) AS n FROM event " OF_DAY "= 'turn.answered' GROUP BY 1"},
    {"fallbacks", "SELECT coalesce(entry, '') AS a, '' AS b, count(*) AS n FROM event " OF_DAY "= 'turn.fallback' GROUP BY 1"},
    {"helpful",
     "SELECT coalesce(r.entry, '') AS a, CASE r.number WHEN 1 THEN 'yes' ELSE 'no' END AS b, count(*) AS n FROM event r " OF_DAY
     "= 'rated.helpful' AND NOT EXISTS (SELECT 1 FROM event l INDEXED BY event_conversation WHERE l.conversation = "
     "r.conversation "
     "AND l.id > r.id AND l.type = 'rated.helpful' AND l.entry IS r.entry) GROUP BY 1, 2"},
    {"answers.followed", "SELECT answer AS a, '' AS b, count(*) AS n FROM temp.case_fact WHERE answer IS NOT NULL GROUP BY 1"},

    /* Self-service */
    {"actions", "SELECT coalesce(action, '') AS a, substr(type, 8) AS b, count(*) AS n FROM event " OF_DAY
                "IN ('action.performed', 'action.refused', 'action.failed') GROUP BY 1, 2"},
    {"actions.reasons", "SELECT coalesce(action, '') AS a, coalesce(reason, '') AS b, count(*) AS n FROM event " OF_DAY
                        "IN ('action.refused', 'action.failed') GROUP BY 1, 2"},
    {"flows",
     "SELECT coalesce(entry, '') AS a, "
     "CASE type WHEN 'flow.left' THEN 'left-' || coalesce(reason, '') ELSE substr(type, 6) END AS b, count(*) AS n FROM "
     "event " OF_DAY "IN ('flow.started', 'flow.confirmed', 'flow.left') GROUP BY 1, 2"},
    {"proofs", "SELECT substr(type, 7) AS a, '' AS b, count(*) AS n FROM event " OF_DAY
               "IN ('proof.given', 'proof.refused', 'proof.locked') GROUP BY 1"},

    /* Cases */
    {"cases", "SELECT reason AS a, attended AS b, count(*) AS n FROM temp.case_fact GROUP BY 1, 2"},
    {"cases.ends", "SELECT ended AS a, attended AS b, count(*) AS n FROM temp.case_fact GROUP BY 1, 2"},
    {"cases.kinds", "SELECT kind AS a, '' AS b, count(*) AS n FROM temp.case_fact WHERE kind IS NOT NULL GROUP BY 1"},
    {"cases.waits",
     "SELECT waited AS a, attended AS b, count(*) AS n FROM temp.case_fact WHERE waited IS NOT NULL GROUP BY 1, 2"},
    {"cases.abandonments",
     "SELECT lasted AS a, attended AS b, count(*) AS n FROM temp.case_fact WHERE ended = 'abandoned' GROUP BY 1, 2"},
    {"cases.responses",
     "SELECT responded AS a, attended AS b, count(*) AS n FROM temp.case_fact WHERE responded IS NOT NULL GROUP BY 1, 2"},
    {"cases.resolutions",
     "SELECT lasted AS a, attended AS b, count(*) AS n FROM temp.case_fact WHERE ended = 'closed' GROUP BY 1, 2"},
    {"cases.messages", "SELECT messages AS a, '' AS b, count(*) AS n FROM temp.case_fact WHERE ended = 'closed' GROUP BY 1"},
};

const lk_tally_plan *lk_figures_plan(void) {
  static const lk_tally_plan plan = {facts, sizeof facts / sizeof *facts, tallies, sizeof tallies / sizeof *tallies};
  return &plan;
}
