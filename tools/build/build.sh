#!/bin/sh
# Steps of the Makefiles in src and layers, which `sam build` runs in a copy of their folder:
#   install              installs requirements.txt into the artifact
#   finish ROOT [CODE]   trims, checks and compiles the artifact, which Lambda unpacks at ROOT
# WHEELS is the platform: arm64 or x86_64 for Lambda, host for the local stack, which runs functions on this machine.
set -eu
command -v uv >/dev/null || { echo "uv is not on the PATH: run 'make build', or install uv (https://docs.astral.sh/uv)" >&2; exit 1; }
step=$1 wheels=${WHEELS:-arm64}
shift
case $wheels in host) platform= ;; arm64) platform=aarch64-manylinux_2_28 ;; *) platform=$wheels-manylinux_2_28 ;; esac
case $step in
install) # copies, because the build changes files: hard links would change uv's cache and other environments
  uv pip install --quiet --link-mode copy --python-version 3.13 ${platform:+--python-platform $platform} \
    --only-binary :all: --no-deps --require-hashes --requirement requirements.txt --target "$ARTIFACTS_DIR/python" ;;
finish)
  export PYTHONPATH="$(dirname "$0")/../.." PYTHONHASHSEED=0
  uv run --quiet --no-project --python 3.13 python -m tools.build.finish "$ARTIFACTS_DIR" "$wheels" "$@" ;;
esac
