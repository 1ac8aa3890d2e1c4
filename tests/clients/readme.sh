#!/usr/bin/env bash
# The calls of README.md, as they stand there, against a running demo: the first ones have to say MATCH.
# Then the calls that the demo itself prints.
#
# Usage: readme.sh READY_FILE PYTHON LIENTHONG
#
# What the demo printed is in READY_FILE.log; LIENTHONG is the command.
set -euo pipefail
cd "$(dirname "$0")/../.."

plain=$(jq -r .grpc_plain "$1")
python=$(realpath --no-symlinks "$2")
lienthong=$(realpath "$3")
# Beside the packages, where node looks for them; the folder is not under version control.
scratch=$(mktemp -d "$PWD/tests/clients/node/node_modules/.readme.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
passed=0
failed=0

# block LANGUAGE TEXT: the one code block of that language that holds the text, with the demo's address.
block() {
    awk -v fence='```'"$1" -v text="$2" '
        $0 == fence { inside = 1; code = ""; next }
        inside && $0 == "```" { if (index(code, text)) printf "%s", code; inside = 0 }
        inside { code = code $0 "\n" }' README.md | sed "s/127\.0\.0\.1:50051/$plain/g"
}

# told NAME OUTPUT STATUS: counts one example that ended well or not.
told() {
    if (($3 == 0)); then
        passed=$((passed + 1))
        printf '  ok %s\n' "$1"
    else
        failed=$((failed + 1))
        printf '  FAILED %s\n%s\n' "$1" "$2"
    fi
}

# try NAME FILE COMMAND...: runs the block that stands in the file.
try() {
    local name=$1 file=$2 output='no such block' ended=1
    shift 2
    if [[ -s $file ]]; then
        ended=0
        output=$(timeout 60 "$@" "$file" 2>&1) && grep -qw MATCH <<<"$output" || ended=1
    fi
    told "$name" "$output" "$ended"
}

# services: the commands about the 25 services, a question by curl, and a report by Python.
services() {
    local line name output ended
    mkdir "$scratch/bin" "$scratch/files"
    ln -s "$lienthong" "$scratch/bin/lienthong"
    block sh 'lienthong services list' >"$scratch/services.sh"
    [[ -s $scratch/services.sh ]] || told 'the commands about the 25 services' 'no such block' 1
    while IFS= read -r line; do
        ended=0
        output=$(cd "$scratch/files" && PATH=$scratch/bin:$PATH LIENTHONG_SERVER=$plain \
            timeout 60 bash -c "$line" 2>&1 </dev/null) && [[ -n $output ]] || ended=1
        name=${line%%#*}
        told "${name%"${name##*[! ]}"}" "$output" "$ended"
    done <"$scratch/services.sh"
    block sh 'EssentialServicesService/GetService' >"$scratch/service.sh"
    ended=0
    output=$(timeout 60 bash "$scratch/service.sh" 2>&1) &&
        jq --exit-status '.check.service.number == 15' <<<"$output" >"$scratch/known" || ended=1
    told 'one service, by curl' "$output" "$ended"
    block python 'ExportReportRequest' >"$scratch/report.py"
    [[ -s $scratch/report.py ]] && cat "$scratch/call.py" "$scratch/report.py" >"$scratch/both.py"
    ended=0
    output=$(cd "$scratch/files" && timeout 60 "$python" "$scratch/both.py" 2>&1 &&
        "$python" -m zipfile --test ./*.xlsx) || ended=1
    told 'a report, by Python' "$output" "$ended"
}

block sh PopulationService/VerifyCitizen >"$scratch/curl.sh"
block python 'import grpc' >"$scratch/call.py"
block js 'require("@grpc/grpc-js")' >"$scratch/call.cjs"
block js '@connectrpc/connect' >"$scratch/call.mjs"
try curl "$scratch/curl.sh" bash
try python "$scratch/call.py" "$python"
try node "$scratch/call.cjs" node
try connect "$scratch/call.mjs" node
services

# printed_call LINE: a failure begins with its code or its problems.
printed_call() {
    local output answered=true
    output=$(timeout 60 bash -c "$1" 2>&1) || answered=false
    case $1 in
    */population/pause*) [[ $output == '{"code":"unavailable"'*'"fallback":"paper,vneid,qr"'* ]] || answered=false ;;
    */population/resume) [[ -z $output ]] || answered=false ;;
    *) [[ -n $output && $output != '{"code":'* && $output != '{"problems":'* ]] || answered=false ;;
    esac
    $answered || { printf '%s\n' "${output:-no answer}"; return 1; }
}

# Each stands below a line that says what it shows.
mapfile -t calls < <(awk '/^  # / { getline; sub(/^  /, ""); print }' "$1.log")
((${#calls[@]})) || calls=(false)
for call in "${calls[@]}"; do
    ended=0
    output=$(printed_call "$call") || ended=1
    told "printed: ${call:0:100}" "$output" "$ended"
done
printf 'readme: %d passed, %d failed\n' "$passed" "$failed"
((failed == 0))
