# Two real proxies, with and without credentials: tinyproxy for http, microsocks for SOCKS5.

check_proxies() {
    have python3 || { skip 'no python3 to answer behind the proxies' && return; }
    server=$(free_port) seen_by_server=$work/proxied.log
    : >"$seen_by_server"
    start answering "$server" python3 "$here/answering.py" "$server" "$seen_by_server" || return
    base=http://127.0.0.1:$server/v1
    dead=http://127.0.0.1:$(free_port)
    if system_program tinyproxy; then proxies_http; else skip 'no tinyproxy'; fi
    if system_program microsocks; then proxies_socks; else skip 'no microsocks'; fi
    label='no credentials of a proxy reach the server' called=- code=-
    same 'what the server saw of them' '' "$(grep -iE 'proxy-|s3cret|alice' "$seen_by_server")"
}

# start_tinyproxy PORT ALLOWED [USER PASSWORD]: an http proxy that opens tunnels to the port that is
# allowed. As they come it is 443: plain http needs no tunnel.
start_tinyproxy() {
    local file=$work/tinyproxy.$1
    printf 'Port %s\nListen 127.0.0.1\nTimeout 60\nAllow 127.0.0.1\nLogLevel Connect\n' "$1" >"$file"
    printf 'MaxClients 20\nConnectPort %s\n' "$2" >>"$file"
    [ $# -lt 4 ] || echo "BasicAuth $3 $4" >>"$file"
    start "tinyproxy.$1" "$1" tinyproxy -d -c "$file"
}

# Whether the calls since the last look went through a proxy, by its log.
went_through() { # LOG PATTERN
    if grep -q -- "$2" "$1"; then pass; else wrong "the proxy did not see $2"; fi
    : >"$1"
}

# What a refusal by a proxy must look like: it is said whose it is, once, without a password.
proxy_refuses() { # WHAT [NAME=VALUE]... ARGUMENT...
    local before
    before=$(wc -l <"$seen_by_server")
    ends "$1" 8 "${@:2}"
    prints_nothing
    tells proxy
    hides 'trying again' 'api key' 's3cret' 'wr0ng'
    same 'what reached the server' "$before" "$(wc -l <"$seen_by_server")"
}

proxies_http() {
    local open closed variable log
    open=$(free_port)
    start_tinyproxy "$open" 443 || return
    closed=$(free_port)
    start_tinyproxy "$closed" 443 alice s3cret || return
    local entrance=http://127.0.0.1:$open
    local with=http://alice:s3cr%65t@127.0.0.1:$closed

    log=$work/tinyproxy.$open.log
    ends 'by flag' 0 chat -q --base-url "$base" --proxy "$entrance" hello
    prints 'as you wish'
    went_through "$log" "127.0.0.1:$server"
    for variable in HTTP_PROXY http_proxy ALL_PROXY all_proxy; do
        ends "by $variable" 0 "$variable=$entrance" chat -q --stream --base-url "$base" hello
        prints 'as you wish'
        went_through "$log" "127.0.0.1:$server"
    done
    ends 'by flag, whatever the environment has' 0 HTTP_PROXY="$dead" \
        chat -q --base-url "$base" --proxy "$entrance" hello
    ends 'without a scheme' 0 chat -q --base-url "$base" --proxy "127.0.0.1:$open" hello

    log=$work/tinyproxy.$closed.log
    ends 'with credentials' 0 chat -q --base-url "$base" --proxy "$with" hello
    went_through "$log" "127.0.0.1:$server"
    ends 'with credentials, by environment' 0 HTTP_PROXY="$with" chat -q --base-url "$base" hello
    went_through "$log" "127.0.0.1:$server"
    proxy_refuses 'no credentials' chat --base-url "$base" --proxy "http://127.0.0.1:$closed" hello
    proxy_refuses 'a wrong password' \
        chat --base-url "$base" --proxy "http://alice:wr0ng@127.0.0.1:$closed" hello
    proxy_refuses 'no credentials, streaming' HTTP_PROXY="http://127.0.0.1:$closed" \
        chat --stream --base-url "$base" hello

    for variable in 127.0.0.1 "127.0.0.1:$server" 127.0.0.0/8 '*' 'example.com,127.0.0.1'; do
        ends "NO_PROXY=$variable" 0 HTTP_PROXY="$dead" NO_PROXY="$variable" \
            chat -q --base-url "$base" hello
    done
    ends 'an empty --proxy' 0 HTTP_PROXY="$dead" chat -q --base-url "$base" --proxy '' hello
    ends 'HTTPS_PROXY is not for http' 0 HTTPS_PROXY="$dead" chat -q --base-url "$base" hello
    ends 'NO_PROXY of another host' 8 HTTP_PROXY="$dead" NO_PROXY=example.com \
        chat -q --retries 0 --base-url "$base" hello
    tells "through the proxy $dead"
}

proxies_socks() {
    local open closed scheme log
    open=$(free_port)
    start microsocks.open "$open" microsocks -i 127.0.0.1 -p "$open" || return
    closed=$(free_port)
    start microsocks.closed "$closed" microsocks -i 127.0.0.1 -p "$closed" \
        -u alice -P s3cret || return
    for scheme in socks5 socks5h; do
        log=$work/microsocks.open.log
        ends "$scheme" 0 chat -q --base-url "$base" --proxy "$scheme://127.0.0.1:$open" hello
        prints 'as you wish'
        went_through "$log" "127.0.0.1:$server"
        ends "$scheme by environment" 0 ALL_PROXY="$scheme://127.0.0.1:$open" \
            chat -q --stream --base-url "$base" hello
        went_through "$log" "127.0.0.1:$server"
        log=$work/microsocks.closed.log
        ends "$scheme with credentials" 0 \
            chat -q --base-url "$base" --proxy "$scheme://alice:s3cret@127.0.0.1:$closed" hello
        went_through "$log" "127.0.0.1:$server"
        proxy_refuses "$scheme without credentials" \
            chat --base-url "$base" --proxy "$scheme://127.0.0.1:$closed" hello
        proxy_refuses "$scheme with a wrong password" \
            chat --base-url "$base" --proxy "$scheme://alice:wr0ng@127.0.0.1:$closed" hello
    done
    log=$work/microsocks.open.log
    ends 'socks5h has the proxy look up the name' 0 chat -q \
        --base-url "http://localhost:$server/v1" --proxy "socks5h://127.0.0.1:$open" hello
    went_through "$log" "localhost:$server"
    ends 'socks5 looks it up here' 0 chat -q \
        --base-url "http://localhost:$server/v1" --proxy "socks5://127.0.0.1:$open" hello
    went_through "$log" "127.0.0.1:$server"
    ends 'a server that is not there' 8 chat -q --retries 0 \
        --base-url "http://127.0.0.1:${dead##*:}/v1" --proxy "socks5://127.0.0.1:$open" hello
    hides 'api key'
}
