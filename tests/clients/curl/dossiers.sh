# shellcheck shell=bash
# A dossier on its way to the portal.

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
