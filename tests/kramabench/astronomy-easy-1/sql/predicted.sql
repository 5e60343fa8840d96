-- "Predicted Ap 10 Mar-12 Mar 025-020-012": a value for each day from the first one on. The line has no year: it
-- is that of the issue, or the next one when the day would else have passed.
WITH lines AS (
  SELECT issued, regexp_extract(text, '^Predicted Ap (\d{2} \w{3})-\d{2} \w{3} ([\d-]+)', ['first', 'aps']) AS part
  FROM bulletins JOIN issues USING (file)
  WHERE starts_with(text, 'Predicted Ap ')
), dated AS (
  SELECT issued, strptime(part.first || ' ' || year(issued), '%d %b %Y')::DATE AS first,
         string_split(part.aps, '-') AS aps
  FROM lines
), days AS (
  SELECT issued, CASE WHEN first < issued THEN (first + INTERVAL 1 YEAR)::DATE ELSE first END AS first,
         unnest(aps)::INTEGER AS predicted, generate_subscripts(aps, 1) AS number
  FROM dated
)
SELECT issued, first + (number - 1)::INTEGER AS day, predicted FROM days
