#!/usr/bin/env bash
# Installs the strangers that the tests talk to, under .tools/. What cannot be installed is skipped, loudly.
#   set_up.sh            install
#   set_up.sh --missing  say what is missing, and so which tests were skipped
set -u
cd "$(dirname "$0")/../.." || exit 1
tools=.tools

loud() { printf '\n!!! %s\n!!! %s\n\n' "$1" "$2" >&2; }

missing() {
  command -v chromium >/dev/null || command -v chromium-browser >/dev/null || loud "SKIPPED: the tests in a browser." \
    "They need Chromium. On Debian or Ubuntu: apt-get install chromium. Then 'make test-long'."
  [ -d $tools/fedify/node_modules/@fedify/fedify ] || loud "SKIPPED: the tests with Fedify, another ActivityPub server." \
    "They need Node.js 20 or newer with npm. Install both, run 'make clean', then 'make test'."
  [ -d $tools/oidc/node_modules/oidc-provider ] || loud "SKIPPED: the tests with oidc-provider, an identity provider." \
    "They need Node.js 18 or newer with npm. Install both, run 'make clean', then 'make test'."
  [ -x $tools/pasture/bin/python ] || loud "SKIPPED: the tests with the fediverse-pasture actor checker." \
    "It could not be installed with pip. Run 'make clean', then 'make test'."
}

if [ "${1:-}" = --missing ]; then missing; exit 0; fi

mkdir -p $tools
if command -v npm >/dev/null && command -v node >/dev/null; then
  echo "Installing Fedify for the tests ..." >&2
  mkdir -p $tools/fedify && cp tests/strangers/fedify/package.json $tools/fedify/
  npm install --prefix $tools/fedify --no-audit --no-fund --no-package-lock --silent || rm -rf $tools/fedify
  echo "Installing oidc-provider for the tests ..." >&2
  mkdir -p $tools/oidc && cp tests/strangers/oidc/package.json $tools/oidc/
  npm install --prefix $tools/oidc --no-audit --no-fund --no-package-lock --silent || rm -rf $tools/oidc
fi
echo "Installing the fediverse-pasture actor checker for the tests ..." >&2
"${PYTHON:-python3}" -m venv $tools/pasture \
  && $tools/pasture/bin/pip install --quiet --disable-pip-version-check -r tests/strangers/pasture.txt \
  || rm -rf $tools/pasture
missing
