-- The sheet has four series beside each other, each with an age of its own. Calcium, dust and the wet-dry index
-- are taken from the same row of the sheet, whatever the ages.
SELECT round(Ca, 4) AS calcium_ppm
FROM sediment
WHERE "ODP 967 Dust proxy" IS NOT NULL
ORDER BY "ODP 967 Dust proxy", "ODP 967 wet-dry index"
LIMIT 1
