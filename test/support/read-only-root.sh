#!/bin/sh
# read-only-root.sh REPOSITORY WRITABLE COMMAND...: runs COMMAND as docker-compose.yml's containers do, without Docker: as a user who may do
# nothing, on a root that nobody can write to. The repository is at /mnt; the empty directory WRITABLE is the one place to write.
set -eu
if [ "${1:-}" != --inside ]; then
    exec unshare --mount "$0" --inside "$@"
fi
shift
repository=$1 writable=$2
shift 2
mount -t tmpfs -o mode=1777 tmpfs "$writable"
mount --bind "$repository" /mnt
for place in /mnt /; do mount -o remount,ro,bind "$place"; done
cd /mnt
# of whoever tests: it would write, too
unset NODE_OPTIONS
exec setpriv --reuid 65534 --regid 65534 --clear-groups --no-new-privs --inh-caps=-all --bounding-set=-all "$@"
