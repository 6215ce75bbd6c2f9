# Servers as children of this shell: on loopback, at a free port, ended by their own ids.

children=()

# A port that nobody listens at.
free_port() {
    local port
    while :; do
        port=$((20000 + RANDOM % 12000))
        listens "$port" || { echo "$port" && return; }
    done
}

listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# start NAME PORT COMMAND...: true once the port answers; its log is $work/NAME.log.
start() {
    local name=$1 port=$2 pid tries=0
    shift 2
    "$@" >"$work/$name.log" 2>&1 </dev/null &
    pid=$!
    children+=("$pid")
    until listens "$port"; do
        tries=$((tries + 1))
        if [ "$tries" -gt 300 ] || ! kill -0 "$pid" 2>/dev/null; then
            label="start $name" called="$*" code=- out=/dev/null err=$work/$name.log
            wrong 'the server does not answer'
            return 1
        fi
        sleep 0.1
    done
}

stop_all() {
    local pid
    for pid in "${children[@]}"; do kill "$pid" 2>/dev/null; done
    for pid in "${children[@]}"; do wait "$pid" 2>/dev/null; done
    children=()
}
