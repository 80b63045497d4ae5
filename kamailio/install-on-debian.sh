#!/bin/sh
# Installs Kamailio with every module that Understudy's script needs, on Debian 12. Does nothing when all is there.
# Debian has no package of http_async_client, so that one module is built from Debian's own source package of the very
# version that is installed. The machine's apt configuration stays as it is: the source entries live in a temporary folder.
set -eu

packages="kamailio kamailio-json-modules kamailio-extra-modules kamailio-utils-modules kamailio-outbound-modules"
modules=$(echo /usr/lib/*/kamailio/modules)
module="$modules/http_async_client.so"

missing=""
for package in $packages; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
done
if [ -z "$missing" ] && [ -e "$module" ]; then
    exit 0
fi
if [ "$(id -u)" -ne 0 ]; then
    echo "Kamailio and its modules are missing. As root: $(readlink -f "$0")" >&2
    exit 1
fi

export DEBIAN_FRONTEND=noninteractive
# policy-rc.d 101: installing must not start a Kamailio that nobody configured
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod +x "$policy"
    trap 'rm -f "$policy"' EXIT
fi
apt-get update -qq
# shellcheck disable=SC2086 # a list of packages
apt-get install -y -qq --no-install-recommends $packages \
    libcurl4-openssl-dev libevent-dev dpkg-dev flex bison libssl-dev gcc make

work=$(mktemp -d)
mkdir -p "$work/sources" "$work/lists/partial"
for file in /etc/apt/sources.list.d/*.sources; do
    [ -e "$file" ] && sed 's/^Types:.*/Types: deb-src/' "$file" >"$work/sources/$(basename "$file")"
done
if [ -e /etc/apt/sources.list ]; then
    sed -n 's/^deb /deb-src /p' /etc/apt/sources.list >"$work/sources/machine.list"
fi
private="-o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts=$work/sources -o Dir::State::lists=$work/lists"
cd "$work"
# a repository without sources fails the update; Debian's own are enough
apt-get $private update -qq || true
apt-get $private -o APT::Sandbox::User=root source -qq --download-only \
    "kamailio=$(dpkg-query -W -f='${Version}' kamailio)"
dpkg-source -x kamailio_*.dsc source >/dev/null
make -s -C source/src/modules/http_async_client CFG_PREFIX=/usr >/dev/null
install -m 644 source/src/modules/http_async_client/http_async_client.so \
    "$(echo /usr/lib/*/kamailio/modules)/http_async_client.so"
rm -rf "$work"
