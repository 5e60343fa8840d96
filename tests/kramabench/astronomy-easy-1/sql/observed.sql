-- "Observed Ap 08 Mar 021", of the day before the bulletin. The line has no year: it is that of the issue, or
-- the one before when the day would else be to come.
WITH lines AS (
  SELECT issued, regexp_extract(text, '^Observed Ap (\d{2} \w{3}) (\d+)', ['day', 'ap']) AS part
  FROM bulletins JOIN issues USING (file)
  WHERE starts_with(text, 'Observed Ap ')
), dated AS (
  SELECT issued, strptime(part.day || ' ' || year(issued), '%d %b %Y')::DATE AS day, part.ap::INTEGER AS ap FROM lines
)
SELECT CASE WHEN day > issued THEN (day - INTERVAL 1 YEAR)::DATE ELSE day END AS day, ap AS observed
FROM dated
