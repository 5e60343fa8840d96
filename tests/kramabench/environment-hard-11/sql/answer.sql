-- Each sample counts once, also where two of the beach's places failed on one day. The sheet has samples of
-- a playground beside the beach, which is not Pleasure Bay Beach.
SELECT round(avg("1-Day Rain"), 2) AS rain
FROM samples
WHERE place LIKE 'Pleasure Bay @ %' AND Enterococcus > 104
