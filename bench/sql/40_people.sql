-- Who sits in which class. Most people come once; some come back after about three months, half a year, a year and a half,
-- and one seat in five hundred is taken by somebody whose other class still runs (the officer strikes them out).

CREATE UNLOGGED TABLE bench.seat AS
SELECT k, c.n, k - c.first_k + 1 AS sequence,
       CASE WHEN k > 103 AND k % 500 = 99 AND c.held IS DISTINCT FROM 'banner' THEN k - 103 WHEN c.held IS NOT NULL THEN k
            WHEN k % 10 = 7 AND k > $gap_a THEN k - $gap_a WHEN k % 10 = 8 AND k > $gap_b THEN k - $gap_b
            WHEN k % 10 = 9 AND k > $gap_c THEN k - $gap_c ELSE k END AS person_id
FROM bench.class c CROSS JOIN LATERAL generate_series(c.first_k, c.first_k + c.size - 1) k
ORDER BY c.n, k;
ANALYZE bench.seat;

-- People: the number's day and place of birth and its running digits are unique by arithmetic, its check digit by GB 11643.
CREATE UNLOGGED TABLE bench.person AS
WITH born AS (
    SELECT id, codes.code, date '1966-01-01' + ((id / codes.many * 7919) % 14000)::int AS birth_date,
           ((id / (codes.many * 14000)) * 2 + bench.k(id, 50, 2) + 100 + 2 * (id % codes.many))::int % 1000 AS serial
    FROM (SELECT DISTINCT person_id AS id FROM bench.seat) p
    CROSS JOIN (SELECT count(*) AS many FROM accounts_division WHERE level = 'banner') codes_of
    JOIN (SELECT row_number() OVER (ORDER BY code) - 1 AS place, code, count(*) OVER () AS many FROM accounts_division WHERE level = 'banner') codes
      ON codes.place = id % codes_of.many
), bodied AS (
    SELECT *, code || to_char(birth_date, 'YYYYMMDD') || lpad(serial::text, 3, '0') AS body FROM born
)
SELECT id, birth_date, CASE serial % 2 WHEN 1 THEN 'male' ELSE 'female' END AS sex,
       body || substr('10X98765432', 1 + (7 * substr(body, 1, 1)::int + 9 * substr(body, 2, 1)::int + 10 * substr(body, 3, 1)::int + 5 * substr(body, 4, 1)::int
           + 8 * substr(body, 5, 1)::int + 4 * substr(body, 6, 1)::int + 2 * substr(body, 7, 1)::int + 1 * substr(body, 8, 1)::int
           + 6 * substr(body, 9, 1)::int + 3 * substr(body, 10, 1)::int + 7 * substr(body, 11, 1)::int + 9 * substr(body, 12, 1)::int
           + 10 * substr(body, 13, 1)::int + 5 * substr(body, 14, 1)::int + 8 * substr(body, 15, 1)::int + 4 * substr(body, 16, 1)::int
           + 2 * substr(body, 17, 1)::int) % 11, 1) AS number,
       '13' || lpad((500000000 + id * 137 % 400000000)::text, 9, '0') AS phone,
       bench.k(id, 51, (SELECT count(*)::int FROM bench.name)) + 1 AS name_id,
       CASE WHEN bench.u(id, 52) < 0.75 THEN '01' WHEN bench.u(id, 52) < 0.95 THEN '02' ELSE lpad((3 + bench.k(id, 53, 54))::text, 2, '0') END AS ethnicity
FROM bodied;
ALTER TABLE bench.person ADD PRIMARY KEY (id);
ANALYZE bench.person;
