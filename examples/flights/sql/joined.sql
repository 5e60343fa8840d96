-- One row per flight, with where it starts and ends. A flight is late from 16 minutes on.
SELECT
  f.date,
  f.distance,
  f.origin,
  f.destination,
  a.state AS origin_state,
  b.state AS destination_state,
  f.delay > 15 AS late
FROM plausible AS f
LEFT JOIN airports AS a ON a.iata = f.origin
LEFT JOIN airports AS b ON b.iata = f.destination
