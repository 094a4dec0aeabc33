#!/usr/bin/env bash
# Makes a Debian package and a Python wheel of the installed program, in dist/.
# Usage: scripts/package.sh
# Both carry Swift's runtime; OpenBLAS, HDF5, GSL and ffmpeg are the system's, so that they fit the machine they run on.
# scripts/package-check.sh tries them in a Debian without Swift.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/setup.sh
. scripts/setup.sh

stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
DESTDIR=$stage/deb ./install /usr
version=$("$stage/deb/usr/bin/opd" --version)
mkdir -p dist

floor=$(python3 scripts/glibc-floor.py "$stage"/deb/usr/lib/opd/*)

# The packages that own the libraries the program and Swift's runtime ask for themselves; what those ask for in turn is their
# own business. Any OpenBLAS will do, and the C library is needed as new as measured.
owners() {
  local name library
  readelf -d "$stage"/deb/usr/lib/opd/* | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | sort -u | while read -r name; do
    library=$(ldd "$stage/deb/usr/lib/opd/opd" | awk -v name="$name" '$1 == name && $3 ~ /^\/(usr\/)?lib\// { print $3 }')
    [ -n "$library" ] || continue
    library=$(readlink -f "$library")
    # Packages older than the merger of /lib into /usr/lib know their files by the shorter path.
    { dpkg -S "$library" 2>/dev/null || dpkg -S "${library#/usr}" 2>/dev/null || true; } | sed -n '1s/:.*//p'
  done | sed -e 's/^libopenblas0-.*/libopenblas0/' -e "s/^libc6\$/libc6 (>= $floor)/" | sort -u | grep -v -e '^gcc' |
    paste -sd, | sed 's/,/, /g'
}

say "Making the Debian package"
mkdir -p "$stage/deb/DEBIAN"
cat >"$stage/deb/DEBIAN/control" <<END
Package: opd
Version: $version
Architecture: $(dpkg --print-architecture)
Installed-Size: $(du -sk "$stage/deb/usr" | cut -f 1)
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
python3 scripts/wheel.py "$version" "$stage/deb/usr" dist "$floor"
dpkg-deb --field "dist/opd_${version}_$(dpkg --print-architecture).deb" Package Version Depends Recommends
echo "glibc: $floor or later"
ls -l dist
