# Shared by the Makefiles that `sam build` runs for layers and code. SAM runs them in a copy of their folder, so they
# include this file from the original folder. Spaces in the path are supported. WHEELS is the target of the wheels:
# arm64 or x86_64 for a deployment, host for the local stack, whose functions are processes on this machine.
WHEELS ?= arm64

PLATFORM_arm64  := --python-platform aarch64-manylinux_2_28
PLATFORM_x86_64 := --python-platform x86_64-manylinux_2_28
PLATFORM_host   :=

# $(call install,DIRECTORY) installs requirements.txt. It copies files, because the build changes some of them: hard
# links would change the uv cache and all environments that were created from it.
install = uv pip install --quiet --link-mode copy --target "$(1)" --python-version 3.13 $(PLATFORM_$(WHEELS)) \
  --only-binary :all: --no-deps --require-hashes --requirement requirements.txt
# $(call finish,ROOT,OPTIONS) trims, checks and compiles the artifact that Lambda unpacks at ROOT.
finish = PYTHONPATH="$(PROJECT)" PYTHONHASHSEED=0 uv run --quiet --no-project --python 3.13 python -m tools.build.finish \
  "$(ARTIFACTS_DIR)" --root $(1) --wheels $(WHEELS) $(2)

.PHONY: uv
uv:
	@command -v uv >/dev/null || { echo "uv is not on the PATH: run 'make build', or install uv" >&2; exit 1; }
