# llama.cpp runs a model, if a small one of random weights: text completions with echo, logprobs and
# streaming, bytes that make no sense, and now and then more tokens than were asked for.

llama_packages=(llama-cpp-python'[server]'==0.3.36 gguf==0.19.0 numpy==2.4.6)

check_llama() {
    local maker=$data/mkgguf.py
    [ -r "$maker" ] || { skip "no $maker" && return; }
    llama_installed || return
    "$place/bin/python" "$maker" "$work/tiny.gguf" >"$work/maker.log" 2>&1 ||
        { skip 'the model cannot be made' && return; }
    llama=$(free_port)
    start llama "$llama" "$place/bin/python" -m llama_cpp.server --model "$work/tiny.gguf" \
        --host 127.0.0.1 --port "$llama" --n_ctx 2048 || return
    base=http://127.0.0.1:$llama/v1
    llama_completes
    llama_chats
}

# It is compiled where that was asked for, or where nobody waits for it.
llama_installed() {
    if [ -e "$cache/llama/.complete" ]; then
        place=$cache/llama
    elif [ -z "${GPT_SERVERS_MODEL:-}${CI:-}" ]; then
        skip 'not compiled; GPT_SERVERS_MODEL=1 does it, in 10 to 15 minutes'
        return 1
    elif ! python_packages llama "${llama_packages[@]}"; then
        skip 'llama-cpp-python cannot be compiled here'
        return 1
    fi
}

# With the same seed and no temperature it says the same each time, whatever that is.
llama_completes() {
    local fixed=(-m tiny --seed 3 --temperature 0 --max-tokens 24 --base-url "$base") whole
    ends 'a completion that is cut' 9 complete "${fixed[@]}" 'hello world'
    tells 'the reply is not complete: it was cut at its cap' 'used: '
    whole=$(llama_text 24 'hello world')
    prints "$whole"
    ends 'the same, allowed' 0 complete -q --allow-incomplete "${fixed[@]}" 'hello world'
    prints "$whole"
    ends 'the same, streaming' 0 complete -q --stream --allow-incomplete "${fixed[@]}" 'hello world'
    prints "$(llama_stream 24 'hello world')"  # which leaves out what is half a character
    ends 'the same as JSON' 0 complete -q --json --allow-incomplete "${fixed[@]}" 'hello world'
    same 'its text' "$whole" "$(json_text <"$out")"
    ends 'an echo' 0 complete -q --echo --allow-incomplete "${fixed[@]}" 'hello world'
    prints "hello world$whole"
    ends 'log probabilities' 0 \
        complete -q --json --logprobs 2 --allow-incomplete "${fixed[@]}" 'hello world'
    grep -q '"top_logprobs": *\[{' "$out" && pass || wrong 'there are none'
    ends 'a stop' 0 complete -q --stream --stop "${whole:3:1}" "${fixed[@]}" 'hello world'
    ends 'two choices' 9 complete -q -N2 "${fixed[@]}" 'hello world'
}

# The text that the server itself gives, as curl gets it.
llama_text() { # TOKENS PROMPT
    curl -s "$base/completions" -H 'Content-Type: application/json' -d "{\"model\":\"tiny\",
        \"prompt\":\"$2\",\"seed\":3,\"temperature\":0,\"max_tokens\":$1}" | json_text
}

llama_stream() { # TOKENS PROMPT
    curl -s "$base/completions" -H 'Content-Type: application/json' -d "{\"model\":\"tiny\",
        \"prompt\":\"$2\",\"seed\":3,\"temperature\":0,\"max_tokens\":$1,\"stream\":true}" |
        "$place/bin/python" -c 'import json, sys
events = (line[6:] for line in sys.stdin if line.startswith("data: {"))
text = "".join(json.loads(event)["choices"][0]["text"] for event in events)
sys.stdout.buffer.write(text.encode().strip(b"\n"))'
}

json_text() {
    "$place/bin/python" -c 'import json, sys
sys.stdout.buffer.write(json.load(sys.stdin)["choices"][0]["text"].encode().strip(b"\n"))'
}

# It knows no max_completion_tokens and goes on, and is cut off by our own count.
llama_chats() {
    local fixed=(-m tiny --seed 3 --temperature 0 --base-url "$base") how
    for how in --no-stream --stream; do
        ends "a chat that is cut, $how" 9 chat $how --max-tokens 9 "${fixed[@]}" hello
        tells 'it was cut at its cap' 'used: '
        ends "a chat without end, $how" 9 \
            chat $how --max-tokens 9 --max-tokens-field new "${fixed[@]}" hello
        tells 'the server ignored its cap and was cut off there'
    done
    tells '+ ~9 reply tokens'
    ends 'over its context' 6 chat -q --max-tokens 5 "${fixed[@]}" -f "$here/checks.sh"
}
