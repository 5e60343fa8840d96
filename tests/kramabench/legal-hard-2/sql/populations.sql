-- The population of 2023 lies on a straight line between the census of 2020 and the estimate of 2024, three
-- quarters of the way; that neither is of a first of January is left out of account.
SELECT ${vars.bare_name} AS bare_name, census_2020 + 0.75 * (estimate_2024 - census_2020) AS population_2023
FROM (SELECT "Metropolitan statistical area" AS area, "2020 census" AS census_2020, "2024 estimate" AS estimate_2024
      FROM population_numbers)
