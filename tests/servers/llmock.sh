# llmock fails on demand, and then says how the client behaved: whether it waited as long as it was
# asked to, gave up too soon, tried again what cannot succeed, or took half a stream for a whole.

check_llmock() {
    python_packages llmock-0.2.2 llmock==0.2.2 || { skip 'llmock cannot be installed' && return; }
    llmock=$(free_port)
    start llmock "$llmock" "$place/bin/llmock" serve --port "$llmock" \
        --response-style echo || return
    control=http://127.0.0.1:$llmock/_llmock base=http://127.0.0.1:$llmock/v1
    llmock_answers
    llmock_refusals
    llmock_waits
    llmock_streams
    llmock_is_slow
    llmock_limits
}

# expect BEHAVIOUR...: forgets what was, and queues these.
expect() {
    local behaviours
    behaviours=$(IFS=, && echo "$*")
    curl -s -o "$work/control" -X POST "$control/reset"
    [ $# -eq 0 ] ||
        curl -s -o "$work/control" "$control/scenario" -d "{\"behaviors\":[$behaviours]}"
}

# Its verdict on all calls since the last `expect`: so many of them, in so many attempts, and
# nothing to say.
praises() { # CALLS ATTEMPTS
    same 'the verdict' \
        "{\"passed\":true,\"calls\":$1,\"attempts\":$2,\"errors\":0,\"warnings\":0,\"findings\":[]}" \
        "$(curl -s "$control/verdict" | sed 's/"faults_injected":[0-9]*,//')"
}

llmock_answers() {
    expect
    ends 'a chat' 0 chat --base-url "$base" -m gpt-4o hello
    prints 'Hello! You said: hello'
    tells 'estimate: 8 prompt + up to 16384 reply tokens, at most $0.163860 (gpt-4o)' \
        'used: 1 prompt + 5 reply tokens, $0.000053'
    ends 'a stream' 0 chat --stream --base-url "$base" -m gpt-4o hello
    prints 'Hello! You said: hello'
    tells 'used: 1 prompt + 5 reply tokens, $0.000053'
    ends 'two choices' 0 chat -q -N2 --stream --base-url "$base" -m gpt-4o hello
    prints $'Hello! You said: hello\n---\nHello! You said: hello'
    ends 'its models' 0 models --remote --base-url "$base"
    same 'the list of models' "$(curl -s "$base/models" | json_ids | sort)" "$(cat "$out")"
    ends 'no such endpoint' 6 complete -q --base-url "$base" hello
    ends 'no such address' 6 chat -q --base-url "$base/nowhere" hello
    praises 7 7
}

json_ids() { grep -o '"id":"[^"]*"' | cut -d'"' -f4; }

# What cannot get better is not tried again.
llmock_refusals() {
    local status expected
    while read -r status expected; do
        expect "{\"type\":\"fail\",\"status\":$status,\"message\":\"it is $status\"}"
        ends "an answer of $status" "$expected" chat -q --base-url "$base" "say $status"
        tells "it is $status"
        prints_nothing
        praises 1 1
    done <<<$'400 6\n401 5\n403 5\n404 6\n422 6'
    expect '{"type":"fail","status":429,"code":"insufficient_quota","times":3}'
    ends 'a quota that is used up' 7 chat -q --base-url "$base" 'no money'
    same 'the number of attempts' 1 "$(attempts)"
    expect '{"type":"fail","status":503,"retry_after":200}'
    ends 'a wait that is too long' 8 chat -q --base-url "$base" 'come back tomorrow'
    tells 'asks to wait 200 s'
    same 'the number of attempts' 1 "$(attempts)"
}

attempts() { curl -s "$control/verdict" | grep -o '"attempts":[0-9]*' | cut -d: -f2; }

# What may get better is tried again, when the server said or after a growing while.
llmock_waits() {
    local status
    expect '{"type":"fail","status":429,"retry_after":1}' '{"type":"fail","status":503}'
    ends 'a 429 and a 503' 0 chat --base-url "$base" -m gpt-4o 'try again'
    prints 'Hello! You said: try again'
    tells 'trying again in 1.0 s'
    praises 1 3
    expect '{"type":"fail","status":429,"retry_after":1.7,"times":2}'
    ends 'a wait in milliseconds, twice, of a stream' 0 chat --stream --base-url "$base" 'soon'
    tells 'trying again in 1.7 s'
    praises 1 3
    for status in 408 409 500 502 504; do
        expect "{\"type\":\"fail\",\"status\":$status}"
        ends "one $status" 0 chat -q --base-url "$base" "once $status"
        praises 1 2
    done
    expect '{"type":"fail","status":500,"times":9}'
    ends 'a 500 that stays' 8 chat -q --base-url "$base" 'never'
    tells ' answered 500'
    praises 1 3
    expect '{"type":"fail","status":429,"retry_after":0.3,"times":9}'
    ends 'a 429 that stays' 7 chat -q --retries 4 --base-url "$base" 'never either'
    tells ' answered 429'
    praises 1 5
    expect '{"type":"fail","status":503,"retry_after":20}'
    ends 'a wait that is longer than the time' 8 chat -q --timeout 5 --base-url "$base" 'hurry'
    same 'the number of attempts' 1 "$(attempts)"
}

# A stream that breaks after its text has begun ends in 9, with what came. The exit code tells a
# script to ask again, which the verdict then takes for the retry it wants.
llmock_streams() {
    local kind after
    for kind in truncate disconnect malformed; do
        for after in 2 3; do
            expect "{\"type\":\"stream_fault\",\"kind\":\"$kind\",\"after_chunks\":$after}"
            ends "$kind after $after chunks" 9 \
                chat -q --stream --base-url "$base" "tell me of $kind $after"
            hides 'trying again'
            ends "the same again" 0 chat -q --stream --base-url "$base" "tell me of $kind $after"
            praises 1 2
        done
    done
    expect '{"type":"stream_fault","kind":"disconnect","after_chunks":0}'
    ends 'a disconnection before anything came' 0 chat -q --stream --base-url "$base" 'nothing yet'
    praises 1 2
    expect '{"type":"stream_fault","kind":"stall","after_chunks":3,"stall_seconds":30}'
    ends 'a stall' 9 chat -q --stream --timeout 2 --base-url "$base" 'say it all'
    tells 'within 2'
    praises 1 1
    expect '{"type":"stream_fault","kind":"stall","after_chunks":3,"stall_seconds":0.5}'
    ends 'a pause' 0 chat -q --stream --base-url "$base" -m gpt-4o 'say it all'
    prints 'Hello! You said: say it all'
    praises 1 1
    expect '{"type":"stream_fault","kind":"truncate","after_chunks":3}'
    ends 'a stream fault without a stream' 0 chat -q --base-url "$base" 'all at once'
    praises 1 1
}

llmock_is_slow() {
    expect '{"type":"delay","seconds":30}'
    ends 'an answer that is too late' 8 chat -q --timeout 1.5 --base-url "$base" 'too late'
    tells 'within 1.5 s'
    expect '{"type":"delay","seconds":1}'
    ends 'an answer that is late' 0 chat -q --timeout 10 --base-url "$base" 'late'
    praises 1 1
    expect '{"type":"slow_first_token","seconds":1}'
    ends 'a stream that is late' 0 chat -q --stream --timeout 10 --base-url "$base" 'late'
    praises 1 1
}

# Quotas that fill up again, and a context that is too small.
llmock_limits() {
    stop_all
    start llmock.limits "$llmock" "$place/bin/llmock" serve --port "$llmock" \
        --rpm 20 --context-window 100 || return
    expect
    local each
    for each in {1..22}; do
        call chat -q --base-url "$base" "number $each"
        [ "$code" -eq 0 ] || break
    done
    label='22 calls at 20 a minute'
    same 'the last exit code' 0 "$code"
    same 'the number of the last' 22 "$each"
    same 'whether it ran into the quota' yes "$([ "$(attempts)" -gt 22 ] && echo yes)"
    praises 22 "$(attempts)"
    expect
    ends 'a prompt over the context' 6 chat -q --base-url "$base" -f "$here/run"
    tells "maximum context length is 100 tokens" context_length_exceeded
    praises 1 1
}
