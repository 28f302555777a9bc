#!/usr/bin/env bash
# Install LibreOffice Calc 25.2 or later with its Python bridge (UNO) and the PDF tools, on Debian as root.
# Does nothing when they are there. Prints one line; exits 3, with the reason, where it cannot install.
set -euo pipefail

need=25.2
packages=(libreoffice-calc-nogui python3-uno poppler-utils fonts-crosextra-carlito fonts-liberation)

cannot() { echo "LibreOffice Calc not installed: $*"; exit 3; }
at_least() { [ "$(printf '%s\n' "$need" "$1" | sort -V | head -n 1)" = "$need" ]; }
installed() { dpkg-query -W -f '${Version}' libreoffice-calc-nogui 2>/dev/null || dpkg-query -W -f '${Version}' libreoffice-calc 2>/dev/null; }
candidate() { apt-cache madison libreoffice-calc-nogui | awk -v suite="$1" 'suite == "" || $0 ~ suite { print $3; exit }'; }
complete() { at_least "$(installed | sed 's/^[0-9]*://')" && command -v pdftoppm soffice && /usr/bin/python3 -c 'import uno'; }
quiet() { "$@" >"$log" 2>&1 || { tail -n 5 "$log" >&2; cannot "\"$*\" failed"; }; }

if complete >/dev/null 2>&1; then
    echo "LibreOffice Calc $(installed) is there"
    exit 0
fi
command -v apt-get >/dev/null || cannot "this system has no apt-get (install LibreOffice $need or later, with its Python bridge, yourself)"
[ "$(id -u)" = 0 ] || cannot "only root may install packages (run: sudo bash $0)"

export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
trap 'rm -f "$log"' EXIT
suite=
quiet apt-get update
if ! at_least "$(candidate "" | sed 's/^[0-9]*://')"; then
    # The release is too old: add its backports, from the same archive that the machine uses already.
    . /etc/os-release
    suite=${VERSION_CODENAME:-}-backports
    archive=$(apt-get indextargets --format '$(ORIGIN) $(CODENAME) $(COMPONENT) $(REPO_URI)' 'Created-By: Packages' |
        awk -v name="${VERSION_CODENAME:-}" '$1 == "Debian" && $2 == name && $3 == "main" && !found++ { print $4 }')
    [ -n "$archive" ] || cannot "no package source here offers LibreOffice $need or later"
    keyring=/usr/share/keyrings/debian-archive-keyring.gpg
    if [ -e "$keyring" ]; then signed="[signed-by=$keyring] "; else signed=""; fi
    if [ -z "$(candidate "$suite")" ]; then
        echo "deb $signed$archive $suite main" >/etc/apt/sources.list.d/backports.list
        quiet apt-get update
    fi
    at_least "$(candidate "$suite" | sed 's/^[0-9]*://')" || cannot "$suite does not offer LibreOffice $need or later"
fi
quiet apt-get install --yes --no-install-recommends ${suite:+--target-release "$suite"} "${packages[@]}"
echo "LibreOffice Calc $(installed) installed"
