#!/usr/bin/env bash
# Makes a Debian package and a Python wheel of the installed program, in dist/.
# Usage: scripts/package.sh
# Both carry Swift's runtime; OpenBLAS, HDF5, GSL and ffmpeg are the system's, so that they fit the machine they run on.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/setup.sh
. scripts/setup.sh

stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
DESTDIR=$stage/deb ./install /usr
version=$("$stage/deb/usr/bin/opd" --version)
mkdir -p dist

# The packages that own the libraries the program found.
owners() {
  ldd "$stage/deb/usr/lib/opd/opd" | awk '$3 ~ /^\/(usr\/)?lib\// { print $3 }' | while read -r library; do
    dpkg -S "$(readlink -f "$library")" 2>/dev/null | sed -n '1s/:.*//p'
  done | sort -u | grep -v -e '^gcc' | paste -sd, | sed 's/,/, /g'
}

say "Making the Debian package"
mkdir -p "$stage/deb/DEBIAN"
cat >"$stage/deb/DEBIAN/control" <<END
Package: opd
Version: $version
Architecture: $(dpkg --print-architecture)
Maintainer: The opd authors <opd@localhost>
Depends: $(owners)
Recommends: ffmpeg
Section: science
Priority: optional
Description: laboratory for on-policy distillation
 Pairs a student with a teacher, turns their disagreement into per-token supervision on the student's own
 samples, and compares that with reinforcement learning, curricula and keyframe selection.
END
dpkg-deb --build --root-owner-group "$stage/deb" "dist/opd_${version}_$(dpkg --print-architecture).deb" >/dev/null

say "Making the Python wheel"
python3 scripts/wheel.py "$version" "$stage/deb/usr" dist
ls -l dist
