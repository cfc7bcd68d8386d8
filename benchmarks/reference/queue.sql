-- R, the reference statement that acceptance compares with (November 2026): the least that PostgreSQL must do for
-- a page of 50 of the queue of an organisation.
\set r random(0,9999)
\set org 1 + (:r * :r) / 1000000
\set st random(1,5)
\set off random(-120,60)
SELECT id, subject, state, version, priority, assignee_id, programme_id, due_at FROM cases WHERE org_id=:org AND state=:st AND closed_at IS NULL AND (due_at,id) > (now() + :off * interval '1 hour', 0) ORDER BY due_at, id LIMIT 50;
