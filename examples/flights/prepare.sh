#!/bin/sh
# Lays the flights out as one file per month: prepare.sh TARGET ASSAY CACHE
# TARGET gets flights-2001-MM.parquet, the two other Junes, target.parquet and airports.csv. Assay
# itself does the cutting (prepare/assay.yaml); it sorts each month by all columns on the way.
set -eu
target=$1 assay=$2 cache=$3
here=$(cd "$(dirname "$0")" && pwd)
work=$target/.prepare
rm -rf "$work"
mkdir -p "$work"
cp "$here/prepare/assay.yaml" "$cache/vega-datasets/flights-3m.parquet" "$work"
"$assay" --project "$work" run >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
for dataset in 01 02 03 04 05 06 06_bad 06_corrected; do
  "$assay" --project "$work" dataset export "flights_2001_$dataset" --to "$work/out" --overwrite >>"$work/log"
  mv "$work/out/all.parquet" "$target/flights-2001-$(echo "$dataset" | tr _ -).parquet"
done
"$assay" --project "$work" dataset export flights_target --to "$work/out" --overwrite >>"$work/log"
mv "$work/out/all.parquet" "$target/target.parquet"
cp "$cache/vega-datasets/airports.csv" "$target"
chmod u+w "$target"/*
rm -rf "$work"
