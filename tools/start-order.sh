#!/usr/bin/env bash
# Writes apps/Edge.Cli/StartOrder.txt anew: the functions of artifacts/native/linux-x64/edge (see publish.sh) that commands run,
# in the order in which they first do, so that the next one that is published has them together.
#   tools/start-order.sh 'run MODEL PICTURE --threads 1' ['run OTHER PICTURE' ...]
# The list in the repository is of MobileNetV2, in float32 and in int8. Needs binutils and a C compiler, on linux-x64.
set -euo pipefail
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || { sed -n '2,5s/^# \{0,1\}//p' "$0" >&2; exit 1; }
program=artifacts/native/linux-x64/edge list=apps/Edge.Cli/StartOrder.txt
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cc -O2 -o "$work/trace" tools/StartOrder/trace.c
# Address and name of all that begins in the section of managed code, by address.
read -r first size < <(readelf -SW "$program" | sed 's/^ *\[ *[0-9]*\] *//' | awk '$1 == "__managedcode" { print $3, $5 }')
last=$(printf '%016x' $((16#$first + 16#$size)))
readelf -sW "$program.dbg" | awk -v first="$first" -v last="$last" '$1 ~ /^[0-9]+:$/ && ($2 "") >= first "" && ($2 "") < last "" && NF >= 8 { print $2, $8 }' | LC_ALL=C sort -u >"$work/names"
cut -d' ' -f1 "$work/names" | uniq >"$work/addresses"
for command in "$@"; do
    # The arguments hold no spaces.
    # shellcheck disable=SC2086
    "$work/trace" "$work/addresses" "$program" $command >>"$work/run"
done
# Several names may be one function.
awk 'NR == FNR { names[$1] = names[$1] $2 "\n"; next } { address = sprintf("%16s", $1); gsub(/ /, "0", address) } !seen[address]++ { printf "%s", names[address] }' "$work/names" "$work/run" >"$work/list"
mv "$work/list" "$list"
printf 'start-order: %s, %s functions\n' "$list" "$(wc -l <"$list")"
