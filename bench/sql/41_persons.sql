INSERT INTO eligibility_person (id, number, number_hash, head, tail, name, letters, birth_date, sex, ethnicity, created_at)
SELECT p.id, c.number, c.number_hash, left(p.number, 3), right(p.number, 4), n.name, n.letters, p.birth_date, p.sex, p.ethnicity, timestamptz '2020-07-01 09:00+08'
FROM bench.person p JOIN bench.cipher c USING (id) JOIN bench.name n ON n.id = p.name_id
ORDER BY p.id;
