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
here=$(dirname "$0")
messages=$here/messages.json
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

door=https://$(jq -r .grpc_tls "$ready")
trust=(--cacert "$(jq -r .ca_cert "$ready")")
client=("${trust[@]}" --cert "$(jq -r .client_cert "$ready")" --key "$(jq -r .client_key "$ready")")
other_system=("${trust[@]}" --cert "$strangers/other-vendor.pem" --key "$strangers/other-vendor.key")
population=lienthong.v1.PopulationService
dossiers=lienthong.v1.DossierService
record=lienthong.v1.AuditService
sync=lienthong.v1.SyncService
services=lienthong.v1.EssentialServicesService
catalogue=lienthong.v1.CatalogueService
control=http://$(jq -r .mock_control "$ready")
operator=$(jq --compact-output .operator "$messages")
content_type=application/json
passed=0
failed=0

for room in door lookups manners dossiers operators services; do
    # shellcheck source=/dev/null
    source "$here/curl/$room.sh"
done

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
    check 'the 25 essential services are listed, with official names' services_listed
    check 'a year is checked: a verdict on each criterion, counts as text' services_checked
    check 'one service alone is asked about' one_service
    check 'a bad question about the services names every violation at once' bad_question
    check 'a check that is not done in time is 504, and nothing else ends' check_in_time
    check 'a report is refused as one JSON message' report_as_json
    check 'a preview of evidence tells what is wrong with each piece' evidence_previewed
    check 'a system that may not record is 403, and may look' no_recorder
    check 'procedures are listed page by page to the end' procedures_listed
    check 'a page token of another question is 400' other_question
    check 'a procedure comes in full; an unknown one is 404' one_procedure
    check 'units and fields are listed beside the procedures' units_and_fields
    check 'plain text is answered on loopback' plain_text
    check 'a certificate that belongs to no client is 401' unmapped_certificate
    check 'no client certificate, no connection' no_handshake
    check 'a certificate of another authority, no connection' no_handshake \
        --cert "$strangers/other-authority.pem" --key "$strangers/other-authority.key"
done
printf 'curl: %d passed, %d failed\n' "$passed" "$failed"
((failed == 0))
