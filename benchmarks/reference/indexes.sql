-- The indexes of the reference statements (acceptance, November 2026).
ALTER TABLE cases ADD PRIMARY KEY(id);
ALTER TABLE case_events ADD PRIMARY KEY(case_id,seq);
ALTER TABLE deadlines ADD PRIMARY KEY(id);
ALTER TABLE outbox ADD PRIMARY KEY(id);
ALTER TABLE alerts ADD PRIMARY KEY(id);
ALTER TABLE alerts ADD UNIQUE(deadline_id,level);
-- queue page and claim: only open cases are in these
CREATE INDEX cases_queue ON cases(org_id,state,due_at,id) WHERE closed_at IS NULL;
CREATE INDEX cases_claim ON cases(org_id,state,due_at,id) WHERE closed_at IS NULL AND assignee_id IS NULL;
CREATE INDEX cases_assignee ON cases(assignee_id,due_at) WHERE closed_at IS NULL;
CREATE INDEX deadlines_case_open ON deadlines(case_id) WHERE met_at IS NULL;
CREATE INDEX deadlines_due ON deadlines(due_at,id) WHERE met_at IS NULL AND alerted_at IS NULL;
CREATE INDEX outbox_unsent ON outbox(id) WHERE sent_at IS NULL;
ALTER TABLE cases ADD FOREIGN KEY(org_id) REFERENCES orgs, ADD FOREIGN KEY(programme_id) REFERENCES programmes, ADD FOREIGN KEY(assignee_id) REFERENCES users;
ALTER TABLE case_events ADD FOREIGN KEY(case_id) REFERENCES cases;
ALTER TABLE deadlines ADD FOREIGN KEY(case_id) REFERENCES cases;
ALTER TABLE alerts ADD FOREIGN KEY(case_id) REFERENCES cases;
VACUUM ANALYZE;
