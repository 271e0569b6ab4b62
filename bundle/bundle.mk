# What the Makefiles share with which `sam build` makes layers and code. SAM runs them on a copy of their
# folder, so they find this from where they really are, spaces in the path or not. WHEELS says what the wheels are for: arm64 or x86_64
# (a deployment), or host (the local AWS, whose functions are processes of this machine).
WHEELS ?= arm64

PLATFORM_arm64  := --python-platform aarch64-manylinux_2_28
PLATFORM_x86_64 := --python-platform x86_64-manylinux_2_28
PLATFORM_host   :=

# $(call install,WHERE): the packages of requirements.txt, copied: hard links would lead into uv's cache and every
# environment that was made from it, and what the build changes would change there.
install = uv pip install --quiet --link-mode copy --target "$(1)" --python-version 3.13 $(PLATFORM_$(WHEELS)) \
  --only-binary :all: --no-deps --require-hashes --requirement requirements.txt
# $(call finish,ROOT,OPTIONS): trims, checks and compiles what is to be unpacked below ROOT
finish = PYTHONPATH="$(PROJECT)" PYTHONHASHSEED=0 uv run --quiet --no-project --python 3.13 python -m bundle.finish \
  "$(ARTIFACTS_DIR)" --root $(1) --wheels $(WHEELS) $(2)

.PHONY: uv
uv:
	@command -v uv >/dev/null || { echo "uv is not on the PATH: build with 'make build', or install uv" >&2; exit 1; }
