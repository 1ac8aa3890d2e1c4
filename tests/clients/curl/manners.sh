# shellcheck shell=bash
# Messages, methods and callers that the door turns away, and request ids.

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
    post $dossiers/WatchDossier '{}' && refused 415 unimplemented METHOD_STREAMS
}

request_id() {
    post lienthong.v1.SyncService/GetSyncHealth '{}' --header 'x-request-id: curl-42' &&
        same status "$status" 200 && same x-request-id "$(header x-request-id)" curl-42 || return
    post lienthong.v1.SyncService/GetSyncHealth '{}' --header "x-request-id: $(printf 'x%.0s' {1..65})" &&
        same status "$status" 200 || return
    [[ $(header x-request-id) =~ ^[!-~]{1,64}$ ]] || { printf '    no usable id was given\n'; return 1; }
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
