-- Samples without a grade, such as those of healthy tissue, are no tumours of a grade.
SELECT DISTINCT Histologic_Grade_FIGO AS grade
FROM tumours JOIN found ON idx = sample
WHERE Histologic_Grade_FIGO IS NOT NULL
