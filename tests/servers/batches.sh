# Batches from a file of records to their answers and the books, on two servers: llmock carries the
# requests out, aimock answers each alike and can be made to fail.

check_batches() {
    local records=$work/batch.records
    requests=$work/batch.requests ledger=$work/batch.db
    cat >"$records" <<'JSON'
{"id": "first", "prompt": "one river"}
{"id": "second", "prompt": "two\nrivers"}
{"id": "third", "messages": [{"role": "user", "content": "三条河"}]}
JSON
    input=$records ends 'the records as a file of requests' 0 \
        chat --jsonl --dry-run -m gpt-4o --max-tokens 50
    cp "$out" "$requests"
    same 'the number of requests' 3 "$(wc -l <"$requests")"
    input=$requests ends 'their estimate' 0 batch submit --estimate
    same 'the estimate' '3 requests, ' "$(head -c 12 "$out")"
    batches_of_llmock
    batches_of_aimock
    batches_of_prism
}

batches_of_llmock() {
    python_packages llmock-0.2.2 llmock==0.2.2 || { skip 'llmock cannot be installed' && return; }
    local port
    port=$(free_port)
    start batches.llmock "$port" "$place/bin/llmock" serve --port "$port" \
        --response-style echo || return
    base=http://127.0.0.1:$port/v1
    batch_goes_through llmock
    prints $'Hello! You said: one river\nHello! You said: two rivers\nHello! You said: 三条河'
    ends 'as JSON' 0 GPT_LEDGER="$ledger" batch results --json -q --base-url "$base" "$id"
    same 'the ids' '"id":"first" "id":"second" "id":"third" ' \
        "$(grep -o '"id":"[a-z]*"' "$out" | tr '\n' ' ')"
    ends 'a batch that is none' 6 batch status --base-url "$base" batch_none
    tells ' answered 404'
}

batches_of_aimock() {
    npm_package @copilotkit/aimock 1.43.0 aimock || { skip 'aimock cannot be installed' && return; }
    stop_all
    local port aimock=$place/node_modules/.bin/llmock
    port=$(free_port)
    base=http://127.0.0.1:$port/v1
    echo '{"fixtures": []}' >"$work/none.json"
    start batches.aimock "$port" node "$aimock" -p "$port" -h 127.0.0.1 -f "$work/none.json" ||
        return
    batch_goes_through aimock
    prints $'Mock batch completion\nMock batch completion\nMock batch completion'
    ends 'to cancel what is done' 6 batch cancel --base-url "$base" "$id"
    tells 'Cannot cancel a batch with status completed'
    batch_is_cancelled
    stop_all
    start batches.chaos "$port" node "$aimock" -p "$port" -h 127.0.0.1 -f "$work/none.json" \
        --chaos-drop 1 || return
    ends 'a server that is down' 8 GPT_LEDGER="$ledger" \
        batch submit -q --retries 0 --base-url "$base" "$requests"
    ends 'to wait for it' 8 batch wait -q --max-wait 2 --base-url "$base" "$id"
    tells "$id cannot be looked at"
}

# The specification has nothing to object to; its answers are examples.
batches_of_prism() {
    local port specification=$data/openapi.json
    [ -r "$specification" ] || { skip "no $specification" && return; }
    npm_package @stoplight/prism-cli 5.14.2 prism || { skip 'Prism cannot be installed' && return; }
    stop_all
    port=$(free_port)
    base=http://127.0.0.1:$port/v1
    start batches.prism "$port" node "$place/node_modules/.bin/prism" mock --errors \
        -h 127.0.0.1 -p "$port" "$specification" || return
    ends 'a submission by the specification' 0 GPT_LEDGER=off \
        batch submit -q --base-url "$base" "$requests"
    ends 'a status by the specification' 0 batch status --base-url "$base" batch_1
    ends 'a cancellation by the specification' 0 batch cancel --base-url "$base" batch_1
    ends 'a list by the specification' 0 batch list --base-url "$base"
}

# From submission to results; the last call printed these, and $id is the batch.
batch_goes_through() { # SERVER
    rm -f "$ledger"
    ends "to submit to $1" 0 GPT_LEDGER="$ledger" batch submit --base-url "$base" "$requests"
    tells 'estimate: 3 requests' 'submitted: '
    id=$(cat "$out")
    booked 'what is booked before' "reserved|$id|0"
    ends 'to list it' 0 batch list --json --base-url "$base"
    same 'the id in the list' "$id" "$(grep -o "$id" "$out" | head -n 1)"
    ends 'to wait for it' 0 batch wait --base-url "$base" "$id"
    tells '3 of 3 done'
    ends 'to look at it' 0 batch status --base-url "$base" "$id"
    same 'its line' "$id completed 3 3 0" \
        "$(tail -n 1 "$out" | tr -s ' ' | cut -d' ' -f1-5)"
    ends 'to have its results' 0 GPT_LEDGER="$ledger" batch results -q --base-url "$base" "$id"
    booked 'what is booked after' "settled|$id|1"
}

batch_is_cancelled() {
    rm -f "$ledger"
    ends 'to submit another' 0 GPT_LEDGER="$ledger" batch submit -q --base-url "$base" "$requests"
    id=$(cat "$out")
    ends 'to cancel it' 0 batch cancel --base-url "$base" "$id"
    same 'its state' cancelling "$(tail -n 1 "$out" | tr -s ' ' | cut -d' ' -f2)"
    ends 'to wait for its end' 9 batch wait -q --base-url "$base" "$id"
    tells "$id cancelled with 0 of 3 done"
    ends 'what has come of it' 9 GPT_LEDGER="$ledger" batch results -q --base-url "$base" "$id"
    tells '3 of 3 requests have no answer: the batch was cancelled'
    booked 'what is booked for it' "settled|$id|0"
}

# The state of the ledger's only row, the name the server has for it, and whether it cost anything.
booked() { # WHAT EXPECTED
    local found
    have sqlite3 || { skip 'no sqlite3 to read the ledger with' && return; }
    found=$(sqlite3 "$ledger" \
        'SELECT state, request_id, coalesce(cost, 0) > 0 FROM request')
    same "$1" "$2" "$found"
}
