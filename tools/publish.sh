#!/usr/bin/env bash
# Publishes `edge` as one native binary a platform, and fails on any warning.
#   tools/publish.sh [linux-x64] [linux-arm64]        (both when none is named)
# The binaries lie under artifacts/native/RID/edge. Needs clang; for linux-arm64 on an x64 machine also lld, llvm,
# gcc-aarch64-linux-gnu, binutils-aarch64-linux-gnu and libc6-dev-arm64-cross.
set -euo pipefail
cd "$(dirname "$0")/.."

publish() {
    local rid=$1 out=artifacts/native/$1 log
    log=$(mktemp)
    local options=(-c Release -r "$rid" -o "$out" --nologo -v minimal)
    case $rid in
        # Left unset, AVX2 is compiled to "never". The binary checks the CPU at start and says what it lacks.
        linux-x64) options+=(-p:IlcInstructionSet=x86-64-v3) ;;
        # AdvSimd is the baseline, and SDOT is looked for at run time: nothing to set.
        linux-arm64) [ "$(uname -m)" = aarch64 ] || options+=(-p:LinkerFlavor=lld) ;;
        *) echo "publish: $rid is not known; known: linux-x64 linux-arm64" >&2; exit 1 ;;
    esac
    echo "publish: $rid"
    rm -rf "$out"
    if ! dotnet publish apps/Edge.Cli "${options[@]}" >"$log" 2>&1; then
        cat "$log" >&2
        echo "publish: $rid failed" >&2
        exit 1
    fi
    # Every line that MSBuild, the trimmer or the AOT compiler calls a warning counts.
    if grep -E 'warning( [A-Z]+[0-9]+)?:|: warning' "$log" >&2; then
        echo "publish: $rid has warnings" >&2
        exit 1
    fi
    printf 'publish: %s, %s bytes, 0 warnings\n' "$out/edge" "$(stat -c %s "$out/edge")"
}

[ $# -gt 0 ] || set -- linux-x64 linux-arm64
for rid in "$@"; do publish "$rid"; done
