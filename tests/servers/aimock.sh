# aimock answers as it is told, with the usage it is told, and keeps a journal of what it was sent.

check_aimock() {
    npm_package @copilotkit/aimock 1.43.0 aimock || { skip 'aimock cannot be installed' && return; }
    aimock=$place/node_modules/.bin/llmock
    aimock_fixtures
    aimock_start || return
    aimock_bills
    aimock_refuses
    aimock_journal
    aimock_chaos
}

aimock_start() { # FLAG...
    stop_all
    local port
    port=$(free_port)
    base=http://127.0.0.1:$port/v1 journal=http://127.0.0.1:$port/__aimock/journal
    start aimock "$port" node "$aimock" -p "$port" -h 127.0.0.1 -f "$work/fixtures.json" "$@"
}

aimock_fixtures() {
    cat >"$work/fixtures.json" <<'JSON'
{"fixtures": [
  {"match": {"userMessage": "three words"}, "response": {"content": "one two three",
    "usage": {"prompt_tokens": 123, "completion_tokens": 45, "total_tokens": 168}}},
  {"match": {"userMessage": "a million"}, "response": {"content": "much",
    "usage": {"prompt_tokens": 1000000, "completion_tokens": 500000, "total_tokens": 1500000}}},
  {"match": {"userMessage": "to the cap"}, "response": {"content": "cut here",
    "finishReason": "length",
    "usage": {"prompt_tokens": 5, "completion_tokens": 6, "total_tokens": 11}}},
  {"match": {"userMessage": "unfit"}, "response": {"content": "half",
    "finishReason": "content_filter",
    "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}}},
  {"match": {"userMessage": "wrong key"}, "response": {"status": 401, "error": {
    "message": "Incorrect API key provided", "code": "invalid_api_key"}}},
  {"match": {"userMessage": "no money"}, "response": {"status": 429, "error": {
    "message": "You exceeded your current quota", "code": "insufficient_quota"}}}
]}
JSON
}

# The usage of the server is the bill: on standard error, in the report and in the ledger.
aimock_bills() {
    local how report=$work/report.jsonl ledger=$work/bills.db
    for how in --no-stream --stream; do
        rm -f "$report"
        ends "known usage, $how" 0 GPT_LEDGER="$ledger" \
            chat $how --report "$report" --base-url "$base" -m gpt-4o 'three words'
        prints 'one two three'
        tells 'estimate: 9 prompt + up to 16384 reply tokens, at most $0.163863 (gpt-4o)' \
            'used: 123 prompt + 45 reply tokens, $0.000758'
        same 'the report' "\"usage\":{\"prompt_tokens\":123,\"cached_tokens\":0,$(:
            )\"cache_write_tokens\":0,\"reply_tokens\":45,\"reasoning_tokens\":0,$(:
            )\"exact\":true} \"cost\":0.0007575 " "$(reported "$report")"
    done
    ends 'much usage' 0 GPT_LEDGER="$ledger" chat --base-url "$base" -m gpt-4o 'a million'
    tells 'used: 1000000 prompt + 500000 reply tokens, $7.500000'
    ends 'a cut reply' 9 GPT_LEDGER="$ledger" chat --base-url "$base" -m gpt-4o 'to the cap'
    prints 'cut here'
    tells 'used: 5 prompt + 6 reply tokens, $0.000073'
    ends 'a cut reply that may be' 0 \
        GPT_LEDGER="$ledger" chat --allow-incomplete --base-url "$base" -m gpt-4o 'to the cap'
    ends 'a filtered reply' 9 GPT_LEDGER="$ledger" chat --base-url "$base" -m gpt-4o unfit
    prints half
    aimock_books "$ledger"
}

# The billed tokens and their cost, from the line of a report.
reported() { # FILE
    grep -o '"usage":{[^}]*}\|"cost":[0-9.]*' "$1" | tr '\n' ' '
}

aimock_books() { # LEDGER
    label='the books of these calls' called=sqlite3 code=-
    have sqlite3 || { skip 'no sqlite3 to read the ledger with' && return; }
    same 'what is booked' \
        "settled|server|123|45|757500000 settled|server|123|45|757500000 $(:
        )settled|server|1000000|500000|7500000000000 settled|server|5|6|72500000 $(:
        )settled|server|5|6|72500000 settled|server|1|1|12500000 " \
        "$(sqlite3 "$1" 'SELECT state, usage_source, prompt, reply, cost FROM request ORDER BY id' |
            tr '\n' ' ')"
    ends 'the sum of them' 0 GPT_LEDGER="$1" spend --json
    same 'the sum' '"total":{"requests":6,"cost":7.5016725,"prompt_tokens":1000257' \
        "$(grep -o '"total":{"requests":[0-9]*,"cost":[0-9.]*,"prompt_tokens":[0-9]*' "$out")"
}

aimock_refuses() {
    ends 'a refused key' 5 chat -q --base-url "$base" 'wrong key'
    tells 'Incorrect API key provided'
    ends 'no money' 7 chat -q --base-url "$base" 'no money'
    tells 'You exceeded your current quota'
    ends 'no such answer' 6 chat -q --base-url "$base" 'unheard of'
}

# Exactly this is sent, and nothing else.
aimock_journal() {
    aimock_start || return
    ends 'a call to be looked at' 0 OPENAI_ORG_ID=org-1 OPENAI_PROJECT_ID=proj-2 \
        chat -q --base-url "$base" -s Brief. --temperature 0.70 'three words'
    same 'its body' \
        "{\"model\":\"gpt-5.6-terra\",\"messages\":[{\"role\":\"system\",\"content\":\"Brief.\"},$(:
        ){\"role\":\"user\",\"content\":\"three words\"}],\"temperature\":0.7" \
        "$(curl -s "$journal" | sed 's/.*"body":\(.*\),"_endpointType.*/\1/')"
    same 'its headers' \
        "accept authorization content-length content-type host openai-organization $(:
        )openai-project user-agent " \
        "$(journal_headers)"
    curl -s -o "$work/control" -X DELETE "$journal"
    ends 'a call without a key' 0 OPENAI_API_KEY= \
        chat -q --stream --base-url "$base" 'three words'
    same 'its headers' 'accept content-length content-type host user-agent ' "$(journal_headers)"
}

# The names of the headers in the journal's only entry, but for the one it adds itself.
journal_headers() {
    curl -s "$journal" | sed 's/.*"headers":{\([^}]*\)}.*/\1/' | grep -o '"[a-z-]*":' |
        tr -d '":' | grep -vx x-request-id | sort | tr '\n' ' '
}

# Servers that are broken in one way at every request.
aimock_chaos() {
    aimock_start --chaos-ratelimit 1 && {
        ends 'nothing but 429' 7 chat --retries 1 --base-url "$base" 'three words'
        tells 'trying again' ' 429'
    }
    aimock_start --chaos-drop 1 && {
        ends 'nothing but 500' 8 chat --retries 1 --base-url "$base" 'three words'
        tells 'trying again' ' 500'
    }
    aimock_start --chaos-disconnect 1 && {
        ends 'nothing but closed connections' 8 chat --retries 1 --base-url "$base" 'three words'
        tells 'trying again'
        ends 'closed connections, streaming' 8 \
            chat --stream --retries 1 --base-url "$base" 'three words'
    }
    aimock_start --chaos-malformed 1 && {
        ends 'an answer that is no JSON' 8 chat -q --base-url "$base" 'three words'
        prints_nothing
        ends 'a stream that is no JSON' 8 chat -q --stream --base-url "$base" 'three words'
        prints_nothing
    }
    aimock_start --chaos-latency 3000 && {
        ends 'an answer that is too late' 8 chat -q --timeout 1 --base-url "$base" 'three words'
        ends 'an answer that is late' 0 chat -q --base-url "$base" 'three words'
    }
    aimock_start -c 1 -l 20 && {
        ends 'a slow stream, letter by letter' 0 \
            chat -q --stream --base-url "$base" 'three words'
        prints 'one two three'
    }
}
