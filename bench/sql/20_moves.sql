-- Every move that was made, in the order of the flow tables, and from them the state each application is in.

CREATE UNLOGGED TABLE bench.moment (
    kind text, object_id bigint, place int, move text, to_state text, who text, decides boolean, needs_reason boolean, seq int, clock time,
    division_id text, owner_post bigint, owner_actor text, filing_league text
);

INSERT INTO bench.moment
SELECT m.kind, c.n, m.place, m.move, m.to_state, m.who, m.who IN ('first', 'second', 'league') AND m.move <> 'conclude', m.move IN ('return', 'refuse'),
       m.seq, m.clock, c.division_id, c.post_id, c.actor, c.league_id
FROM bench.class c
CROSS JOIN LATERAL (VALUES
    ('opening', 1, 'submit', 'checking', 'owner', w_submit, time '09:10', true),
    ('opening', 2, 'checked', 'in_review', 'system', w_submit, time '09:15', is_checked),
    ('opening', 3, 'return', 'returned', 'first', w_return, time '10:30', true),
    ('opening', 4, 'submit', 'checking', 'owner', w_again, time '14:00', opening_end = 'mend'),
    ('opening', 5, 'checked', 'in_review', 'system', w_again, time '14:05', opening_end = 'mend'),
    ('opening', 6, CASE opening_end WHEN 'refuse' THEN 'refuse' ELSE 'approve' END,
        CASE WHEN opening_end = 'refuse' THEN 'refused' WHEN filing THEN 'in_review' ELSE 'approved' END, 'first', w_review, time '15:00', true),
    ('opening', 7, 'approve', 'approved', 'league', w_open, time '16:00', filing AND opening_end <> 'refuse'),
    ('completion', 1, 'submit', 'checking', 'owner', w_csubmit, time '09:20', is_open),
    ('completion', 2, 'checked', 'in_review', 'system', w_csubmit, time '09:26', is_open),
    ('completion', 3, CASE completion_end WHEN 'refuse' THEN 'refuse' ELSE 'approve' END,
        CASE completion_end WHEN 'refuse' THEN 'refused' ELSE 'approved' END, 'second', w_complete, time '15:10', is_open),
    ('subsidy', 1, 'submit', 'checking', 'owner', w_ssubmit, time '09:30', is_complete),
    ('subsidy', 2, 'checked', 'in_review', 'system', w_ssubmit, time '09:36', is_complete),
    ('subsidy', 3, CASE subsidy_end WHEN 'refuse' THEN 'refuse' ELSE 'approve' END,
        CASE subsidy_end WHEN 'refuse' THEN 'refused' ELSE 'in_review' END, 'first', w_s1, time '15:20', is_complete),
    ('subsidy', 4, 'approve', 'publicity', 'second', w_s2, time '15:30', is_complete),
    ('subsidy', 5, 'publicity_over', 'concluding', 'system', w_over, time '00:05', is_complete),
    ('subsidy', 6, 'conclude', 'approved', 'first', w_conclude, time '16:00', is_complete)
) m (kind, place, move, to_state, who, seq, clock, happens)
WHERE m.happens AND m.seq <= c.today;

INSERT INTO bench.moment
SELECT 'registration', u.unit_id, m.place, m.move, m.to_state, m.who, m.who = 'first', false, 1 + bench.k(u.place, 40, 20) + m.place / 3, m.clock,
       u.division_id, u.post_id, u.actor, u.league_id
FROM bench.unit u
CROSS JOIN LATERAL (VALUES
    (1, 'submit', CASE u.kind WHEN 'enterprise' THEN 'checking' ELSE 'in_review' END, 'owner', time '09:00', true),
    (2, 'checked', 'in_review', 'system', time '09:02', u.kind = 'enterprise'),
    (3, 'approve', 'approved', 'first', time '15:00', true)) m (place, move, to_state, who, clock, happens)
WHERE m.happens;

-- Batches: what was approved for one place and fund in a week of working days goes to the bank together.
CREATE UNLOGGED TABLE bench.batch AS
SELECT row_number() OVER (ORDER BY w_freeze, division_id, fund_source) AS id, division_id, fund_source, w_freeze, w_paid
FROM (SELECT DISTINCT division_id, fund_source, w_freeze, w_paid FROM bench.class
      WHERE is_open AND is_complete AND subsidy_end = 'agree' AND w_conclude <= today AND w_freeze <= today) x;

INSERT INTO bench.moment
SELECT 'paymentbatch', b.id, m.place, m.move, m.to_state, 'finance', false, false, m.seq, m.clock, b.division_id, o.finance_post, o.finance_actor, o.league_id
FROM bench.batch b JOIN bench.office o USING (division_id) CROSS JOIN bench.span s
CROSS JOIN LATERAL (VALUES (1, 'freeze', 'frozen', b.w_freeze, time '16:30'), (2, 'settle', 'settled', b.w_paid, time '11:00')) m (place, move, to_state, seq, clock)
WHERE m.seq <= s.today;

-- A city that reports to the region files with its own office: there somebody else takes the second step.
-- The steps, numbered in time; `due_on` is what the application was due on before the move.
CREATE UNLOGGED TABLE bench.step AS
WITH told AS (
    SELECT m.*, (w.day + m.clock) AT TIME ZONE 'Asia/Shanghai' AS at,
           row_number() OVER story - 1 AS version, coalesce(lag(m.to_state) OVER story, 'draft') AS from_state,
           count(*) FILTER (WHERE m.move = 'submit') OVER story AS round,
           count(*) FILTER (WHERE m.to_state = 'in_review') OVER story AS reviews,
           CASE lag(m.to_state) OVER story WHEN 'in_review' THEN lag(m.seq) OVER story + 5 WHEN 'publicity' THEN lag(m.seq) OVER story + 5
               WHEN 'concluding' THEN lag(m.seq) OVER story + 3 END AS w_due
    FROM bench.moment m JOIN bench.workday w USING (seq)
    WINDOW story AS (PARTITION BY m.kind, m.object_id ORDER BY m.seq, m.clock)
)
SELECT row_number() OVER (ORDER BY t.at, t.kind, t.object_id) AS id, t.*, due.day AS due_on,
       CASE t.who WHEN 'owner' THEN t.owner_post WHEN 'finance' THEN t.owner_post WHEN 'first' THEN o.first_post WHEN 'second' THEN o.second_post
           WHEN 'league' THEN CASE WHEN l.office_id = o.office_id THEN o.second_post ELSE l.first_post END END AS by_id,
       CASE WHEN t.decides THEN CASE t.who WHEN 'first' THEN o.first_user WHEN 'second' THEN o.second_user
           WHEN 'league' THEN CASE WHEN l.office_id = o.office_id THEN o.second_user ELSE l.first_user END END END AS reviewer_id,
       CASE t.who WHEN 'system' THEN '系统' WHEN 'first' THEN o.first_actor WHEN 'second' THEN o.second_actor
           WHEN 'league' THEN CASE WHEN l.office_id = o.office_id THEN o.second_actor ELSE l.first_actor END
           ELSE t.owner_actor END AS actor,
       CASE t.move WHEN 'return' THEN '花名册信息不完整，请补正' WHEN 'refuse' THEN '不具备培训条件（师资、场地、设施）' ELSE '' END AS reason,
       row_number() OVER (PARTITION BY t.kind, t.object_id ORDER BY t.version DESC) = 1 AS is_last,
       o.office_id, l.office_id AS league_office_id
FROM told t
JOIN bench.office o ON o.division_id = t.division_id
JOIN bench.office l ON l.division_id = t.filing_league
LEFT JOIN bench.workday due ON due.seq = t.w_due;

-- Where each application stands: its last step says it all.
CREATE UNLOGGED TABLE bench.standing AS
SELECT s.kind, s.object_id, s.to_state AS state, s.version + 1 AS version, greatest(s.round, 0) AS round, s.at AS since, first.at AS submitted_at,
       CASE WHEN s.kind = 'paymentbatch' OR s.to_state = 'checking' THEN 0 WHEN s.kind = 'opening' AND s.to_state = 'in_review' AND s.move = 'approve' THEN 2
            WHEN s.kind = 'opening' AND s.who = 'league' THEN 2 WHEN s.kind = 'subsidy' AND s.version >= 2 AND s.to_state <> 'refused' THEN 2 ELSE 1 END AS position,
       CASE WHEN s.to_state IN ('approved', 'refused', 'settled') THEN s.at END AS decided_at,
       CASE WHEN s.to_state = 'checking' AND s.round = 1 THEN NULL
            WHEN s.kind = 'opening' AND (s.who = 'league' OR (s.to_state = 'in_review' AND s.move = 'approve')) THEN s.league_office_id ELSE s.office_id END AS desk_id,
       w.day AS due_on
FROM bench.step s
LEFT JOIN bench.workday w ON w.seq = CASE s.to_state WHEN 'in_review' THEN s.seq + 5 WHEN 'publicity' THEN s.seq + 5 WHEN 'concluding' THEN s.seq + 3 END
LEFT JOIN (SELECT kind, object_id, max(at) AS at FROM bench.step WHERE move = 'submit' GROUP BY kind, object_id) first USING (kind, object_id)
WHERE s.is_last;
ANALYZE bench.standing;
