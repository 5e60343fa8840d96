SELECT "Military Branch" FROM branches
WHERE "Median Fraud Loss" = (SELECT max("Median Fraud Loss") FROM branches)
