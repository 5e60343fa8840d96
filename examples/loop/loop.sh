#!/bin/sh
# The second half of what `./dev demo` shows: loop.sh FOLDER ASSAY CACHE
# FOLDER is made anew with a copy of this project; ASSAY is the program, which must be called assay;
# CACHE holds the fetched data. python3 must have pyarrow and scikit-learn.
set -eu
folder=$1 assay=$2 cache=$3
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../tell.sh"
export PYTHONDONTWRITEBYTECODE=1

rm -rf "$folder"
mkdir -p "$folder"
for part in assay.yaml contracts model.py predict.py train.py world.py; do
  cp -R "$here/$part" "$folder"
done

say "6. The loop: another project. April and May are there; world.py holds back June. A dataset with" \
    "features, fitted on the training split; what an airport sends off in a day is in one split."
show 0 python3 world.py begin "$cache/vega-datasets/flights-3m.parquet"
expect 0 run -m "April and May"
expect 0 prepare show flights_train@v1

say "7. The first model: a logistic regression of scikit-learn. It goes into use on 1 June. What it" \
    "said of the test split's flights comes first: May was easier than April, which is no merit."
expect 0 dataset export flights_train@v1 --to raw
expect 0 dataset export flights_train@v1 --prepared --to prepared
mkdir "$folder/first"
show 0 env ASSAY_DATASET=flights_train ASSAY_VERSION=v1 ASSAY_LABEL=late ASSAY_OUTPUT=first \
  ASSAY_TRAIN_PREPARED=prepared/train.parquet ASSAY_TEST_PREPARED=prepared/test.parquet \
  python3 train.py
expect 0 model add first/model.json --from flights_train@v1 --metrics first/metrics.json \
  --name late --role champion --at 2001-06-01
show 0 python3 world.py replay
expect 0 feedback report --by month

say "8. Two weeks of June, day by day: every tenth flight is asked about, it flies, its delay becomes" \
    "known. More are late than in spring: label drift, and calibration is worse."
show 0 python3 world.py days 1 14
expect 0 run -m "Two weeks of June"
expect 1 monitor run
expect 0 feedback report --by month --html report.html

say "9. The policy fires: train.py makes a challenger of the newest version, both predict the same" \
    "flights, the better one is the champion from now on."
expect 0 retrain trigger --as-of 2001-06-15
expect 0 model show late@champion

say "10. A week later the monitor says drift again, of the new champion's data; the policy waits."
show 0 python3 world.py days 15 21
expect 0 run -m "The third week of June"
expect 1 monitor run
expect 0 retrain trigger --as-of 2001-06-22

say "11. The rest of June. How the second model did since 15 June, beside what the first did before."
show 0 python3 world.py days 22 30
expect 0 feedback report --by month --model late@v1
expect 0 feedback report --by month --model late@v2

say "The project is in $folder; charts of the first two weeks are in report.html there."
