-- When each bulletin was issued: ":Issued: 2025 Mar 09 2205 UTC".
SELECT file, strptime(regexp_extract(text, '^:Issued: (\d{4} \w{3} \d{2}) ', 1), '%Y %b %d')::DATE AS issued
FROM bulletins
WHERE starts_with(text, ':Issued:')
