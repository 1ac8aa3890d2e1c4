#!/usr/bin/env bash
# The first calls of README.md, as they stand there, against a running demo: each has to say MATCH. Then
# the calls that the demo itself prints.
#
# Usage: readme.sh READY_FILE PYTHON
#
# What the demo printed is in READY_FILE.log.
set -euo pipefail
cd "$(dirname "$0")/../.."

plain=$(jq -r .grpc_plain "$1")
python=$2
# Beside the packages, where node looks for them; the folder is not under version control.
scratch=$(mktemp -d tests/clients/node/node_modules/.readme.XXXXXX)
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

# try NAME FILE COMMAND...: runs the block that stands in the file.
try() {
    local name=$1 file=$2 output
    shift 2
    if [[ -s $file ]] && output=$(timeout 60 "$@" "$file" 2>&1) && grep -qw MATCH <<<"$output"; then
        passed=$((passed + 1))
        printf '  ok %s\n' "$name"
    else
        failed=$((failed + 1))
        printf '  FAILED %s\n%s\n' "$name" "${output-no such block}"
    fi
}

block sh 'curl -s http://' >"$scratch/curl.sh"
block python 'import grpc' >"$scratch/call.py"
block js 'require("@grpc/grpc-js")' >"$scratch/call.cjs"
block js '@connectrpc/connect' >"$scratch/call.mjs"
try curl "$scratch/curl.sh" bash
try python "$scratch/call.py" "$python"
try node "$scratch/call.cjs" node
try connect "$scratch/call.mjs" node
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
    if output=$(printed_call "$call"); then
        passed=$((passed + 1))
        printf '  ok printed: %.100s\n' "$call"
    else
        failed=$((failed + 1))
        printf '  FAILED printed: %s\n%s\n' "$call" "$output"
    fi
done
printf 'readme: %d passed, %d failed\n' "$passed" "$failed"
((failed == 0))
