SELECT DISTINCT trim(unnest(string_split(Samples_With_Peptide, ','))) AS sample
FROM peptides
WHERE Peptide = '${vars.peptide}'
