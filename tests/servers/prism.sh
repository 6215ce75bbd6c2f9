# Prism holds requests against OpenAI's own specification: every option alone, every two of them,
# and many together. It checks the shape of requests; its answers are the specification's examples.

check_prism() {
    local specification=$data/openapi.json
    [ -r "$specification" ] || { skip "no $specification" && return; }
    npm_package @stoplight/prism-cli 5.14.2 prism || { skip 'Prism cannot be installed' && return; }
    prism=$(free_port)
    start prism "$prism" node "$place/node_modules/.bin/prism" mock --errors \
        -h 127.0.0.1 -p "$prism" "$specification" || return
    base=http://127.0.0.1:$prism/v1
    prism_inputs
    prism_judges
    prism_bodies chat chat/completions 300 "${chat_options[@]}"
    prism_bodies complete completions 200 "${complete_options[@]}"
    prism_caps
    prism_answers
}

# An option a line, its words set apart by bars.
prism_inputs() {
    local files=$work/prism.files
    mkdir -p "$files"
    echo 'Answer in one word.' >"$files/system"
    printf 'zwei\nZeilen, "quoted", \\ and \t tab, 日本語 🙂\n' >"$files/note"
    echo '[{"role":"user","content":"one"},{"role":"assistant","content":"two"}]' >"$files/messages"
    echo '{"role":"developer","name":"boss","content":[{"type":"text","text":"x"}]}' >"$files/lines"
    echo '{"type":"object","properties":{"a":{"type":"string"}},"required":["a"],
        "additionalProperties":false}' >"$files/schema"
    base64 -d >"$files/dot.png" <<<'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4
z8DwHwAFAAH/iZk9HQAAAABJRU5ErkJggg=='
    local common=(
        "--file|$files/note" '--temperature|0.70' '--temperature|2' '--top-p|0' '--stop|END'
        '--stop|a|--stop|b|--stop|c|--stop|d' '--seed|-7' '-N|2' '--max-tokens|50'
        '--max-tokens|50|--max-tokens-field|legacy' '--max-cost|0.5' '--stream' '--json'
        '-o|user=me' '-o|presence_penalty=0.5' '-o|frequency_penalty=-2'
        '-o|logit_bias={"50256":-100}' '-m|gpt-4o'
    )
    chat_options=(
        "${common[@]}" '--system|Be brief.' "--system-file|$files/system"
        "--attach|$files/dot.png" "--attach|$files/dot.png|--attach|$files/dot.png"
        "--messages|$files/messages" "--messages|$files/lines" "--schema|$files/schema"
        '--max-tokens|50|--max-tokens-field|new' '-m|gpt-3.5-turbo' '-m|gpt-5.6-sol'
        '-o|reasoning_effort=low' '-o|service_tier=flex' '-o|metadata={"a":"b"}'
        '-o|store=false' '-o|logprobs=true|-o|top_logprobs=3' '-o|verbosity=low'
        '-o|tools=[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}}]'
    )
    complete_options=(
        "${common[@]}" '--suffix|the end' '--echo' '--logprobs|3' '--best-of|3'
        '-m|gpt-3.5-turbo-instruct' '-m|davinci-002'
    )
}

# A judge that lets everything pass would prove nothing.
prism_judges() {
    local field
    for field in temperature=hot n=0 'messages=[]' 'messages=[{"role":"boss"}]' stop=7 \
        'logprobs="yes"' 'response_format={"type":"json_schema"}'; do
        ends "refuses $field" 6 chat -q --base-url "$base" -o "$field" hello
        tells ' 422'
    done
    ends 'wants a key' 5 OPENAI_API_KEY= chat -q --base-url "$base" hello
}

# prism_bodies COMMAND ENDPOINT SAMPLES OPTION...
prism_bodies() {
    local command=$1 endpoint=$2 samples=$3 first second each
    shift 3
    local -a options=("$@") chosen
    prism_body "$command" "$endpoint" ''
    for first in "${options[@]}"; do
        prism_body "$command" "$endpoint" "$first"
        prism_sends "$command" "$first"
    done
    for ((first = 0; first < $#; first++)); do
        for ((second = first + 1; second < $#; second++)); do
            go_together "${options[first]}" "${options[second]}" &&
                prism_body "$command" "$endpoint" "${options[first]}" "${options[second]}"
        done
    done
    RANDOM=7
    for ((; samples > 0; samples--)); do
        chosen=()
        for first in "${options[@]}"; do
            [ $((RANDOM % 2)) -eq 0 ] && continue
            for each in "${chosen[@]}"; do go_together "$each" "$first" || continue 2; done
            chosen+=("$first")
        done
        prism_body "$command" "$endpoint" "${chosen[@]}"
    done
}

# Whether two options may be given at once: not when they are two values of one thing.
go_together() {
    case "${1%%|*} ${2%%|*}" in
    '-o -o') [ "${1%%=*}" != "${2%%=*}" ] ;;
    '--system --system-file' | '--stream --best-of') return 1 ;;
    '--attach -m') [ "$2" != '-m|gpt-3.5-turbo' ] ;;  # it sees no pictures
    *) [ "${1%%|*}" != "${2%%|*}" ] ;;
    esac
}

# The body that --dry-run prints, sent by curl.
prism_body() { # COMMAND ENDPOINT OPTION...
    local command=$1 endpoint=$2 status words=()
    shift 2
    IFS='|' read -ra words <<<"$(IFS='|' && echo "$*")"
    label="the body of $command $*"
    call "$command" --dry-run "${words[@]}" 'say "hello"'
    status=$(curl -s -o "$err" -w '%{http_code}' -H 'Content-Type: application/json' \
        -H "Authorization: Bearer x" --data-binary @"$out" "$base/$endpoint")
    if [ "$code" -eq 0 ] && [ "$status" = 200 ]; then pass; else wrong "the server says $status"; fi
}

# Unknown fields pass, so these are looked at: which field carries the cap.
prism_caps() {
    ends 'the cap of a chat' 0 chat --dry-run --max-tokens 9 hi
    prints '{"model":"gpt-5.6-terra","messages":[{"role":"user","content":"hi"}],"max_completion_tokens":9}'
    ends 'the cap of an older chat' 0 chat --dry-run --max-tokens 9 -m gpt-3.5-turbo hi
    prints '{"model":"gpt-3.5-turbo","messages":[{"role":"user","content":"hi"}],"max_tokens":9}'
    ends 'the cap of a completion' 0 complete --dry-run --max-tokens 9 hi
    prints '{"model":"gpt-5.6-terra","prompt":"hi","max_tokens":9}'
}

# The same sent by the program: chat's example answer is a text with a refusal, a completion's is
# whole.
prism_sends() { # COMMAND OPTION
    local command=$1 words=() expected=9 text=stringstring
    [ "$command" = complete ] && expected=0 text=string
    case $2 in
    --stream) return ;;       # it makes no events
    '-N|2') expected=9 ;;     # its example has one choice
    esac
    IFS='|' read -ra words <<<"$2"
    ends "$command $2" "$expected" "$command" -q --base-url "$base" "${words[@]}" 'say "hello"'
    case $2 in
    --json) ;;
    *) prints "$text" ;;
    esac
}

# The statuses of the specification, and answers that hold to its types and to nothing else.
prism_answers() {
    local round
    ends 'a rate limit' 7 chat --retries 1 --base-url "$base?__code=429" hello
    tells 'trying again in 1.0 s' 'answered 429: string'
    for round in {1..25}; do
        label="answer $round that only the types hold"
        call chat -q --json --base-url "$base?__dynamic=true" hello
        case $code in
        0 | 8 | 9) pass ;;
        *) wrong 'exit code neither 0 nor 8 nor 9' ;;
        esac
    done
}
