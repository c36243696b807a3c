#!/usr/bin/env bash
# coverage.sh [MINUTES]: coverage-guided fuzzing of the loader and the session, by SharpFuzz under afl-fuzz, for some minutes (10).
# Copies of Edge.Onnx.dll and Edge.Runtime.dll are instrumented under artifacts/coverage; crashes and hangs stay in
# artifacts/coverage/out, and the script fails if there are any. Needs Debian's afl++ (apt-get install afl++).
set -euo pipefail
cd "$(dirname "$0")/../.."
minutes=${1:-10}
work=$PWD/artifacts/coverage
command -v afl-fuzz >/dev/null || { echo "coverage.sh: afl-fuzz is missing: apt-get install --no-install-recommends afl++"; exit 2; }

rm -rf "$work/app" "$work/seeds" "$work/out"
dotnet publish tools/Edge.Fuzz -c Release -o "$work/app" -v q -nologo
[ -x "$work/tools/sharpfuzz" ] || dotnet tool install SharpFuzz.CommandLine --version 2.3.0 --tool-path "$work/tools"
"$work/app/Edge.Fuzz" seeds --write "$work/seeds"
for assembly in Edge.Onnx Edge.Runtime; do "$work/tools/sharpfuzz" "$work/app/$assembly.dll"; done

# The runtime is no binary that afl knows, and needs more than a second for its first run.
export AFL_SKIP_BIN_CHECK=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_SKIP_CPUFREQ=1 AFL_NO_UI=1 AFL_NO_AFFINITY=1
export DOTNET_TieredPGO=0 DOTNET_gcConcurrent=0 DOTNET_GCHeapHardLimit=0x60000000
afl-fuzz -i "$work/seeds" -o "$work/out" -t 10000 -m none -V $((minutes * 60)) -- "$work/app/Edge.Fuzz" coverage > "$work/afl.log" 2>&1 || { tail -20 "$work/afl.log"; exit 1; }
grep -E '^(run_time|execs_done|execs_per_sec|corpus_count|corpus_found|edges_found|saved_crashes|saved_hangs) ' "$work/out/default/fuzzer_stats"
found=$(find "$work/out/default/crashes" "$work/out/default/hangs" -name 'id:*' 2>/dev/null | wc -l)
echo "$found crashes and hangs; replay them with: dotnet run --project tools/Edge.Fuzz -c Release -- replay FILE"
[ "$found" -eq 0 ]
