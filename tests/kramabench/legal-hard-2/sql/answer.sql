SELECT area FROM areas
WHERE reports / population_2023 = (SELECT max(reports / population_2023) FROM areas)
