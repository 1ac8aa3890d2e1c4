# shellcheck shell=bash
# The 25 essential services and the procedure catalogue.

# window FIRST LAST: days before today in Việt Nam, as a member of a question.
window() {
    jq --null-input --compact-output \
        --arg first "$(TZ=Asia/Ho_Chi_Minh date -d "$1 days ago" +%F)" \
        --arg last "$(TZ=Asia/Ho_Chi_Minh date -d "$2 days ago" +%F)" \
        '{window: {first_day: $first, last_day: $last}}'
}

# The days of which the demo invents dossiers.
invented_year() { window 365 1; }

services_listed() {
    post $services/ListServices '{}' && same status "$status" 200 &&
        same numbers "$(answer '[.services[].service.number] == [range(1; 26)]')" true &&
        same 'name of the third' "$(answer '.services[2].service.name')" 'Đăng ký thường trú' &&
        same 'outside the law on procedures' \
            "$(answer '[.services[].service | select(.outsideProcedureLaw) | .number] | tojson')" '[24,25]'
}

services_checked() {
    post $services/CheckServices "$(invented_year)" && same status "$status" 200 &&
        same verdicts "$(answer '[.checks[].findings | length] | unique | tojson')" '[24]' &&
        same 'verdicts of no name' "$(answer '[.checks[].findings[] | select(.verdict | IN("CONSISTENT", "CONTRADICTED",
            "UNDOCUMENTED", "UNPROVEN", "EVIDENCE_EXPIRED", "NOT_APPLICABLE", "CANNOT_OBSERVE") | not)] | length')" 0 &&
        same 'types of counts' "$(answer '[.checks[].dossiersSeen | type] | unique | tojson')" '["string"]' &&
        same 'examples without a contradiction' "$(answer '[.checks[].findings[] |
            select((.verdict == "CONTRADICTED") != ((.exampleDossierCodes // []) != []))] | length')" 0
}

one_service() {
    post $services/GetService "$(invented_year | jq '. + {number: 15}')" && same status "$status" 200 &&
        same 'a repealed code' "$(answer '.check.findings[] | select(.criterionId == "C9") | .verdict')" CONTRADICTED
}

bad_question() {
    post $services/CheckServices "$(jq .malformed_check "$messages")" && violates malformed_check_fields
}

check_in_time() {
    post $services/CheckServices "$(invented_year)" --header 'connect-timeout-ms: 1' &&
        same status "$status" 504 && same code "$(answer .code)" deadline_exceeded || return
    post $services/CheckServices "$(invented_year)" --header 'connect-timeout-ms: 15000' && same status "$status" 200
}

report_as_json() {
    post $services/ExportReport '{"format": "CSV"}' && refused 415 unimplemented METHOD_STREAMS
}

evidence_previewed() {
    post $services/ImportEvidence "$(jq '. as $all | {
            preview: true, operator_id: .operator.operator_id,
            pieces: [.malformed_pieces | to_entries[] | {event_id: "curl-\(.key)", evidence: ($all.piece + .value)}]
        }' "$messages")" && same status "$status" 200 &&
        same recorded "$(answer '.recorded // false')" false &&
        same fields "$(answer '[.results[].remarks | map(select(.refuses).field) | sort] | tojson')" \
            "$(jq --compact-output .malformed_pieces_fields "$messages")"
}

no_recorder() {
    local client=("${other_system[@]}") method
    for method in RecordEvidence ImportEvidence RebuildObservations ListRebuilds ApproveReport RecordPublication \
        WithdrawReport; do
        post $services/$method '{}' && refused 403 permission_denied NOT_PERMITTED_RECORDER || return
    done
    post $catalogue/RefreshCatalogue '{}' && refused 403 permission_denied NOT_PERMITTED_OPERATOR &&
        post $services/ListServices '{}' && same status "$status" 200
}

procedures_listed() {
    local token='' codes='' listed
    while :; do
        post $catalogue/ListProcedures "{\"page_size\": 50, \"page_token\": \"$token\"}" && same status "$status" 200 || return
        codes+=$(answer '.procedures[].procedureCode')$'\n'
        listed=$(answer .catalogue.procedures)
        token=$(answer '.nextPageToken // ""')
        [[ -n $token ]] || break
    done
    same procedures "$(sed '/^$/d' <<<"$codes" | sort --unique | wc -l)" "$listed"
}

other_question() {
    post $catalogue/ListProcedures '{"page_size": 1}' && same status "$status" 200 || return
    post $catalogue/ListProcedures "{\"query\": \"cư trú\", \"page_token\": \"$(answer .nextPageToken)\"}" &&
        refused 400 invalid_argument INVALID_FIELD && same field "$(detail BadRequest 'fieldViolations[].field')" page_token
}

one_procedure() {
    post $catalogue/GetProcedure '{"procedure_code": "1.004222"}' && same status "$status" 200 &&
        same name "$(answer .procedure.summary.name)" 'Đăng ký thường trú' &&
        post $catalogue/GetProcedure '{"procedure_code": "9.999999"}' && refused 404 not_found PROCEDURE_NOT_FOUND
}

units_and_fields() {
    post $catalogue/ListCatalogueUnits '{"page_size": 1}' && same status "$status" 200 &&
        same list "$(answer '.list.list')" UNITS && same units "$(answer '.units | length')" 1 &&
        post $catalogue/ListCatalogueFields '{"query": "quan ly cu tru"}' && same status "$status" 200 &&
        same field "$(answer '[.fields[].fieldCode] | join(" ")')" G01-CA05
}
