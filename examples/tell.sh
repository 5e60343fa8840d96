# How the demos tell what they do. They set $folder, where commands run, and $assay, the program.

say() {
  echo
  printf '# %s\n' "$@"
}

# Runs a command in $folder as a user would type it and checks its exit status.
show() {
  wanted=$1
  shift
  printf '$'
  for word in "$@"; do
    case $word in
      *[!A-Za-z0-9_@./=-]*) printf " '%s'" "$word" ;;
      *) printf ' %s' "$word" ;;
    esac
  done
  echo
  status=0
  (
    # shellcheck disable=SC2154  # $folder and $assay are the demo's
    cd "$folder"
    PATH=$(dirname "$assay"):$PATH
    "$@"
  ) || status=$?
  if [ "$status" -ne "$wanted" ]; then
    echo "demo: expected exit status $wanted, got $status" >&2
    exit 1
  fi
}

# The same of the program itself.
expect() {
  wanted=$1
  shift
  show "$wanted" assay "$@"
}
