# shellcheck shell=bash
# What an operator does about a dossier that is held up.

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
    post $sync/StartRetry '{}' && violates start_retry_fields
}

no_operator() {
    local client=("${other_system[@]}") method
    for method in ListDossiers ListFailureCauses PreviewRetry StartRetry CorrectDossier ResolveUnknown GetOperation CancelOperation \
        StartReconciliation GetReconciliation ListDifferences RepairDifferences; do
        post $sync/$method '{}' && refused 403 permission_denied NOT_PERMITTED_OPERATOR || return
    done
    post $dossiers/GetDossier "{\"dossier_code\":\"$code\"}" && refused 404 not_found DOSSIER_NOT_FOUND
}
