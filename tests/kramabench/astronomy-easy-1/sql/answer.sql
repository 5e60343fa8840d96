SELECT avg(abs(predicted - observed)) AS mean_absolute_error
FROM days
WHERE issued = DATE '2025-03-09' AND day BETWEEN DATE '2025-03-10' AND DATE '2025-03-12'
