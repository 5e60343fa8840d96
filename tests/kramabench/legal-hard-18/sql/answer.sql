-- The reports of 2007, of which as many are of identity theft, and as many of those by people of 40 and
-- more, as in 2024. The share of an age is that of the reports that tell one; those that do not are taken
-- to be distributed like them. An age range begins with its least age ("19 and Under" with its greatest).
SELECT round(c."# of Reports" * t.Percentage * a.share, -3) AS reports
FROM (SELECT "# of Reports" FROM counts WHERE Year = 2007) c,
     (SELECT Percentage FROM categories WHERE Category = 'Identity Theft') t,
     (SELECT sum("# of Reports") FILTER (WHERE regexp_extract("Age Range", '^\d+')::INTEGER >= 40)
               / sum("# of Reports") AS share
      FROM ages) a
