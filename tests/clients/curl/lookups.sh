# shellcheck shell=bash
# Citizens and households, with and without their database.

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
        violates malformed_verification_fields
}
