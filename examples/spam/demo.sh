#!/bin/sh
# The last part of what `./dev demo` shows: demo.sh FOLDER ASSAY CACHE
# FOLDER is made anew with a copy of this project; ASSAY is the program, which must be called assay;
# CACHE holds the fetched data. python3 must have pandas and scikit-learn.
set -eu
folder=$1 assay=$2 cache=$3
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../tell.sh"
export PYTHONDONTWRITEBYTECODE=1

rm -rf "$folder"
mkdir -p "$folder/data"
for part in assay.yaml contracts labels sql tests train.py; do
  cp -R "$here/$part" "$folder"
done
for box in easy-ham-1 easy-ham-2 hard-ham-1 spam-1 spam-2; do
  mkdir "$folder/data/$box"
  cp "$cache/spam-assassin/$box"/*.txt "$folder/data/$box"
done

say "12. Another nature: 6,046 real e-mails, one file each, 500 of them no UTF-8. The folder is the" \
    "label; headers and body come apart; what was sent to many is one message."
expect 0 test
expect 0 run -m "All mailboxes"
expect 0 sql 'select label, split, count(*) as mails from "spam@v1" group by all order by all'

say "13. A filter of scikit-learn, once with the repeats left in and once without. The same bodies on" \
    "both sides flatter."
expect 0 dataset export spam@v1 --to out/clean --format jsonl
expect 0 dataset export spam_careless@v1 --to out/careless --format jsonl
show 0 python3 train.py out

say "The project is in $folder."
