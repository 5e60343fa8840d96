SELECT
  file,
  folder,
  encoding,
  -- Headers end at the first empty line, also where lines end as on Windows.
  substr(text, 1, cut - 1) AS headers,
  substr(text, cut + length(gap)) AS body,
  trim(lower(regexp_replace(substr(text, cut + length(gap)), '\s+', ' ', 'g'))) AS body_key,
  regexp_extract(text, '(?i)(?:^|\n)subject:[ \t]*([^\r\n]*)', 1) AS subject,
  DATE '2003-12-31' AS collected
FROM (
  SELECT *, instr(text, gap) AS cut
  FROM (SELECT *, regexp_extract(text, '\r?\n\r?\n') AS gap FROM mails)
)
