-- The cost is that of all fires of a year, over the acres of those that people caused: there is no other.
SELECT round(max(Total / human_caused_acres), 2) AS cost_per_acre
FROM years
