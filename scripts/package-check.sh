#!/usr/bin/env bash
# Tries the three packages in a Debian 12 without Swift: what ./install makes, the .deb and the wheel, each in a root of its own that
# holds nothing else. In each: the version, `opd init world` and the command it names, keyframes of a video, completion in bash, zsh
# and fish, the manual page.
# Usage: scripts/package-check.sh [--built]     --built takes what is in dist/ and does not build. ROOT names a folder with a Debian to
# begin with; debootstrap makes one if left out. KEEP names a folder for what the commands said.
# Skips, with status 0, where it cannot run: not root, no debootstrap, no network.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/setup.sh
. scripts/setup.sh

skip() {
  say "Skipped: $*"
  exit 0
}

[ "$(id -u)" -eq 0 ] || skip "a root for another system can only be made by root"
command -v debootstrap >/dev/null || [ -n "${ROOT:-}" ] || skip "debootstrap is missing (apt-get install debootstrap)"
# What is mounted for the roots ends with this process.
if [ -z "${OPD_PRIVATE_MOUNTS:-}" ]; then
  unshare --mount true 2>/dev/null || skip "this system lets nobody mount"
  OPD_PRIVATE_MOUNTS=1 exec unshare --mount --propagation private bash "scripts/$(basename "$0")" "$@"
fi

work=$(mktemp -d /tmp/opd-packages.XXXXXX)
trap 'umount "$work"/*/proc 2>/dev/null || true; rm -rf "$work"' EXIT

if [ "${1:-}" != --built ]; then scripts/package.sh; fi
deb=$(ls -t dist/opd_*.deb | head -n 1)
wheel=$(ls -t dist/opd_lab-*.whl | head -n 1)

base=${ROOT:-$work/base}
if [ -z "${ROOT:-}" ]; then
  say "Making a Debian 12"
  debootstrap --variant=minbase bookworm "$base" http://deb.debian.org/debian >"$work/log" 2>&1 ||
    skip "debootstrap could not make a root: $(tail -n 1 "$work/log")"
fi

# inside ROOT COMMAND: in that root, with an environment of its own.
inside() {
  local root=$1
  shift
  chroot "$root" /usr/bin/env -i HOME=/root TERM=dumb LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
    PATH=/opt/opd/bin:/opt/venv/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin bash -c "$*"
}

# root NAME: a fresh copy of the Debian, in which apt works and there is what shows completions and manual pages.
root() {
  cp -a "$base" "$work/$1"
  mount -t proc proc "$work/$1/proc"
  cp /etc/resolv.conf "$work/$1/etc/resolv.conf"
  if inside "$work/$1" 'command -v swift' >/dev/null; then stop "there is a Swift in '$base'"; fi
  inside "$work/$1" 'apt-get -q update && apt-get -q install -y --no-install-recommends man-db bash-completion zsh fish' \
    >"$work/log" 2>&1 || skip "apt-get does not work there: $(tail -n 1 "$work/log")"
}

# apt NAME PACKAGE…: installs packages in a root.
apt() {
  local name=$1
  shift
  inside "$work/$name" "apt-get -q install -y $*" >"$work/log" 2>&1 || stop "apt-get install $*: $(tail -n 3 "$work/log")"
}

# use NAME PREFIX: what a user does first, with the files of the package under PREFIX.
use() {
  local name=$1 prefix=$2 out=${KEEP:-$work}/$1.txt next
  : >"$out"
  try() {
    echo "\$ $1" >>"$out"
    inside "$work/$name" "cd /root && $1" >>"$out" 2>&1 || stop "$name: '$1' failed: $(tail -n 3 "$out")"
  }
  try "opd --version"
  try "opd init world"
  next=$(sed -n 's/^  opd train/opd train/p' "$out" | tail -n 1)
  [ -n "$next" ] || stop "$name: \`opd init world\` names no command to go on with"
  try "$next"
  grep -q '^eval/mIoU' "$out" || stop "$name: '$next' printed no mIoU"
  try "ffmpeg -v error -f lavfi -i testsrc2=size=320x180:rate=12 -t 10 -pix_fmt yuv420p clip.mp4"
  try "opd keyframes clip.mp4 --budget 4"
  grep -qE '4 frames' "$out" || stop "$name: \`opd keyframes\` chose no four frames"
  try ". '$prefix/share/bash-completion/completions/opd' && COMP_WORDS=(opd keyf) COMP_CWORD=1 COMP_LINE='opd keyf' COMP_POINT=8 &&
    { _opd opd keyf opd || true; } && printf '%s\n' \"\${COMPREPLY[@]}\" | grep -x 'keyframes *'"
  try "zsh -fc 'fpath=($prefix/share/zsh/site-functions \$fpath); autoload -Uz compinit && compinit -u && whence -w _opd &&
    autoload +X _opd && print \${_comps[opd]}' | grep -x _opd"
  try "fish --no-config -c 'source $prefix/share/fish/vendor_completions.d/opd.fish; complete -C \"opd keyf\"' | grep '^keyframes'"
  try "man -w opd && MANWIDTH=80 man opd | grep -m 1 -A 2 '^NAME'"
  say "$name: $(grep -c '^\$ ' "$out") commands, all done"
}

# What the program needs of the system besides the C library, in the words of the .deb.
needs=$(dpkg-deb --field "$deb" Depends | tr -d ',' | sed -E 's/libc6( \([^)]*\))?//')

say "The prefix of ./install"
root prefix
DESTDIR=$work/prefix ./install /opt/opd >"$work/log" 2>&1 || stop "./install: $(tail -n 3 "$work/log")"
apt prefix "$needs" ffmpeg
use prefix /opt/opd

say "The Debian package"
root deb
cp "$deb" "$work/deb/root/opd.deb"
apt deb /root/opd.deb
use deb /usr

say "The wheel"
root wheel
cp "$wheel" "$work/wheel/root/"
apt wheel python3-venv
inside "$work/wheel" 'python3 -m venv /opt/venv && pip install -q --no-index /root/opd_lab-*.whl' || stop "pip could not install the wheel"
# The libraries it lacks are named with their packages.
said=$(inside "$work/wheel" 'opd --version' 2>&1 || true)
named=$(sed -n 's/.*apt-get install //p' <<<"$said" | tail -n 1)
[ -n "$named" ] || stop "without its libraries \`opd\` named no packages: $said"
apt wheel "$named" ffmpeg
use wheel /opt/venv
inside "$work/wheel" 'python -c "import opd; print(opd.program_path())"'

say "Sizes"
du -shL "$work/prefix/opt/opd" | sed "s|$work/prefix||"
du -h "$deb" "$wheel"
echo "glibc $(python3 scripts/glibc-floor.py "$work"/prefix/opt/opd/lib/opd/*) or later"
