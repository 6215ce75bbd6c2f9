# TLS with a private authority, directly and through proxies. Nothing is said to a server that
# cannot be trusted.

check_tls() {
    have python3 && system_program openssl ||
        { skip 'no python3 or no openssl to make a TLS server of' && return; }
    authority=$work/authority.pem seen_by_server=$work/tls.seen
    : >"$seen_by_server"
    tls_certificates || { skip 'openssl does not make certificates' && return; }
    tls_server good good || return
    tls_trust
    tls_versions
    if system_program tinyproxy && system_program microsocks; then
        tls_proxies
    else
        skip 'no tinyproxy or no microsocks'
    fi
}

tls_certificates() {
    (
        cd "$work" || exit
        openssl req -x509 -newkey rsa:2048 -nodes -keyout authority.key -out authority.pem \
            -subj '/CN=Private Authority' -days 30 &&
            tls_certificate good 30 'DNS:localhost,IP:127.0.0.1' &&
            tls_certificate other 30 'DNS:other.example' &&
            openssl req -x509 -newkey rsa:2048 -nodes -keyout stranger.key -out stranger.pem \
                -subj '/CN=Another Authority' -days 30
    ) >"$work/openssl.log" 2>&1
}

tls_certificate() { # NAME DAYS NAMES
    openssl req -newkey rsa:2048 -nodes -keyout "$1.key" -out "$1.csr" -subj "/CN=$1" &&
        openssl x509 -req -in "$1.csr" -CA authority.pem -CAkey authority.key -CAcreateserial \
            -days "$2" -out "$1.pem" -extfile <(echo "subjectAltName=$3")
}

# tls_server NAME CERTIFICATE [VERSION]: sets `base`.
tls_server() {
    server=$(free_port)
    base=https://localhost:$server/v1
    start "tls.$1" "$server" python3 "$here/answering.py" "$server" "$seen_by_server" \
        "$work/$2.pem" "$work/$2.key" "${@:3}"
}

# mistrusts WHAT WORD [NAME=VALUE]... ARGUMENT...: exit code 8 at once, and nothing was sent.
mistrusts() {
    : >"$seen_by_server"
    ends "$1" 8 "${@:3}"
    prints_nothing
    tells "$2"
    hides 'trying again' 'api key'
    same 'what the server saw' '' "$(cat "$seen_by_server")"
}

tls_trust() {
    local trusted=SSL_CERT_FILE=$authority
    ends 'a private authority' 0 "$trusted" chat --base-url "$base" hello
    prints 'as you wish'
    tells 'used: 3 prompt + 4 reply tokens'
    ends 'a private authority, streaming' 0 "$trusted" chat -q --stream --base-url "$base" hello
    prints 'as you wish'
    ends 'by address' 0 "$trusted" chat -q --base-url "https://127.0.0.1:$server/v1" hello
    mistrusts 'an authority that is not known' 'no trusted connection' chat --base-url "$base" hello
    mistrusts 'another authority' 'no trusted connection' \
        SSL_CERT_FILE="$work/stranger.pem" chat --base-url "$base" hello
    ends 'no file of authorities' 1 SSL_CERT_FILE=/nowhere.pem chat -q --base-url "$base" hello
    tells 'SSL_CERT_FILE /nowhere.pem'
    ends 'a file that holds none' 2 SSL_CERT_FILE="$here/run" chat -q --base-url "$base" hello
    ends 'http to a TLS port' 8 "$trusted" \
        chat -q --retries 0 --base-url "http://localhost:$server/v1" hello
    tls_server other other || return
    mistrusts 'a certificate for another name' 'no trusted connection' \
        "$trusted" chat --base-url "$base" hello
    server=$(free_port)
    start plain "$server" python3 "$here/answering.py" "$server" "$seen_by_server" || return
    ends 'TLS to an http port' 8 "$trusted" \
        chat -q --retries 0 --base-url "https://localhost:$server/v1" hello
}

tls_versions() {
    tls_server 1.3 good TLSv1_3 &&
        ends 'TLS 1.3' 0 SSL_CERT_FILE="$authority" chat -q --base-url "$base" hello
    tls_server 1.2 good TLSv1_2 &&
        ends 'TLS 1.2' 0 SSL_CERT_FILE="$authority" chat -q --base-url "$base" hello
}

# The proxy sees whereto, never what.
tls_proxies() {
    local http socks
    tls_server proxied good || return
    . "$here/proxies.sh"
    http=$(free_port)
    start_tinyproxy "$http" "$server" alice s3cret || return
    socks=$(free_port)
    start microsocks "$socks" microsocks -i 127.0.0.1 -p "$socks" || return
    ends 'through CONNECT' 0 SSL_CERT_FILE="$authority" \
        HTTPS_PROXY="http://alice:s3cret@127.0.0.1:$http" chat -q --base-url "$base" hello
    prints 'as you wish'
    went_through "$work/tinyproxy.$http.log" "localhost:$server"
    mistrusts 'through CONNECT, untrusted' 'no trusted connection' \
        chat --base-url "$base" --proxy "http://alice:s3cret@127.0.0.1:$http" hello
    mistrusts 'through CONNECT, without credentials' 'it wants other credentials' \
        SSL_CERT_FILE="$authority" HTTPS_PROXY="http://127.0.0.1:$http" \
        chat --base-url "$base" hello
    mistrusts 'through CONNECT, with a wrong password' 'it wants other credentials' \
        SSL_CERT_FILE="$authority" HTTPS_PROXY="http://alice:wr0ng@127.0.0.1:$http" \
        chat --base-url "$base" hello
    mistrusts 'through CONNECT, to a port it does not allow' 'does not allow' \
        SSL_CERT_FILE="$authority" HTTPS_PROXY="http://alice:s3cret@127.0.0.1:$http" \
        chat --base-url "https://localhost:$socks/v1" hello
    ends 'through SOCKS' 0 SSL_CERT_FILE="$authority" \
        HTTPS_PROXY="socks5h://127.0.0.1:$socks" chat -q --stream --base-url "$base" hello
    prints 'as you wish'
    label='what the proxies saw' called=- code=- out=/dev/null err=/dev/null
    same 'the key in it' '' "$(grep -l "$key" "$work"/tinyproxy.*.log "$work"/microsocks*.log)"
}
