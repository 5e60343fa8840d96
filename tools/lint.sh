# The checks that need no build; ./dev reads this file and calls lint. Each check counts as a test.

# Every file of the project that matches a pattern: tracked, or new and not ignored.
sources() {
  git ls-files --cached --others --exclude-standard --deduplicate -- "$@" |
    while read -r file; do [ ! -f "$file" ] || echo "$file"; done
}

lint_format() { sources '*.h' '*.cc' | xargs -r clang-format-14 --dry-run -Werror; }
lint_rooms() { python3 tools/check_rooms.py; }
lint_rooms_test() { python3 tools/check_rooms_test.py; }

# Only what the release build compiles, all files of a room as one since most of the time goes
# into the headers they read; tests are left out to keep it quick.
lint_tidy() {
  tidy=build/venv/bin/clang-tidy
  "$tidy" --list-checks 2>&1 | grep -q readability-identifier-naming ||
    { echo '.clang-tidy cannot be read' && return 1; }
  cmake --preset release -B build/lint -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON -DBUILD_TESTING=OFF \
    -DCMAKE_UNITY_BUILD=ON -DCMAKE_UNITY_BUILD_BATCH_SIZE=0 >build/tidy.log ||
    { cat build/tidy.log && return 1; }
  sed -n 's|^  "file": "\(.*/src/.*\)",*$|\1|p' build/lint/compile_commands.json | grep -v nanobind |
    xargs -r -n 1 -P "$(nproc)" "$tidy" -p build/lint --quiet --extra-arg=-w \
      2>build/tidy.log && return 0
  grep -v 'warnings\? generated\.$' build/tidy.log
  return 1
}

lint_scripts() {
  scripts_ok=0
  for file in $(sources | grep -v '\.\(md\|cc\|h\|case\|json\|csv\|parquet\)$'); do
    case $file:$(head -c 100 "$file" | tr -d '\0' | head -n 1) in
      *.py:* | *:'#!'*python*)
        python3 -c 'import ast, sys; ast.parse(open(sys.argv[1]).read(), sys.argv[1])' "$file" ;;
      *:'#!'*bash*) bash -n "$file" ;;
      *.sh:* | *:'#!'*sh) sh -n "$file" ;;
    esac || scripts_ok=1
  done
  return $scripts_ok
}

lint_sizes() {
  large=$(sources | xargs -r stat -c '%s %n' | awk '$1 > 1000000 {print $2 ": is over 1 MB"}')
  [ -z "$large" ] || { echo "$large" && return 1; }
}

lint() {
  echo '== lint'
  check 'format (clang-format)' lint_format
  check 'order of the rooms' lint_rooms
  check 'the check of the rooms finds planted faults' lint_rooms_test
  check 'scripts can be parsed' lint_scripts
  check 'no file over 1 MB' lint_sizes
  check 'clang-tidy' lint_tidy
}
