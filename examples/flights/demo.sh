#!/bin/sh
# The first half of what `./dev demo` shows: demo.sh FOLDER ASSAY CACHE
# FOLDER is made anew with a copy of this project; ASSAY is the program; CACHE holds the fetched data.
# python3 must have pandas, pyarrow and scikit-learn.
set -eu
folder=$1 assay=$2 cache=$3
here=$(cd "$(dirname "$0")" && pwd)

. "$here/../tell.sh"

rm -rf "$folder"
mkdir -p "$folder/data"
cp -R "$here/assay.yaml" "$here/sql" "$here/contracts" "$here/tests" "$here/train.py" "$folder"

echo "Laying out 3,000,000 real flights, one file per month ..."
months=$folder/.months
mkdir -p "$months"
"$here/prepare.sh" "$months" "$assay" "$cache"
for month in 01 02 03 04 05; do
  cp "$months/flights-2001-$month.parquet" "$folder/data"
done
cp "$months/airports.csv" "$months/target.parquet" "$folder/data"

say "0. The project's own tests hold its steps and gates to a few rows each."
expect 0 test

say "1. January to May. Wholly equal rows go out, impossible delays go into quarantine with their" \
    "reason and place, the label is made, rows are split by time. The test split is still empty."
expect 0 lint
expect 0 plan
expect 0 run -m "January to May"
expect 0 quarantine list
expect 0 quarantine show plausible --limit 3

say "2. Again: nothing to do."
expect 0 run

say "3. June arrives."
cp "$months/flights-2001-06.parquet" "$folder/data"
expect 0 run -m "June arrives"
expect 0 dataset diff flights_train@v1 @v2

say "4. June is replaced by a bad file (planted: delays in hours instead of minutes, a tenth of the" \
    "airports blank). The gate names both faults; v2 stays the latest version."
cp "$months/flights-2001-06-bad.parquet" "$folder/data/flights-2001-06.parquet"
expect 1 run -m "June again, from another system"
expect 0 dataset list

say "5. June comes back with 1,000 corrected delays: a new version. Then the first June is restored to" \
    "the byte: its content is known, so it gets no new number."
cp "$months/flights-2001-06-corrected.parquet" "$folder/data/flights-2001-06.parquet"
expect 0 run -m "1,000 delays corrected"
expect 0 dataset diff flights_train@v2 @v3
cp "$months/flights-2001-06.parquet" "$folder/data"
expect 0 run -m "the first June restored"
expect 0 dataset log flights_train

say "What refusing rows changed for a model of scikit-learn."
expect 0 dataset export flights_train@v2 --to learnt --format parquet
show 0 python3 train.py learnt .months

say "Every version can be read, exported and proved."
expect 0 sql 'select split, late, count(*) as flights from "flights_train@v2" group by all order by all'
expect 0 dataset export flights_train@v2 --to out --format parquet
expect 0 dataset verify

say "The project is in $folder: go on there with any of these commands."
