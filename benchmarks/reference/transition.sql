-- R, the reference statement that acceptance compares with (November 2026): the least that PostgreSQL must do for
-- taking a transition: the case of a version, the event, the deadline that was met, the next one.
\set id random(:n * 9 / 10 + 1, :n)
\set u random(1,2000)
SELECT state, version, org_id FROM cases WHERE id = :id \gset
\set to 1 + :state % 5
WITH c AS (UPDATE cases SET state=:to, version=version+1, due_at=now()+interval '5 days', updated_at=now() WHERE id=:id AND version=:version RETURNING id, org_id, version, due_at),
e AS (INSERT INTO case_events(case_id,seq,actor_id,kind,from_state,to_state,data) SELECT id,version,:u,2,:state,:to,'{"note":"moved","ip":"10.0.0.1"}' FROM c ON CONFLICT DO NOTHING),
m AS (UPDATE deadlines d SET met_at=now() FROM c WHERE d.case_id=c.id AND d.met_at IS NULL),
d AS (INSERT INTO deadlines(case_id,org_id,stage,due_at) SELECT id,org_id,:to,due_at FROM c)
SELECT id, version FROM c;
