# shellcheck shell=bash
# How a vendor with nothing but curl speaks to the door, and how an answer is taken apart.

# send PATH [curl options]: speaks HTTP/$version and leaves the answer in $status, $scratch/body and
# $scratch/head.
send() {
    local path=$1
    shift
    status=$(curl --silent --show-error --max-time 20 "--http$version" "${client[@]}" \
        --header "content-type: $content_type" --dump-header "$scratch/head" \
        --output "$scratch/body" --write-out '%{http_code}' "$@" "$door/$path")
}

# post PATH JSON [curl options]
post() {
    local path=$1 json=$2
    shift 2
    printf '%s' "$json" >"$scratch/request"
    send "$path" --data-binary "@$scratch/request" "$@"
}

# same WHAT FOUND EXPECTED
same() {
    [[ $2 == "$3" ]] && return
    printf '    %s is "%s", expected "%s"; answer: %s\n' "$1" "$2" "$3" "$(head -c 2000 "$scratch/body")"
    return 1
}

answer() { jq -r "$1" "$scratch/body"; }

header() { tr -d '\r' <"$scratch/head" | sed -n "s/^$1: //Ip"; }

# refused HTTP_STATUS CONNECT_CODE REASON: the last answer is that error, in the shape of the protocol.
refused() {
    same status "$status" "$1" && same content-type "$(header content-type)" application/json &&
        same code "$(answer .code)" "$2" && same reason "$(reason)" "$3"
}

# The reason of the ErrorInfo: its first field. Base64 in the protocol has no padding.
reason() {
    answer '.details[]? | select(.type == "google.rpc.ErrorInfo") | .value' | padded_base64 |
        grep -aoE '[A-Z][A-Z_]{3,}' | head -n 1
}

# What a detail of the last error says, as the protocol shows it to people.
detail() { answer ".details[] | select(.type == \"google.rpc.$1\") | .debug.$2"; }

# violates NAME: the last answer names each field that stands under NAME in messages.json, and no other.
violates() {
    local told found field
    refused 400 invalid_argument INVALID_FIELD || return
    # What a program reads, and what stands beside it for people.
    found=$(answer '.details[] | select(.type == "google.rpc.BadRequest") | .value' | padded_base64 | tr -d '\0')
    told=$(detail BadRequest 'fieldViolations | map(.field) | sort | tojson')
    same fields "$told" "$(jq --compact-output ".$1" "$messages")" || return
    for field in $(jq -r ".$1[]" "$messages"); do
        [[ $found == *"$field"* ]] || { printf '    %s is not named\n' "$field"; return 1; }
    done
}

padded_base64() {
    local text
    text=$(cat)
    while ((${#text} % 4)); do text+='='; done
    base64 --decode <<<"$text"
}

check() {
    local sentence="HTTP/$version: $1"
    shift
    if "$@"; then
        passed=$((passed + 1))
        printf '  ok %s\n' "$sentence"
    else
        failed=$((failed + 1))
        printf '  FAILED %s\n' "$sentence"
    fi
}
