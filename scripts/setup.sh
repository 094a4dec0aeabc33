# Shared by ./run and ./test: says what it does, and installs what a fresh Debian or Ubuntu machine lacks.
# To be sourced from the root of the repository.
# shellcheck shell=bash

say() { printf '\033[1m==> %s\033[0m\n' "$*" | if [ -t 1 ]; then cat; else sed 's/\x1b\[[0-9;]*m//g'; fi; }

stop() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# A build with the traits in one order: SwiftPM writes them in that of a set, which differs from start to start, and
# then compiles every module anew (measured: 261 s where nothing had changed).
swift_build() { SWIFT_DETERMINISTIC_HASHING=1 swift build "$@"; }

# The packages this machine lacks, by asking for what they provide.
missing_packages() {
  command -v pkg-config >/dev/null || echo pkg-config
  command -v python3 >/dev/null || echo python3
  command -v ffmpeg >/dev/null || echo ffmpeg
  has_library openblas || echo libopenblas-dev
  has_library hdf5-serial || has_library hdf5 || echo libhdf5-dev
  has_library gsl || echo libgsl-dev
  [ -e /usr/include/zlib.h ] || echo zlib1g-dev
}

# Without pkg-config nothing is known about libraries, so all of them count as missing.
has_library() { command -v pkg-config >/dev/null && pkg-config --exists "$1"; }

# Runs apt-get with the rights it needs.
apt_get() {
  local options=(-o DPkg::Lock::Timeout=120 -o Acquire::Retries=3 -y)
  if [ "$(id -u)" -eq 0 ]; then
    DEBIAN_FRONTEND=noninteractive apt-get "${options[@]}" "$@"
  else
    sudo DEBIAN_FRONTEND=noninteractive apt-get "${options[@]}" "$@"
  fi
}

may_install() {
  command -v apt-get >/dev/null || return 1
  [ "$(id -u)" -eq 0 ] && return 0
  command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }
}

install_packages() {
  local packages
  mapfile -t packages < <(missing_packages)
  [ "${#packages[@]}" -eq 0 ] && return 0
  say "Installing ${packages[*]}"
  may_install || stop "These packages are missing and cannot be installed from here:" \
    "${packages[*]}. As an administrator run: apt-get install ${packages[*]}"
  if ! { apt_get -q update && apt_get -q install --no-install-recommends "${packages[@]}"; }; then
    say "That failed; trying once more in 15 seconds"
    sleep 15
    apt_get -q update
    apt_get -q install --no-install-recommends "${packages[@]}" ||
      stop "apt-get could not install ${packages[*]}; its messages above say why."
  fi
}

check_swift() {
  command -v swift >/dev/null ||
    stop "There is no 'swift' on the PATH. Install Swift 6.2 or later: https://www.swift.org/install/linux"
  local version
  version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\.[0-9]*\).*/\1/p' | head -n 1)
  case "$version" in
    [0-5].* | 6.0 | 6.1) stop "Swift $version is too old. Install Swift 6.2 or later: https://www.swift.org/install/linux" ;;
  esac
}

set_up() {
  check_swift
  install_packages
}
