#!/usr/bin/env bash
# The official gRPC interop client, as Debian packages it for Ruby, against a server that mounts
# grpc.testing.TestService behind the gateway's full door.
#
# Usage: interop.sh READY_FILE
#
# READY_FILE is what `interop-server --ready-file` writes. Prints a line per case and ends with 1 when
# one failed. `all` is not used: it stops at cases that need credentials of a cloud.
set -euo pipefail

address=$(jq -r .plain "$1")
client=$(dpkg -L ruby-grpc | grep 'src/ruby/pb/test/client\.rb$')
cases=(
    empty_unary large_unary client_streaming server_streaming ping_pong empty_stream
    cancel_after_begin cancel_after_first_response timeout_on_sleeping_server
    status_code_and_message custom_metadata unimplemented_method unimplemented_service
)
passed=0
failed=0

for name in "${cases[@]}"; do
    if output=$(timeout 60 ruby "$client" --server_host "${address%:*}" --server_port "${address##*:}" \
        --test_case "$name" 2>&1) && grep -qxF "\"OK: $name\"" <<<"$output"; then
        passed=$((passed + 1))
        printf '  ok %s\n' "$name"
    else
        failed=$((failed + 1))
        printf '  FAILED %s\n%s\n' "$name" "$output"
    fi
done
printf 'interop: %d passed, %d failed\n' "$passed" "$failed"
((failed == 0))
