#!/bin/sh
# What Reviewer needs from the system: installed where this runs as root on Debian or Ubuntu, otherwise named in one line.
# Usage: system-packages.sh run   what the window and the sandbox need
#        system-packages.sh test  that, and what the tests need
# Prints nothing when nothing is missing.
set -eu

mode=${1:?usage: system-packages.sh run|test}
[ "$(uname -s)" = Linux ] || exit 0

# One line each: test, what it looks for, the Debian package that brings it. Libraries are looked for by soname because
# package names differ between releases (libglib2.0-0 is libglib2.0-0t64 on newer ones, where apt still knows the old name).
needed() {
    cat <<'LIST'
command python3 python3
module ensurepip python3-venv
file /etc/ssl/certs/ca-certificates.crt ca-certificates
command bwrap bubblewrap
command strace strace
library libglib-2.0.so.0 libglib2.0-0
library libGL.so.1 libgl1
library libEGL.so.1 libegl1
library libfontconfig.so.1 libfontconfig1
library libxkbcommon.so.0 libxkbcommon0
library libdbus-1.so.3 libdbus-1-3
library libX11-xcb.so.1 libx11-xcb1
library libxcb-cursor.so.0 libxcb-cursor0
library libxcb-icccm.so.4 libxcb-icccm4
library libxcb-image.so.0 libxcb-image0
library libxcb-keysyms.so.1 libxcb-keysyms1
library libxcb-randr.so.0 libxcb-randr0
library libxcb-render-util.so.0 libxcb-render-util0
library libxcb-shape.so.0 libxcb-shape0
library libxcb-xkb.so.1 libxcb-xkb1
library libxkbcommon-x11.so.0 libxkbcommon-x11-0
library libwayland-cursor.so.0 libwayland-cursor0
library libwayland-egl.so.1 libwayland-egl1
font any fonts-dejavu-core
LIST
    if [ "$mode" = test ]; then
        cat <<'LIST'
command make make
command git git
command Xvfb xvfb
command xdotool xdotool
LIST
    fi
}

PATH=$PATH:/usr/sbin:/sbin # ldconfig, for users whose PATH lacks it
libraries=$(ldconfig -p 2>/dev/null || true)

present() {
    case $1 in
    command) command -v "$2" >/dev/null ;;
    module) python3 -c "import $2" 2>/dev/null ;;
    file) [ -e "$2" ] ;;
    font) find -L /usr/share/fonts /usr/local/share/fonts -name '*.[ot]t[fc]' 2>/dev/null | grep -q . ;;
    library) case $libraries in *"	$2 "*) ;; *) return 1 ;; esac ;;
    esac
}

missing=$(needed | while read -r kind name package; do present "$kind" "$name" || printf ' %s' "$package"; done)
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null; then
    echo "Missing, please install what your system calls (Debian's names):$missing" >&2
    exit 0
fi
if [ "$(id -u)" != 0 ]; then
    echo "Missing, please install: sudo apt-get install$missing" >&2
    exit 0
fi

echo "Installing what is missing:$missing"
export DEBIAN_FRONTEND=noninteractive DEBCONF_NOWARNINGS=yes
for attempt in 1 2 3; do
    # shellcheck disable=SC2086 # a list of package names
    if apt-get -qq -o Acquire::Retries=3 update &&
        apt-get -qq -y -o Acquire::Retries=3 -o Dpkg::Use-Pty=0 install --no-install-recommends $missing >/dev/null; then
        exit 0
    fi
    sleep $((attempt * 5))
done
echo "apt-get could not install:$missing; see its messages above, then run this again" >&2
exit 1
