# The one step that installs what is missing; ./dev reads this file and calls install_missing.
# The lists are the .txt files beside it. It uses $verb, $yes and fail() of ./dev.

# install_missing GROUP...: build, check, test, bench, data (see deps/*.txt), python (deps/python.txt).
install_missing() {
  groups=" $* "
  find_missing
  [ -n "$debian$unpacked$npm$wheels$python" ] || return 0

  echo "./dev $verb needs:"
  [ -z "$debian" ] || echo "  Debian packages:$debian"
  [ -z "$unpacked" ] || echo "  files of Debian packages, into .cache/:$unpacked"
  [ -z "$npm" ] || echo "  npm packages, into .cache/:$npm"
  [ -z "$wheels" ] || echo "  files of Python wheels, into .cache/:$wheels"
  [ -z "$python" ] || echo "  Python packages, into build/venv:$python"
  if [ "$yes" = no ] && [ -t 0 ] && [ -t 1 ]; then
    printf 'Install them? [Y/n] '
    read -r answer || answer=n
    case $answer in '' | [Yy]*) ;; *) fail 'nothing was installed' ;; esac
  fi

  mkdir -p build .cache
  [ -z "$debian" ] || install_debian
  [ -z "$unpacked" ] || install_unpacked
  [ -z "$npm" ] || install_npm
  [ -z "$wheels" ] || install_wheels
  [ -z "$python" ] || install_python
}

find_missing() {
  debian='' unpacked='' npm='' wheels='' python=''
  command -v dpkg-query >/dev/null ||
    fail 'this is not Debian: install the likes of deps/debian.txt by hand and build with cmake'
  installed=$(dpkg-query --show --showformat '${db:Status-Status}:${Package}\n' |
    sed -n 's/^installed://p' | tr '\n' ' ')
  while read -r group package program; do
    case $groups in *" $group "*) ;; *) continue ;; esac
    case " $installed" in *" $package "*) continue ;; esac
    [ -n "$program" ] && command -v "$program" >/dev/null && continue
    debian="$debian $package"
  done <deps/debian.txt

  while read -r group package files; do
    case $groups in *" $group "*) ;; *) continue ;; esac
    for file in $files; do
      [ -s ".cache/${file#*:}" ] || unpacked="${unpacked% "$package"} $package"
    done
  done <deps/debian-files.txt

  while read -r group package integrity files; do
    case $groups in *" $group "*) ;; *) continue ;; esac
    npm_is_there || npm="$npm $package"
  done <deps/npm.txt

  while read -r group package hash files; do
    case $groups in *" $group "*) ;; *) continue ;; esac
    wheel_is_there || wheels="$wheels $package"
  done <deps/python-files.txt

  case $groups in *' python '*)
    cmp -s deps/python.txt build/venv/installed ||
      python=$(sed -n 's/^\([a-zA-Z].*==[^ ]*\) .*/ \1/p' deps/python.txt | tr -d '\n') ;;
  esac
}

install_debian() {
  as_root=''
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null ||
      fail 'installing Debian packages needs root, and there is no sudo; as root, run' \
        "  apt-get update && apt-get install --no-install-recommends$debian" \
        "then ./dev $verb again"
    as_root=sudo
  fi
  echo "installing Debian packages, a few minutes; what apt says is in build/apt.log"
  # shellcheck disable=SC2086  # $debian is a list of words
  if ! { $as_root apt-get -q -o DPkg::Lock::Timeout=300 update &&
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 \
      install --no-install-recommends $debian; } >build/apt.log 2>&1 </dev/null; then
    tail -n 15 build/apt.log >&2
    fail 'apt-get could not install the Debian packages; its last lines are above,' \
      "all of them in build/apt.log; mend that and run ./dev $verb again"
  fi
}

install_unpacked() {
  work=$(mktemp -d "$PWD/.cache/fetch.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  trap 'exit 130' INT TERM
  while read -r group package files; do
    case " $unpacked " in *" $package "*) unpack_debian ;; esac
  done <deps/debian-files.txt
  rm -rf "$work"
  trap - EXIT INT TERM
}

# Uses $package and $files of one line of deps/debian-files.txt. Fetching needs no root.
unpack_debian() {
  echo "fetching $package"
  rm -rf "${work:?}"/*
  if ! (cd "$work" && apt-get -q -y download "$package" && dpkg -x "$package"_*.deb .) \
    >build/apt.log 2>&1 </dev/null; then
    tail -n 15 build/apt.log >&2
    fail "apt-get could not fetch $package; its last lines are above" \
      "if it does not know the package, run apt-get update as root, then ./dev $verb again"
  fi
  for file in $files; do
    [ -s "$work/${file%%:*}" ] ||
      fail "$package has no ${file%%:*}; deps/debian-files.txt asks for it"
    mkdir -p "$(dirname ".cache/${file#*:}")"
    rm -rf ".cache/${file#*:}"
    mv -f "$work/${file%%:*}" ".cache/${file#*:}"
  done
}

# Uses $package, $integrity and $files of one line of deps/npm.txt.
npm_stamp() { echo ".cache/npm/$(echo "$package" | tr '@/' '__')"; }

npm_is_there() {
  [ "$(cat "$(npm_stamp)" 2>/dev/null)" = "$integrity $files" ] || return 1
  for file in $files; do
    [ -s ".cache/${file#*:}" ] || return 1
  done
}

install_npm() {
  work=$(mktemp -d "$PWD/.cache/fetch.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  trap 'exit 130' INT TERM
  while read -r group package integrity files; do
    case " $npm " in *" $package "*) fetch_npm ;; esac
  done <deps/npm.txt
  rm -rf "$work"
  trap - EXIT INT TERM
}

fetch_npm() {
  echo "fetching $package"
  rm -rf "${work:?}"/*
  if ! (cd "$work" && npm pack "$package" --loglevel=error --ignore-scripts) \
    >"$work/npm.log" 2>&1 </dev/null; then
    tail -n 15 "$work/npm.log" >&2
    fail "npm could not fetch $package; what it said is above" \
      "check that this machine reaches the npm registry (npm ping), then run ./dev $verb again"
  fi
  tarball=$(echo "$work"/*.tgz)
  got="sha512-$(openssl dgst -sha512 -binary "$tarball" | openssl base64 -A)"
  [ "$got" = "$integrity" ] ||
    fail "$package is not the file that deps/npm.txt pins; it was not unpacked" \
      "  pinned $integrity" "  got    $got" \
      'if a proxy or mirror stands between, try without it; never change the pin to make this pass'
  for file in $files; do
    tar -xzf "$tarball" -C "$work" "package/${file%%:*}" ||
      fail "$package has no ${file%%:*}; deps/npm.txt asks for it"
    mkdir -p "$(dirname ".cache/${file#*:}")"
    touch "$work/package/${file%%:*}"
    rm -rf ".cache/${file#*:}"
    mv -f "$work/package/${file%%:*}" ".cache/${file#*:}"
  done
  mkdir -p .cache/npm
  echo "$integrity $files" >"$(npm_stamp)"
}

# Uses $package, $hash and $files of one line of deps/python-files.txt.
wheel_stamp() { echo ".cache/wheels/$package"; }

wheel_is_there() {
  [ "$(cat "$(wheel_stamp)" 2>/dev/null)" = "$hash $files" ] || return 1
  for file in $files; do
    [ -s ".cache/${file#*:}" ] || return 1
  done
}

install_wheels() {
  work=$(mktemp -d "$PWD/.cache/fetch.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  trap 'exit 130' INT TERM
  while read -r group package hash files; do
    case " $wheels " in *" $package "*) fetch_wheel ;; esac
  done <deps/python-files.txt
  rm -rf "$work"
  trap - EXIT INT TERM
}

# Debian's pip may not be there; that of a new virtual environment is.
fetch_wheel() {
  echo "fetching $package"
  rm -rf "${work:?}"/*
  echo "$package --hash=sha256:$hash" >"$work/wanted.txt"
  if ! { /usr/bin/python3 -m venv "$work/venv" &&
    "$work/venv/bin/python" -m pip download --quiet --disable-pip-version-check --no-deps \
      --require-hashes --only-binary :all: --dest "$work" --requirement "$work/wanted.txt" &&
    /usr/bin/python3 -m zipfile -e "$work"/*.whl "$work/unpacked"; } \
    >"$work/pip.log" 2>&1 </dev/null; then
    tail -n 15 "$work/pip.log" >&2
    fail "pip could not fetch $package as deps/python-files.txt pins it; what it said is above" \
      'check that this machine reaches PyPI, then run ./dev '"$verb"' again'
  fi
  for file in $files; do
    [ -s "$work/unpacked/${file%%:*}" ] ||
      fail "$package has no ${file%%:*}; deps/python-files.txt asks for it"
    mkdir -p "$(dirname ".cache/${file#*:}")"
    mv -f "$work/unpacked/${file%%:*}" ".cache/${file#*:}"
  done
  mkdir -p .cache/wheels
  echo "$hash $files" >"$(wheel_stamp)"
}

install_python() {
  echo 'installing Python packages'
  rm -rf build/venv
  if ! { /usr/bin/python3 -m venv build/venv &&
    build/venv/bin/python -m pip install --quiet --disable-pip-version-check \
      --require-hashes --only-binary :all: --requirement deps/python.txt; } \
    >build/pip.log 2>&1 </dev/null; then
    tail -n 15 build/pip.log >&2
    fail 'pip could not install the packages of deps/python.txt; its last lines are above' \
      '(the pinned hashes are those for Debian 12: Python 3.11 on x86_64)' \
      "mend that and run ./dev $verb again"
  fi
  cp deps/python.txt build/venv/installed
}
