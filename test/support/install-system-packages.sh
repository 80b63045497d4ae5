#!/bin/sh
# What the tests, the demonstration and npm run chaos run besides Node: Kamailio with its modules, SIPp, Postgres, Redis, nft and ip,
# openssl, docker-compose (to check its file). Does nothing when all is
# there; installs it as root; otherwise prints the command and stops.
set -eu

here=$(dirname "$(readlink -f "$0")")
packages="sip-tester postgresql docker-compose redis-server redis-sentinel redis-tools nftables iproute2 openssl"

missing=""
for package in $packages; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
done
if [ -n "$missing" ]; then
    if [ "$(id -u)" -ne 0 ]; then
        echo "Missing system packages:$missing. As root: $(readlink -f "$0")" >&2
        exit 1
    fi
    export DEBIAN_FRONTEND=noninteractive
    # the tests start Postgres themselves, in private directories: no cluster, no service
    mkdir -p /etc/postgresql-common/createcluster.d
    echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.d/understudy.conf
    apt-get update -qq
    # shellcheck disable=SC2086 # a list of packages
    apt-get install -y -qq --no-install-recommends $missing
fi
"$here/../../kamailio/install-on-debian.sh"
