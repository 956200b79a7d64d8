#!/bin/sh
# Writes signatures.json with openssl alone, so that no code of the SDK or the gateway decides what is right.
set -eu

hex() { od -An -v -tx1 | tr -d ' \n'; }
b64() { openssl base64 -A; }
hmac() { openssl dgst -sha256 -mac HMAC -macopt "hexkey:$1" -binary; }

# hmac_hex KEY_HEX BODY_FILE TIMESTAMP
molam() { { printf '%s.' "$3"; cat "$2"; } | hmac "$1" | hex; }

body=$(mktemp)
trap 'rm -f "$body"' EXIT
separator='['

# vector NAME SECRET TIMESTAMP KID BODY, where BODY is a format of printf
vector() {
    printf "$5" > "$body"
    key=$(printf '%s' "$2" | hex)
    kid=''
    [ -z "$4" ] || kid=",kid=$4"
    printf '%s\n  {"name": "%s", "secret": "%s", "timestamp": "%s",\n' "$separator" "$1" "$2" "$3"
    printf '   "body_base64": "%s",\n' "$(b64 < "$body")"
    printf '   "header": "t=%s,v1=%s%s"' "$3" "$(molam "$key" "$body" "$3")" "$kid"
    case $2 in
    whsec_????????????????????????????????????????????)
        standard=$(printf '%s' "${2#whsec_}" | openssl base64 -d -A | hex)
        signature=$({ printf 'evt_%s.%s.' "$1" "$3"; cat "$body"; } | hmac "$standard" | b64)
        printf ',\n   "standard": {"webhook-id": "evt_%s", "webhook-timestamp": "%s",' "$1" "$3"
        printf ' "webhook-signature": "v1,%s"}' "$signature"
        ;;
    esac
    printf '}'
    separator=','
}

first='whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwLCQxMFZ0a3M='
second='whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8='

ping='{"id":"evt_1","type":"ping"}'

vector json "$first" 1763697600 1 "$ping"
vector second_secret "$second" 1763697600 2 "$ping"
vector without_kid "$first" 1763697600 '' "$ping"
vector longest_kid "$first" 1763697600 abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_- "$ping"
vector milliseconds "$first" 1763697600123 1 "$ping"
vector twelve_digits "$first" 176369760000 1 "$ping"
vector empty_body "$first" 1763697600 1 ''
vector white_space "$first" 1763697600 1 '{ "id" : "evt_1",\r\n\t"type" : "ping" }\r\n'
vector utf8_body "$first" 1763697600 1 '{"id":"evt_1","type":"ping","data":{"object":{"name":"Aïssatou 支付 💸"}}}'
vector every_byte "$first" 1763697600 1 "$(awk 'BEGIN { for (i = 0; i < 256; i++) printf "\\%03o", i }')"
vector body_like_the_frame "$first" 1763697600 1 '1763697600.{"id":"evt_1"}'
vector eight_kib "$first" 1763697600 1 "$(awk 'BEGIN { for (i = 0; i < 512; i++) printf "0123456789abcdef" }')"
vector plain_secret 'correct horse battery staple' 1763697600 1 "$ping"
vector utf8_secret 'clé-ключ-鍵' 1763697600 1 "$ping"
vector one_character 'x' 1763697600 1 "$ping"
vector longer_than_a_block "whsec_$(awk 'BEGIN { for (i = 0; i < 20; i++) printf "0123456789" }')" 1763697600 1 "$ping"
printf '\n]\n'
