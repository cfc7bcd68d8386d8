-- R, the reference statement that acceptance compares with (November 2026): the least that PostgreSQL must do for
-- one case with its events, as one document.
\set id 50 * random(1, :n / 50)
SELECT to_jsonb(c) || jsonb_build_object('events', (SELECT jsonb_agg(to_jsonb(e) - 'case_id' ORDER BY seq) FROM case_events e WHERE e.case_id=c.id)) FROM cases c WHERE id=:id;
