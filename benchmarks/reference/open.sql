-- R, the reference statement that acceptance compares with (November 2026): the least that PostgreSQL must do for
-- opening a case: the case, its event, its deadline, its message.
\set r random(0,9999)
\set org 1 + (:r * :r) / 1000000
\set prog random(1,10)
\set u random(1,2000)
WITH c AS (INSERT INTO cases(org_id,programme_id,state,version,subject,data,due_at,sla_due_at) VALUES (:org,:prog,1,1,'Application for support, housing, urgent','{"ref":"C1","channel":"web","amount":1200,"tags":["a1","b2"]}',now()+interval '5 days',now()+interval '30 days') RETURNING id, org_id, due_at),
e AS (INSERT INTO case_events(case_id,seq,actor_id,kind,to_state,data) SELECT id,1,:u,1,1,'{"note":"opened","ip":"10.0.0.1"}' FROM c),
d AS (INSERT INTO deadlines(case_id,org_id,stage,due_at) SELECT id,org_id,1,due_at FROM c),
o AS (INSERT INTO outbox(topic,case_id,payload) SELECT 'case.opened',id,'{"case":1,"org":1}' FROM c)
SELECT id FROM c;
