# How a check is made and counted. A check is one call of the program with its exit code, or one
# thing said about that call's output.

passed=0 failed=0 skipped=0
code=0 out= err=

begin() {
    room=$1 room_passed=$passed room_failed=$failed room_skipped=$skipped
    room_started=$SECONDS
}

summary() {
    if [ $((passed + failed + skipped)) -eq $((room_passed + room_failed + room_skipped)) ]; then
        label='all of it' called=- code=- out=/dev/null err=/dev/null
        wrong 'nothing was checked'
    fi
    printf '%-8s %4d passed, %d failed, %d skipped (%d s)\n' "$1" $((passed - room_passed)) \
        $((failed - room_failed)) $((skipped - room_skipped)) $((SECONDS - room_started))
}

# The last line, and the exit code of it all.
total() {
    echo "servers: $passed passed, $failed failed, $skipped skipped"
    [ "$failed" -eq 0 ]
}

skip() { # WHY
    skipped=$((skipped + 1))
    echo "  skipped: $room: $1"
}

pass() { passed=$((passed + 1)); }

wrong() { # WHAT
    failed=$((failed + 1))
    printf '  FAILED: %s: %s\n' "$room: $label" "$1"
    [ $((failed - room_failed)) -le 20 ] || return  # enough to see what is wrong
    printf '    call: %s\n    exit: %s\n' "$called" "$code"
    head -c 600 "$out" | sed 's/^/    out: /; $a\'
    head -c 1200 "$err" | sed 's/^/    err: /; $a\'
}

# call [NAME=VALUE]... ARGUMENT...: runs the program with nothing in its environment but a home,
# the key and what is given, and keeps what it printed.
call() {
    local -a with=()
    while [[ ${1-} =~ ^[A-Za-z_]+= ]]; do with+=("$1") && shift; done
    called="${with[*]} gpt $*"
    calls=$((${calls-0} + 1))
    out=$work/seen/$room.$calls.out err=$work/seen/$room.$calls.err
    env -i PATH="$PATH" HOME="$work/home" OPENAI_API_KEY="$key" "${with[@]}" \
        timeout -k 5 60 "$program" "$@" >"$out" 2>"$err" <"${input:-/dev/null}"
    code=$?
}

# ends WHAT CODE [NAME=VALUE]... ARGUMENT...: the call ends with this code.
ends() {
    label=$1
    local expected=$2
    shift 2
    call "$@"
    if [ "$code" -eq "$expected" ]; then pass; else wrong "exit code $code, not $expected"; fi
}

# What the last call printed, whole.
prints() { # TEXT
    if [ "$(cat "$out" && echo .)" = "$1"$'\n.' ]; then pass; else wrong "it did not print '$1'"; fi
}

prints_nothing() {
    if [ -s "$out" ]; then wrong "it printed something"; else pass; fi
}

# tells TEXT...: standard error has each of these.
tells() {
    local text
    for text; do
        if grep -qF -- "$text" "$err"; then pass; else wrong "it does not say '$text'"; fi
    done
}

# hides TEXT...: standard error has none of these.
hides() {
    local text
    for text; do
        if grep -qiF -- "$text" "$err"; then wrong "it says '$text'"; else pass; fi
    done
}

# same WHAT EXPECTED ACTUAL
same() {
    if [ "$2" = "$3" ]; then pass; else wrong "$1 is '$3', not '$2'"; fi
}

# Whatever was printed or written by any call before this one holds no key.
check_key() {
    label='the key is in nothing that was printed or written' called='all of them' code=-
    out=/dev/null err=/dev/null
    local where
    where=$(grep -rlF "$key" "$work/seen" "$work/home")
    if [ -z "$where" ]; then pass; else wrong "it is in $where"; fi
}
