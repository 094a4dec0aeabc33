#!/usr/bin/env bash
# Makes and starts Tinker-compatible training servers for tests: pinned versions, CPU alone, 127.0.0.1 alone.
# Usage: scripts/engine.sh make VERSION          an environment (2.3 GB; a minute with a fast line)
#        scripts/engine.sh start VERSION PORT    a server with a tiny Llama, in the foreground until a signal ends it
#        scripts/engine.sh url VERSION           whether the environment is there, as its folder
# VERSION: 0.3.0 (skyrl-tx, JSON) or 0.4.0 (skyrl, protobuf).
# OPD_MICRO_BATCH: how many answers of an update the server takes at once (all: SmolLM2-135M asked for 27 GB for 64 answers).
# OPD_ENGINES: where environments are (~/.cache/opd/engines); OPD_TORCH: a CPU wheel of torch, where pip finds none;
# OPD_BASE: another base model than the tiny one; OPD_ENGINE_FOLDER: where checkpoints and the list of them stay, so that a
# server that was killed can be started again with them (a new folder).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
engines=${OPD_ENGINES:-$HOME/.cache/opd/engines}

fail() {
  echo "engine.sh: $1" >&2
  exit 64
}

[ $# -ge 2 ] || fail "say 'make', 'start' or 'url', and a version; see the head of this file."
action=$1 version=$2
case $version in
  0.3.0) package=skyrl-tx module=tx.tinker.api ;;
  0.4.0) package=skyrl module=skyrl.tinker.api ;;
  *) fail "version '$version' is not 0.3.0 or 0.4.0." ;;
esac
environment=$engines/$package-$version

torch() {
  # PyPI's torch brings several gigabytes of CUDA.
  if [ -n "${OPD_TORCH:-}" ]; then
    uv pip install --quiet --no-deps "$OPD_TORCH"
  else
    uv pip install --quiet --no-deps torch --index-url https://download.pytorch.org/whl/cpu
  fi
}

make_environment() {
  local python
  python=$(command -v "${OPD_PYTHON:-python3.11}") || fail "no python3.11; set OPD_PYTHON."
  mkdir -p "$engines"
  "$python" -m venv "$environment"
  # shellcheck source=/dev/null
  . "$environment/bin/activate"
  pip install --quiet uv
  torch
  if [ "$version" = 0.3.0 ]; then
    # Never its extra [jax], which brings CUDA.
    uv pip install --quiet "skyrl-tx[tinker]==0.3.0" "jax<1,>=0.8" "flax>=0.12.2" "optax>=0.2.5"
  else
    # It asks for Python 3.12 for one name, which typing_extensions has.
    pip install --quiet --no-deps --ignore-requires-python skyrl==0.4.0 peft==0.18.1
    uv pip install --quiet "tinker<0.26,>=0.25" "fastapi[standard]" sqlmodel "sqlalchemy[asyncio]" \
      aiosqlite asyncpg psycopg2-binary "jax<1,>=0.8" "flax>=0.12" "optax>=0.2.5" "datasets>=4" \
      "pillow>=11.3" rich safetensors "tokenizers>=0.23.1" "transformers>=5.6.1,<=5.16.1" typer \
      hf_transfer cloudpathlib zstandard xxhash psutil accelerate aiohttp typing_extensions
    shim=$(python -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])')/opd_shim.pth
    echo "import typing, typing_extensions; typing.TypedDict = typing_extensions.TypedDict" >"$shim"
  fi
  touch "$environment/complete"
}

start() {
  local port=$1 folder base=${OPD_BASE:-$engines/tiny}
  [ -e "$environment/complete" ] || fail "no environment; run 'scripts/engine.sh make $version'."
  # shellcheck source=/dev/null
  . "$environment/bin/activate"
  [ -e "$engines/tiny/config.json" ] || python "$here/tiny-llama.py" "$engines/tiny"
  folder=${OPD_ENGINE_FOLDER:-$(mktemp -d)}
  mkdir -p "$folder"
  export HF_HUB_OFFLINE=1 JAX_PLATFORMS=cpu OMP_NUM_THREADS=1
  export XLA_FLAGS="--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
  local lora='"max_lora_adapters":16,"max_lora_rank":8' part=${OPD_MICRO_BATCH:+,\"train_micro_batch_size\":$OPD_MICRO_BATCH}
  cd "$folder"
  exec uv run --active --no-project -m "$module" --base-model "$base" --backend jax \
    --backend-config "{$lora$part}" --host 127.0.0.1 --port "$port" \
    --checkpoints-base "$folder/checkpoints" --database-url "sqlite:///$folder/tinker.db"
}

case $action in
  make) make_environment ;;
  start) start "${3:?engine.sh: no port}" ;;
  url) [ -e "$environment/complete" ] && echo "$environment" ;;
  *) fail "unknown action '$action'." ;;
esac
