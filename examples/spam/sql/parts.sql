SELECT
  file,
  folder,
  encoding,
  -- Headers end at the first empty line, also where lines end as on Windows.
  substr(text, 1, cut - 1) AS headers,
  substr(text, cut + length(gap)) AS body,
  trim(lower(regexp_replace(substr(text, cut + length(gap)), '\s+', ' ', 'g'))) AS body_key,
  regexp_extract(text, '(?i)(?:^|\n)subject:[ \t]*([^\r\n]*)', 1) AS subject,
  -- As the sender's clock had it, which may be wrong; the day is enough.
  try_strptime(
    regexp_extract(text, '(?i)(?:^|\n)date:[^\n]*?(\d{1,2} [a-z]{3} \d{4})', 1), '%d %b %Y'
  )::DATE AS sent
FROM (
  SELECT *, instr(text, gap) AS cut
  FROM (SELECT *, regexp_extract(text, '\r?\n\r?\n') AS gap FROM mails)
)
