-- R, the reference statement that acceptance compares with (November 2026): the least that PostgreSQL must do for
-- claiming the next case of an organisation, passing over what others are claiming.
\set r random(0,9999)
\set org 1 + (:r * :r) / 1000000
\set st random(1,3)
\set u random(1,2000)
WITH k AS (SELECT id FROM cases WHERE org_id=:org AND state=:st AND closed_at IS NULL AND assignee_id IS NULL ORDER BY due_at, id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED),
c AS (UPDATE cases SET assignee_id=:u, version=version+1, updated_at=now() FROM k WHERE cases.id=k.id RETURNING cases.id, cases.version, cases.state),
e AS (INSERT INTO case_events(case_id,seq,actor_id,kind,from_state,to_state,data) SELECT id,version,:u,3,state,state,'{"note":"claimed"}' FROM c ON CONFLICT DO NOTHING)
SELECT id, version FROM c;
