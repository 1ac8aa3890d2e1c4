#!/usr/bin/env bash
# Makes client certificates that the gateway must turn away, and one that it lets in for little.
#
# Usage: strangers.sh READY_FILE DIR
#   DIR/other-authority.{pem,key}  signed by nobody whom the gateway trusts
#   DIR/unmapped.{pem,key}         signed by the demo's own authority, for a system that no client entry names
#   DIR/other-vendor.{pem,key}     the demo's second system: it is no operator, and no dossier is its own
set -euo pipefail

ready=$1
dir=$2
mkdir -p "$dir"

# The demo keeps its authority's key beside the certificate (`lienthong pki dev`).
ca=$(jq -r .ca_cert "$ready")
ca_key=${ca%.pem}.key

quiet() { "$@" 2>"$dir/openssl.log" || { cat "$dir/openssl.log" >&2; exit 1; }; }

quiet openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 \
    -subj "/CN=igate" -keyout "$dir/other-authority.key" -out "$dir/other-authority.pem"

# signed NAME COMMON_NAME: a certificate of the demo's own authority.
signed() {
    local file=$dir/$1
    quiet openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
        -subj "/CN=$2" -keyout "$file.key" -out "$file.csr"
    printf 'extendedKeyUsage=clientAuth\n' >"$file.ext"
    quiet openssl x509 -req -in "$file.csr" -CA "$ca" -CAkey "$ca_key" \
        -set_serial "0x$(openssl rand -hex 16)" -days 1 -extfile "$file.ext" -out "$file.pem"
}
signed unmapped nobody-knows-this-system
signed other-vendor other-vendor
