#!/usr/bin/env bash
# A vendor with nothing but curl: JSON over HTTP/1.1 and HTTP/2, in the shape of the Connect protocol.
#
# Usage: curl.sh READY_FILE STRANGERS_DIR
#
# READY_FILE is what `lienthong demo --ready-file` writes; STRANGERS_DIR is what strangers.sh made.
# Prints a line per check and ends with 1 when one failed.
set -euo pipefail

ready=$1
strangers=$2
messages=$(dirname "$0")/messages.json
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

door=https://$(jq -r .grpc_tls "$ready")
trust=(--cacert "$(jq -r .ca_cert "$ready")")
client=("${trust[@]}" --cert "$(jq -r .client_cert "$ready")" --key "$(jq -r .client_key "$ready")")
population=lienthong.v1.PopulationService
dossiers=lienthong.v1.DossierService
record=lienthong.v1.AuditService
sync=lienthong.v1.SyncService
control=http://$(jq -r .mock_control "$ready")
operator=$(jq --compact-output .operator "$messages")
content_type=application/json
passed=0
failed=0

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

# question [JQ_CHANGE]: asks about the first citizen of the ready file, after a change.
question() {
    jq --compact-output "{
        context: .context,
        identity: {personal_number: .citizens[0].personal_number},
        full_name: .citizens[0].full_name,
        birth: {date: .citizens[0].birth_date}
    } | ${1:-.}" "$ready"
}

# fresh_code: a dossier of today that nobody has used.
fresh_code() {
    printf '%s-%s-%d' "$(jq -r .context.unit_code "$ready")" "$(TZ=UTC-7 date +%y%m%d)" \
        $((1000000 + (RANDOM * 32768 + RANDOM) % 9000000))
}

verified() {
    post $population/VerifyCitizen "$(question ".context.dossier_code = \"$(fresh_code)\"")" &&
        same status "$status" 200 && same content-type "$(header content-type)" application/json &&
        same verdict "$(answer .verdict)" MATCH &&
        same 'type of attempts' "$(answer '.provenance.attempts | type')" number
}

verified_by_year() {
    local year_only
    year_only=$(jq --compact-output '[.citizens[] | select(.birth_date | length == 4)][0] as $citizen | {
        context: .context,
        identity: {personalNumber: $citizen.personal_number},
        fullName: $citizen.full_name,
        birth: {year: ($citizen.birth_date | tonumber)}
    }' "$ready")
    post $population/VerifyCitizen "$year_only" && same status "$status" 200 &&
        same verdict "$(answer .verdict)" MATCH
}

# provenance_is SOURCE: what the last answer came from; sets $request_id. A live one is 0 s old.
provenance_is() {
    request_id=$(answer .provenance.requestId)
    same source "$(answer .provenance.source)" "$1" || return
    [[ $1 == LIVE ]] || [[ $(answer .provenance.age) =~ ^[0-9.]*[1-9][0-9]*s$ ]] ||
        { printf '    the age is "%s"\n' "$(answer .provenance.age)"; return 1; }
}

# Sets $kept_code to the dossier for which the answer is kept.
kept_answer() {
    local first
    kept_code=$(fresh_code)
    post $population/VerifyCitizen "$(question ".context.dossier_code = \"$kept_code\"")" &&
        same status "$status" 200 && provenance_is LIVE || return
    first=$request_id
    post $population/VerifyCitizen "$(question ".context.dossier_code = \"$kept_code\"")" &&
        same status "$status" 200 && provenance_is CACHE && same 'request id' "$request_id" "$first"
}

asked_anew() {
    post $population/VerifyCitizen "$(question ".context.dossier_code = \"$kept_code\" | .freshness = {refresh: true}")" &&
        same status "$status" 200 && provenance_is LIVE
}

household() {
    post $population/LookupHousehold "$(question ".context.dossier_code = \"$kept_code\"")" &&
        same status "$status" 200 &&
        same household "$(answer '{head: .head.fullName, members: [.members[].fullName], withheld: .withheld} | tojson')" \
            "$(jq --compact-output .household "$messages")"
}

on_record() {
    post $record/ListAccesses "$(jq --compact-output --arg code "$kept_code" \
        '{reader: .audit_reader, dossier_code: $code}' "$messages")" &&
        same status "$status" 200 &&
        same accesses "$(answer '[.accesses[] | "\(.method | split("/")[1]) \(.provenance.source)"] | join(", ")')" \
            'LookupHousehold LIVE, VerifyCitizen LIVE, VerifyCitizen CACHE, VerifyCitizen LIVE'
}

other_purpose() {
    post $population/VerifyCitizen "$(question '.context.purpose = "DATA_CLEANING"')" &&
        refused 403 permission_denied NOT_PERMITTED_PURPOSE
}

# outage pause|resume: begins or ends an outage of the population database.
outage() {
    curl --silent --show-error --fail --max-time 20 --request POST "$control/population/$1"
}

# What a detail of the last error says, as the protocol shows it to people.
detail() { answer ".details[] | select(.type == \"google.rpc.$1\") | .debug.$2"; }

fallback() {
    post $population/VerifyCitizen "$(question ".context.dossier_code = \"$(fresh_code)\"")" --max-time 2 &&
        same status "$status" 503 && same code "$(answer .code)" unavailable &&
        same fallback "$(detail ErrorInfo metadata.fallback)" "$(jq -r .fallback "$messages")" &&
        [[ $(detail RetryInfo retryDelay) == *s ]] || return
    jq --exit-status --arg reason "$(reason)" '.outage_reasons | index($reason)' "$messages" >"$scratch/known" ||
        { printf '    the reason is "%s"\n' "$(reason)"; return 1; }
}

kept_meanwhile() {
    post $population/VerifyCitizen "$(question ".context.dossier_code = \"$kept_code\"")" &&
        same status "$status" 200 && provenance_is CACHE
}

answers_again() {
    local tries
    for tries in {1..300}; do
        post $population/VerifyCitizen "$(question ".context.dossier_code = \"$(fresh_code)\"")" || return
        [[ $status == 503 ]] || break
        sleep 0.1
    done
    same "status after $tries questions" "$status" 200 && same verdict "$(answer .verdict)" MATCH
}

no_match() {
    post $population/VerifyCitizen "$(question '.full_name = "Nguyễn Văn Không Có"')" &&
        same status "$status" 200 && same verdict "$(answer .verdict)" NO_MATCH
}

malformed_fields() {
    post $population/VerifyCitizen "$(jq .malformed_verification "$messages")" &&
        refused 400 invalid_argument INVALID_FIELD || return
    local told field
    told=$(answer '.details[] | select(.type == "google.rpc.BadRequest") | .value' | padded_base64 | tr -d '\0')
    for field in $(jq -r '.malformed_verification_fields[]' "$messages"); do
        [[ $told == *"$field"* ]] || { printf '    %s is not named\n' "$field"; return 1; }
    done
}

unknown_field() {
    post $population/VerifyCitizen "$(question '.shoe_size = "43-secret"')" &&
        refused 400 invalid_argument MALFORMED_MESSAGE || return
    if grep -q 43-secret "$scratch/body"; then
        printf '    the error repeats the value\n'
        return 1
    fi
}

broken_json() {
    local text
    for text in '{' '' '[]' '{"full_name": 1}' '{"full_name": "a"} {}' $'{"full_name": "\xff\xfe"}' \
        '{"birth": {"year": 1990, "date": "1990-01-01"}}'; do
        if ! { post $population/VerifyCitizen "$text" && refused 400 invalid_argument MALFORMED_MESSAGE; }; then
            printf '    for %q\n' "$text"
            return 1
        fi
    done
}

oversized() {
    head -c $((2 << 20)) /dev/zero | tr '\0' A >"$scratch/large"
    { printf '{"full_name":"'; cat "$scratch/large"; printf '"}'; } >"$scratch/request"
    send $population/VerifyCitizen --data-binary "@$scratch/request" &&
        refused 400 invalid_argument MESSAGE_TOO_LARGE
}

unknown_method() {
    post $population/NoSuchMethod '{}' && refused 501 unimplemented UNKNOWN_METHOD &&
        post no.such.Service/Method '{}' && refused 501 unimplemented UNKNOWN_METHOD
}

other_http() {
    send $population/VerifyCitizen --get && same 'status of GET' "$status" 405 || return
    local content_type=text/plain
    post $population/VerifyCitizen '{}' && same 'status of text/plain' "$status" 415
}

stream_as_json() {
    post $dossiers/WatchDossier '{}' && same status "$status" 415
}

request_id() {
    post lienthong.v1.SyncService/GetSyncHealth '{}' --header 'x-request-id: curl-42' &&
        same status "$status" 200 && same x-request-id "$(header x-request-id)" curl-42 || return
    post lienthong.v1.SyncService/GetSyncHealth '{}' --header "x-request-id: $(printf 'x%.0s' {1..65})" &&
        same status "$status" 200 || return
    [[ $(header x-request-id) =~ ^[!-~]{1,64}$ ]] || { printf '    no usable id was given\n'; return 1; }
}

# new_dossier: sets $code, $state and $step for a dossier that does not exist yet.
new_dossier() {
    local now
    now=$(date -u +%FT%TZ)
    code=$(fresh_code)
    state=$(jq --compact-output --arg code "$code" --arg now "$now" '{
        event_id: "curl-\($code)-1", occurred_at: $now,
        dossier: (.dossier + {dossier_code: $code, submitted_at: $now, received_at: $now})
    }' "$messages")
    step=$(jq --compact-output --arg code "$code" --arg now "$now" '{
        event_id: "curl-\($code)-2", occurred_at: $now, dossier_code: $code,
        step: (.step + {handled_at: $now})
    }' "$messages")
}

# The receipt of the last answer in one word: 64-bit numbers are strings in JSON, false may be left out.
receipt() { answer '"\(.receipt.dossierCode) \(.receipt.revision) \(.receipt.duplicate // false)"'; }

recorded() {
    post $dossiers/RecordDossier "$state" && same status "$status" 200 &&
        same receipt "$(receipt)" "$code 1 false" &&
        same 'type of revision' "$(answer '.receipt.revision | type')" string
}

step_recorded() {
    post $dossiers/RecordProgress "$step" && same status "$status" 200 &&
        same receipt "$(receipt)" "$code 2 false"
}

duplicate() {
    post $dossiers/RecordDossier "$state" && same status "$status" 200 &&
        same receipt "$(receipt)" "$code 1 true"
}

conflict() {
    post $dossiers/RecordDossier "$(jq '.dossier.summary = "Nội dung khác"' <<<"$state")" &&
        refused 409 already_exists EVENT_ID_REUSED
}

stale() {
    post $dossiers/RecordDossier "$(jq '.event_id += "-old" | .occurred_at = "2020-01-01T00:00:00Z"' <<<"$state")" &&
        refused 409 aborted EVENT_STALE
}

# is_state CODE STATE: waits until a dossier has come into a sync state.
is_state() {
    local tries
    for tries in {1..300}; do
        post $dossiers/GetDossier "{\"dossier_code\":\"$1\"}" && same status "$status" 200 || return
        [[ $(answer .sync.state) == "$2" ]] && break
        sleep 0.2
    done
    same "state after $tries questions" "$(answer .sync.state)" "$2"
}

delivered() {
    is_state "$code" ACCEPTED && same timeline "$(answer '[.sync.timeline[].kind] | join(" ")')" 'DOSSIER_STATE PROCESSING_STEP'
}

unknown_dossier() {
    post $dossiers/GetDossier "{\"dossier_code\":\"${code%-*}-0000000\"}" &&
        refused 404 not_found DOSSIER_NOT_FOUND
}

# at_portal CODE: what was done to a dossier at the portal, oldest first.
at_portal() {
    curl --silent --show-error --fail --max-time 20 "$control/portal/dossiers/$1/effects" | jq -r '[.[].kind] | join(" ")'
}

# The portal refuses the dossier of $code once; its step waits behind it.
refused_by_portal() {
    jq --compact-output --arg code "$code" \
        '{operation: "DongBoHoSoMC", key: $code, effect: {kind: "error_text", code: "-1", message: .refusal}}' \
        "$messages" | curl --silent --show-error --fail --max-time 20 --data @- "$control/portal/faults" &&
        post $dossiers/RecordDossier "$state" && same status "$status" 200 &&
        post $dossiers/RecordProgress "$step" && same status "$status" 200 && is_state "$code" REFUSED &&
        same timeline "$(answer '[.sync.timeline[].state] | join(" ")')" 'REFUSED BLOCKED' &&
        same 'text of the portal' "$(answer '.sync.timeline[0].attempts[-1].upstreamText')" \
            "$(jq -r .refusal "$messages")"
}

by_cause() {
    post $sync/ListFailureCauses "{\"filter\":{\"dossier_codes\":[\"$code\"]}}" && same status "$status" 200 &&
        same groups "$(answer '[.groups[] | "\(.cause) \(.dossiers) \(.blockedEvents)"] | join(", ")')" \
            'FIELD_REJECTED 1 1' &&
        same 'languages of the advice' "$(answer '.groups[0] | [.adviceVi, .adviceEn] | map(select(. != "")) | unique | length')" 2
}

# Sets $operation.
retried() {
    local token first
    post $sync/PreviewRetry "{\"filter\":{\"dossier_codes\":[\"$code\"]}}" && same status "$status" 200 &&
        same dossiers "$(answer .dossiers)" 1 || return
    token=$(answer .previewToken)
    post $sync/StartRetry "$(jq --arg token "$token" '. + {preview_token: $token}' <<<"$operator")" &&
        same status "$status" 200 || return
    operation=$(answer .operation.operationId)
    post $sync/StartRetry "$(jq --arg token "$token" '. + {preview_token: $token}' <<<"$operator")" &&
        same 'operation of the second start' "$(answer .operation.operationId)" "$operation" || return
    finished && same items "$(answer '[.items[] | "\(.dossierCode) \(.result)"] | join(", ")')" "$code SUCCEEDED" &&
        is_state "$code" ACCEPTED && same 'effects at the portal' "$(at_portal "$code")" 'created step'
}

# Waits until $operation is finished.
finished() {
    local tries
    for tries in {1..300}; do
        post $sync/GetOperation "{\"operation_id\":\"$operation\",\"page_size\":100}" &&
            same status "$status" 200 || return
        [[ $(answer .operation.state) == RUNNING ]] || break
        sleep 0.2
    done
    same "operation after $tries questions" "$(answer .operation.state)" FINISHED
}

# Compares the dossier of $code with the portal and asks for the differences; sets $operation.
compared() {
    post $sync/StartReconciliation "$(jq --arg code "$code" \
        'del(.reason) + {filter: {dossier_codes: [$code]}}' <<<"$operator")" && same status "$status" 200 || return
    operation=$(answer .reconciliation.reconciliationId)
    finished && post $sync/ListDifferences "{\"reconciliation_id\":\"$operation\"}" && same status "$status" 200
}

repaired() {
    curl --silent --show-error --fail --max-time 20 --request DELETE "$control/portal/dossiers/$code" || return
    compared && same differences "$(answer '[.differences[] | "\(.kind) \(.repairable)"] | join(", ")')" \
        'MISSING_ON_PORTAL true' || return
    post $sync/RepairDifferences "$(jq --arg id "$operation" '. + {reconciliation_id: $id}' <<<"$operator")" &&
        same status "$status" 200 || return
    operation=$(answer .operation.operationId)
    finished && is_state "$code" ACCEPTED &&
        same 'effects at the portal' "$(at_portal "$code")" 'created step forgotten created step' &&
        compared && same differences "$(answer '.differences // [] | length')" 0
}

operators_violations() {
    local field told
    post $sync/StartRetry '{}' && refused 400 invalid_argument INVALID_FIELD || return
    told=$(answer '.details[] | select(.type == "google.rpc.BadRequest") | .value' | padded_base64 | tr -d '\0')
    for field in preview_token reason operator_id; do
        [[ $told == *"$field"* ]] || { printf '    %s is not named\n' "$field"; return 1; }
    done
}

no_operator() {
    local client=("${trust[@]}" --cert "$strangers/other-vendor.pem" --key "$strangers/other-vendor.key") method
    for method in ListDossiers ListFailureCauses PreviewRetry StartRetry CorrectDossier ResolveUnknown GetOperation CancelOperation \
        StartReconciliation GetReconciliation ListDifferences RepairDifferences; do
        post $sync/$method '{}' && refused 403 permission_denied NOT_PERMITTED_OPERATOR || return
    done
    post $dossiers/GetDossier "{\"dossier_code\":\"$code\"}" && refused 404 not_found DOSSIER_NOT_FOUND
}

unmapped_certificate() {
    local client=("${trust[@]}" --cert "$strangers/unmapped.pem" --key "$strangers/unmapped.key")
    post $population/VerifyCitizen "$(question)" && refused 401 unauthenticated UNKNOWN_CALLER
}

# Plain text is for callers on the same machine; HTTP/2 without TLS begins without an upgrade.
plain_text() {
    local door client=()
    door=http://$(jq -r .grpc_plain "$ready")
    [[ $version == 1.1 ]] || client=(--http2-prior-knowledge)
    post lienthong.v1.SyncService/GetSyncHealth '{}' && same status "$status" 200
}

# A handshake that fails leaves curl without an HTTP status.
no_handshake() {
    local client=("${trust[@]}" "$@")
    if send $population/VerifyCitizen --data-binary '{}' 2>"$scratch/body"; then
        same status "$status" 'none: no connection'
    else
        same status "$status" 000
    fi
}

for version in 1.1 2; do
    check 'a citizen is verified' verified
    check 'a citizen with a year alone is verified, in lowerCamelCase' verified_by_year
    check 'a wrong name is NO_MATCH and not an error' no_match
    check 'asked again, the kept answer says CACHE and its age' kept_answer
    check 'an answer may be asked for anew' asked_anew
    check 'a household has a head, members and what is withheld' household
    check 'all of it is on record' on_record
    check 'a purpose that is not permitted is 403' other_purpose
    outage pause
    check 'an outage is told at once, with the lawful fallback' fallback
    check 'a kept answer is given meanwhile' kept_meanwhile
    outage resume
    check 'after the outage there are answers again' answers_again
    check 'bad input names every violation at once' malformed_fields
    check 'an unknown field is refused' unknown_field
    check 'broken JSON is refused' broken_json
    check 'a message of 2 MiB is refused' oversized
    check 'an unknown method or service is unimplemented' unknown_method
    check 'GET and other content types are refused' other_http
    check 'a streaming method is refused as one JSON message' stream_as_json
    check 'x-request-id comes back, an overlong one is replaced' request_id
    new_dossier
    check 'a dossier is recorded' recorded
    check 'a step is recorded' step_recorded
    check 'the same event again is a duplicate' duplicate
    check 'the same event id with other content is 409' conflict
    check 'an older state is 409' stale
    check 'dossier and step reach the portal' delivered
    check 'an unknown dossier is 404' unknown_dossier
    new_dossier
    check 'a refused dossier is held up alone, and says why' refused_by_portal
    check 'it stands among the failures by cause, with advice' by_cause
    check 'it is tried again once an operator says so, and only once' retried
    check 'what the portal lost is found and repaired' repaired
    check 'what cannot be meant is refused, every violation at once' operators_violations
    check 'a system that is no operator is 403, and sees no dossier of others' no_operator
    check 'plain text is answered on loopback' plain_text
    check 'a certificate that belongs to no client is 401' unmapped_certificate
    check 'no client certificate, no connection' no_handshake
    check 'a certificate of another authority, no connection' no_handshake \
        --cert "$strangers/other-authority.pem" --key "$strangers/other-authority.key"
done
printf 'curl: %d passed, %d failed\n' "$passed" "$failed"
((failed == 0))
