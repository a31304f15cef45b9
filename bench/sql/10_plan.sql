-- The plan: every class with its unit, its offer, its days and how far it has come by the last day of the data.
-- Chance is a hash of the class's number: the same seed gives the same data.

CREATE FUNCTION bench.u(n bigint, salt int) RETURNS double precision LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (hashint8extended(n, salt + $seed) & 2147483647) / 2147483648.0::double precision;

CREATE FUNCTION bench.k(n bigint, salt int, below int) RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ((hashint8extended(n, salt + $seed) & 2147483647) / 2147483648.0::double precision * below)::int % below;

CREATE UNLOGGED TABLE bench.office AS
SELECT d.code AS division_id, d.path, o.id AS office_id, f.id AS finance_id,
       p.posts[1] AS first_post, p.users[1] AS first_user, p.names[1] AS first_actor,
       p.posts[2] AS second_post, p.users[2] AS second_user, p.names[2] AS second_actor,
       q.post_id AS finance_post, q.actor AS finance_actor,
       CASE WHEN d.path ~ '^[0-9]+/[0-9]+/[0-9]+/' THEN d.reports_to_id ELSE d.code END AS league_id
FROM accounts_division d
JOIN accounts_organisation o ON o.division_id = d.code AND o.kind = 'hr_office'
JOIN accounts_organisation f ON f.division_id = d.code AND f.kind = 'finance'
JOIN LATERAL (
    SELECT array_agg(s.id ORDER BY s.id) AS posts, array_agg(s.user_id ORDER BY s.id) AS users,
           array_agg(v.full_name || '（' || o.name || '）' ORDER BY s.id) AS names
    FROM accounts_membership s JOIN accounts_user v ON v.id = s.user_id WHERE s.organisation_id = o.id AND s.role = 'officer') p ON true
JOIN LATERAL (
    SELECT s.id AS post_id, v.full_name || '（' || f.name || '）' AS actor
    FROM accounts_membership s JOIN accounts_user v ON v.id = s.user_id WHERE s.organisation_id = f.id) q ON true;

CREATE UNLOGGED TABLE bench.unit AS
SELECT row_number() OVER (ORDER BY t.id) AS place, o.id AS organisation_id, t.id AS unit_id, o.kind, o.name, o.division_id, f.league_id,
       s.id AS post_id, v.full_name || '（' || o.name || '）' AS actor, partner.organisation_id AS partner_id
FROM training_unit t
JOIN accounts_organisation o ON o.id = t.organisation_id AND o.kind IN ('institution', 'enterprise')
JOIN bench.office f ON f.division_id = o.division_id
JOIN accounts_membership s ON s.organisation_id = o.id
JOIN accounts_user v ON v.id = s.user_id
LEFT JOIN LATERAL (
    SELECT x.id AS organisation_id FROM accounts_organisation x JOIN bench.office y ON y.division_id = x.division_id
    WHERE o.kind = 'enterprise' AND x.kind = 'institution'
    ORDER BY y.league_id = f.league_id DESC, hashtextextended(x.uscc || o.uscc, $seed) LIMIT 1) partner ON true;

-- Which unit and which offer; the last classes are held on the desks that are measured.
CREATE UNLOGGED TABLE bench.drawn AS
WITH placed AS (
    SELECT n, CASE WHEN n > $classes - $held_at_banner THEN 'banner'
                   WHEN n > $classes - $held_at_banner - $held_at_league THEN 'league'
                   WHEN n > $classes - $held_at_banner - $held_at_league - $held_at_region THEN 'region' END AS held
    FROM generate_series(1, $classes) n
), seated AS (
    SELECT n, held, CASE held WHEN 'banner' THEN 1 + n % 4 WHEN 'league' THEN 2 + 2 * (n % 2) WHEN 'region' THEN 5 + n % 2
        ELSE 1 + floor(power(bench.u(n, 1), 1.6) * places)::int END AS place
    FROM placed CROSS JOIN (SELECT count(*)::int AS places FROM bench.unit) units
), offered AS (
    SELECT s.n, s.held, u.*, offers.ids[1 + floor(power(bench.u(s.n, 2), 1.5) * cardinality(offers.ids))::int] AS offer_id
    FROM seated s JOIN bench.unit u USING (place)
    JOIN (SELECT employees, filing, array_agg(id ORDER BY mixed) AS ids
          FROM (SELECT o.id, o.employees, f.filing, hashint8extended(o.id, $seed) AS mixed
                FROM bench.offer o JOIN (VALUES (true), (false)) f (filing) ON NOT f.filing OR o.filing) x
          GROUP BY employees, filing) offers
      ON offers.employees = (u.kind = 'enterprise') AND offers.filing = (s.held IS NOT DISTINCT FROM 'league')
)
SELECT w.n, w.held, w.organisation_id, w.unit_id, w.division_id, w.league_id, w.post_id, w.actor,
       CASE WHEN w.kind = 'enterprise' THEN w.organisation_id END AS employer_id,
       CASE WHEN w.kind = 'enterprise' THEN w.partner_id ELSE w.organisation_id END AS institution_id,
       o.id AS offer_id, o.project_id, o.category, o.filing, o.hours, o.hours / 8 AS lessons, o.occupation_id, o.level,
       o.certificate_kind, o.certificate_required, o.standard_id, o.worth,
       CASE WHEN o.employees THEN 'upskilling' WHEN bench.u(w.n, 3) < 0.1 THEN 'unemployment_insurance' ELSE 'employment' END AS fund_source,
       CASE WHEN w.held IS NOT NULL THEN 'wait' WHEN bench.u(w.n, 4) < 0.03 THEN 'refuse' WHEN bench.u(w.n, 4) < 0.06 THEN 'mend'
            WHEN bench.u(w.n, 4) < 0.07 THEN 'leave' ELSE 'agree' END AS opening_end,
       CASE WHEN bench.u(w.n, 5) < 0.01 THEN 'refuse' ELSE 'agree' END AS completion_end,
       CASE WHEN bench.u(w.n, 6) < 0.05 THEN 'never' WHEN bench.u(w.n, 6) < 0.06 THEN 'refuse' ELSE 'agree' END AS subsidy_end
FROM offered w JOIN bench.offer o ON o.id = w.offer_id;

-- When: all in numbers of working days, so that every deadline and publicity is counted as the portal counts it.
CREATE UNLOGGED TABLE bench.dated AS
WITH begun AS (
    SELECT d.*, CASE WHEN d.held IS NULL THEN s.first + width_bucket((d.n - 0.5) / ($classes - $held), s.shares)
                     ELSE s.today + 6 + bench.k(d.n, 10, 10) END AS w_first
    FROM bench.drawn d CROSS JOIN bench.span s
), submitted AS (
    SELECT b.*, w_first + lessons - 1 AS w_last,
           CASE WHEN opening_end = 'leave' THEN NULL WHEN held IS NOT NULL THEN s.today - 2 - bench.k(n, 11, 3)
                ELSE w_first - 6 - bench.k(n, 11, 8) - 4 * (opening_end = 'mend')::int - 4 * filing::int END AS w_submit
    FROM begun b CROSS JOIN bench.span s
), mended AS (
    SELECT *, CASE WHEN opening_end = 'mend' THEN w_submit + 1 + bench.k(n, 12, 2) END AS w_return,
           CASE WHEN opening_end = 'mend' THEN w_submit + 3 ELSE w_submit END AS w_again FROM submitted
), opened AS (
    SELECT *, CASE WHEN held = 'league' THEN w_submit + 1 WHEN held IS NULL THEN w_again + 1 + bench.k(n, 13, 4) END AS w_review FROM mended
), completed AS (
    SELECT *, CASE WHEN held IS NULL THEN w_review + CASE WHEN filing AND opening_end <> 'refuse' THEN 1 + bench.k(n, 14, 3) ELSE 0 END END AS w_open,
           CASE WHEN opening_end IN ('agree', 'mend') THEN w_last + 1 + bench.k(n, 15, 8) END AS w_csubmit FROM opened
), claimed AS (
    SELECT *, w_csubmit + 1 + bench.k(n, 16, 5) + 6 * (bench.u(n, 17) < 0.08)::int AS w_complete FROM completed
), reviewed AS (
    SELECT *, CASE WHEN completion_end = 'agree' AND subsidy_end <> 'never' THEN w_complete + 2 + bench.k(n, 18, 12) END AS w_ssubmit FROM claimed
), agreed AS (
    SELECT *, w_ssubmit + 1 + bench.k(n, 19, 4) AS w_s1 FROM reviewed
), published AS (
    SELECT *, CASE WHEN subsidy_end = 'agree' THEN w_s1 + 1 + bench.k(n, 20, 4) END AS w_s2 FROM agreed
), concluded AS (
    SELECT *, w_s2 + 6 AS w_over, w_s2 + 6 + bench.k(n, 21, 3) AS w_conclude FROM published
)
SELECT *, (w_conclude / 5 + 1) * 5 AS w_freeze, (w_conclude / 5 + 1) * 5 + 2 AS w_paid FROM concluded;

-- How many people: about a third of a hundred, made to add up to the scale exactly.
CREATE UNLOGGED TABLE bench.class AS
WITH sized AS (
    SELECT n, CASE WHEN held = 'banner' THEN 50 ELSE 14 + bench.k(n, 30, 39) END AS wanted FROM bench.dated
), short AS (SELECT $enrolments - sum(wanted) AS by FROM sized),
shared AS (SELECT $classes - $held_at_banner AS classes, floor(by::numeric / ($classes - $held_at_banner))::int AS each, by FROM short),
fitted AS (
    SELECT n, wanted + CASE WHEN n <= classes THEN each + (n <= by - each * classes)::int ELSE 0 END AS size FROM sized CROSS JOIN shared
)
SELECT d.*, f.size, sum(f.size) OVER (ORDER BY n) - f.size + 1 AS first_k, sum(d.lessons) OVER (ORDER BY n) - d.lessons + 1 AS first_lesson,
       row_number() OVER (PARTITION BY d.unit_id ORDER BY d.w_first, n) AS turn,
       count(*) OVER (PARTITION BY d.unit_id ORDER BY d.w_first RANGE BETWEEN 20 PRECEDING AND CURRENT ROW) AS at_once,
       first_day.day AS first_day, last_day.day AS last_day, drafted.day AS drafted_on,
       to_char(drafted.day, 'YYYY') AS year, now.today,
       coalesce(d.w_submit < now.today OR (d.w_submit = now.today AND bench.u(n, 31) > 0.3), false) AS is_checked,
       coalesce(d.opening_end IN ('agree', 'mend') AND d.w_open <= now.today, false) AS is_open,
       coalesce(d.completion_end = 'agree' AND d.w_complete <= now.today, false) AS is_complete
FROM bench.dated d JOIN fitted f USING (n) CROSS JOIN bench.span now
JOIN bench.workday first_day ON first_day.seq = d.w_first
JOIN bench.workday last_day ON last_day.seq = d.w_last
JOIN bench.workday drafted ON drafted.seq = least(coalesce(d.w_submit, d.w_first - 9), now.today) - 4
ORDER BY n;
ALTER TABLE bench.class ADD PRIMARY KEY (n);
ANALYZE bench.class;
