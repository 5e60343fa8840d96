-- Rates in per cent, over the samples of all communities of a group together; samples of which nothing is said
-- are in none. The population is that in the block groups of environmental justice.
WITH marine AS (
  SELECT 100 * Violation::INTEGER AS exceeded, "Percent of population in EJ BGs" AS share
  FROM samples_of_communities
  WHERE "Beach Type Description" = 'Marine' AND Year = 2023
)
SELECT round(avg(exceeded) FILTER (WHERE share > 50) - avg(exceeded) FILTER (WHERE share < 25), 2) AS difference
FROM marine
