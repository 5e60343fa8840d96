#!/bin/sh
# For maintainers: does ./dev work on a fresh Debian 12, with nothing prepared and an empty cache?
#
#     tools/chroot_check.sh [--keep] VERB [ARGUMENTS]      as in: tools/chroot_check.sh test
#
# Makes a clean Debian 12 (debootstrap minbase, git, ca-certificates) in a new folder, clones HEAD of
# this checkout into its /root/assay and runs ./dev VERB --yes there. The clean system reaches the
# package registries the way this machine does: same package sources, certificates and proxies.
# --keep leaves the folder behind and says where it is. Needs root and debootstrap.
#
# CHROOT_DIR    where the folder is made, default /tmp
# CHROOT_CACHE  where the bootstrapped system is kept as a tarball, default /tmp/chroot-cache
set -eu

fail() {
  echo "chroot_check: $*" >&2
  exit 2
}

keep=no
[ "${1:-}" != --keep ] || { keep=yes && shift; }
[ $# -gt 0 ] || fail 'say which verb of ./dev to run'
[ "$(id -u)" = 0 ] || fail 'needs root'
command -v debootstrap >/dev/null || fail 'needs debootstrap: apt-get install debootstrap'

# Mounts live in a name space of this script's own, so they are gone when it ends, however it ends.
if [ "${CHROOT_CHECK_UNSHARED:-}" != yes ]; then
  [ $keep = no ] || set -- --keep "$@"
  CHROOT_CHECK_UNSHARED=yes exec unshare --mount "$0" "$@"
fi

repository=$(cd "$(dirname "$0")/.." && git rev-parse --show-toplevel)
cache=${CHROOT_CACHE:-/tmp/chroot-cache}
minbase=$cache/debian-12-minbase.tar
mkdir -p "$cache"
root=$(mktemp -d "${CHROOT_DIR:-/tmp}/chroot-XXXXXX")

clean_up() {
  cd /
  for place in dev proc; do
    ! mountpoint -q "$root/$place" || umount -l "$root/$place"
  done
  if [ $keep = yes ]; then
    echo "kept: $root"
  else
    rm -rf --one-file-system "$root"
  fi
}
trap clean_up EXIT
trap 'exit 130' INT TERM

# ---- the clean system ----

if [ ! -s "$minbase" ]; then
  mirror=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Identifier: Packages' |
    awk '$2 == "bookworm" { print $1; exit }')
  [ -n "$mirror" ] || fail 'the package sources of this machine have no Debian 12 (bookworm)'
  echo 'chroot_check: bootstrapping Debian 12'
  debootstrap --variant=minbase --include=git,ca-certificates bookworm "$root" "$mirror" \
    >"$cache/debootstrap.log" 2>&1 || { tail "$cache/debootstrap.log" >&2 && fail 'debootstrap failed'; }
  rm -f "$root"/var/cache/apt/archives/*.deb
  tar -C "$root" -cf "$minbase.part" .
  mv "$minbase.part" "$minbase"
else
  tar -C "$root" -xf "$minbase"
fi

chmod 755 "$root" # other users live in it, too
mount -t proc proc "$root/proc"
mount --bind /dev "$root/dev"

# ---- the way to the registries, as on this machine ----

cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
[ ! -f /etc/pip.conf ] || cp /etc/pip.conf "$root/etc/"
rm -f "$root/etc/apt/sources.list"
for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list \
  /etc/apt/sources.list.d/*.sources /etc/apt/keyrings/*; do
  [ ! -f "$file" ] || cp "$file" "$root$file"
done
apt-config dump | grep -E '^Acquire::(http|https|Check-|Retries)' >"$root/etc/apt/apt.conf.d/99host" || true
for file in /usr/local/share/ca-certificates/*.crt; do
  [ ! -f "$file" ] || cp "$file" "$root/usr/local/share/ca-certificates/"
done
chroot "$root" update-ca-certificates >/dev/null 2>&1

# Proxies, certificates and the settings of pip and npm; nothing else of this environment.
variables=$(env | grep -iE '^((https?|all|no)_proxy|[a-z_]*_ca_certs|[a-z_]*ca_bundle|ssl_cert_(file|dir)|git_ssl_cainfo|pip_[a-z_]+|npm_config_[a-z_]+)=[^[:space:]]*$' || true)
registry=$(npm config get registry 2>/dev/null || true)

# ---- the check ----

git clone -q "file://$repository" "$root/root/assay"
echo "chroot_check: $(git -C "$root/root/assay" log -1 --format='%h %s')"
started=$(date +%s)
status=0
# shellcheck disable=SC2086  # $variables is a list of words
env -i $variables ${registry:+npm_config_registry="$registry"} PATH=/usr/sbin:/usr/bin:/sbin:/bin \
  HOME=/root LANG=C.UTF-8 CI=true \
  chroot "$root" sh -c 'cd /root/assay && exec ./dev "$@" --yes' dev "$@" </dev/null || status=$?
echo "chroot_check: ./dev $* ended with $status after $(($(date +%s) - started)) s"
exit $status
