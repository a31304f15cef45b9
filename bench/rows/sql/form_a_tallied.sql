-- Form A by hand from the summary rows: one statement, month and year to date, by category or division.
SELECT figure, $key AS key, kind, level, fund, item, sum(counts[$month]), sum($months_of_counts), sum(fen[$month]), sum($months_of_fen)
FROM reports_yeartally WHERE year = $year AND $places GROUP BY figure, $key, kind, level, fund, item
