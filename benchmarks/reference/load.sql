-- The data of the reference statements (acceptance, November 2026).
-- psql -v n=100000 -f load.sql ; 100 orgs (skewed), 10 programmes, 2000 users,
-- 90 % of cases closed over the last 24 months, 10 % open, half of those past due.
\set ON_ERROR_STOP on
SELECT setseed(0.42);
INSERT INTO orgs SELECT i, 'Org '||i FROM generate_series(1,100) i;
INSERT INTO programmes SELECT i, 'Programme '||i FROM generate_series(1,10) i;
INSERT INTO users SELECT i, 1+(i-1)/20, 'u'||i||'@example.test', 'User '||i FROM generate_series(1,2000) i;
INSERT INTO cases(id,org_id,programme_id,state,version,priority,assignee_id,subject,data,opened_at,due_at,sla_due_at,closed_at,updated_at)
SELECT id, org, prog, state,
       CASE WHEN id%50=0 THEN 30 ELSE 6 END, 1+(id%5), 
       CASE WHEN state IN (1,2,3) AND id%4<>0 THEN NULL ELSE (org-1)*20+1+(id%20)::int END,
       'Application '||id||' for support under programme '||prog,
       jsonb_build_object('ref','C'||id,'channel',(ARRAY['web','mail','phone'])[1+id%3],'amount',(id*37)%10000,'tags',jsonb_build_array('a'||id%7,'b'||id%11)),
       opened, CASE WHEN state<6 THEN due END, opened + interval '30 days',
       CASE WHEN state=6 THEN opened + dur END, CASE WHEN state=6 THEN opened+dur ELSE opened END
FROM (
 SELECT id, org, prog, state,
   -- closed ones: the older 90 % of ids, opened over the 21 months that end 90 days ago; open ones: the newest 10 %
   CASE WHEN state=6 THEN now() - interval '730 days' + (id/(0.9*:n))*interval '640 days' ELSE now()-(r3*interval '20 days') END AS opened,
   -- open ones: due from 5 days ago to 5 days ahead
   now() + (r4-0.5)*interval '10 days' AS due,
   -- log-normal length, median 12 days, so about 20 % of cases breach the 30 days
   LEAST(85::float8, 12*exp(1.1*sqrt(-2*ln(1-r5*0.9999))*cos(6.2831853*r4)))*interval '1 day' AS dur
 FROM (SELECT i AS id, 1+floor(100*power(random(),2))::int AS org, 1+floor(10*random())::int AS prog,
        CASE WHEN i<=0.9*:n THEN 6 ELSE 1+floor(5*random())::int END AS state,
        random() r3, random() r4, random() r5 FROM generate_series(1,:n) i) a) b;
INSERT INTO case_events(case_id,seq,at,actor_id,kind,from_state,to_state,data)
SELECT c.id, s, c.opened_at + s*interval '1 hour', 1+((c.id+s)%2000)::int, 1+s%4, GREATEST(1,LEAST(5,s-1)), LEAST(6,s),
       jsonb_build_object('note','step '||s||' of case '||c.id,'ip','10.0.0.'||s)
FROM cases c, LATERAL generate_series(1, c.version) s;
-- closed cases: 3 met deadlines each; open ones: 1 met and 1 open
INSERT INTO deadlines(case_id,org_id,stage,started_at,due_at,met_at)
SELECT c.id, c.org_id, s, c.opened_at+(s-1)*interval '2 days', c.opened_at+s*interval '5 days', c.opened_at+s*interval '1 day'
FROM cases c, LATERAL generate_series(1, CASE WHEN c.state=6 THEN 3 ELSE 1 END) s;
INSERT INTO deadlines(case_id,org_id,stage,started_at,due_at) SELECT id, org_id, state, opened_at, due_at FROM cases WHERE state<6;
INSERT INTO outbox(topic,case_id,payload,created_at,sent_at) SELECT 'case.closed', id, jsonb_build_object('case',id), closed_at, closed_at+interval '1 second' FROM cases WHERE state=6 AND id%10=0;
SELECT setval(pg_get_serial_sequence('cases','id'), :n);
