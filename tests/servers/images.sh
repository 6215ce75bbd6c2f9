# Pictures from real servers: aimock answers with base64 or with addresses, takes edits as forms and
# sends no usage; Prism holds requests against OpenAI's specification; llmock answers with `data:` addresses or base64 that hold SVG, and knows no edits.

check_images() {
    pictures=$work/pictures
    mkdir -p "$pictures"
    # One pixel.
    png=iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5
    png=${png}ErkJggg==
    base64 -d <<<"$png" >"$pictures/dot.png"
    cp "$pictures/dot.png" "$pictures/dot.txt"
    echo '<html>sign in</html>' >"$pictures/page.png"
    images_aimock
    images_prism
    images_llmock
}

# What the last call printed, byte for byte.
prints_file() { # FILE
    if cmp -s "$out" "$1"; then pass; else wrong "it did not print what $1 holds"; fi
}

holds() { # FILE EXPECTED
    if cmp -s "$1" "$2"; then pass; else wrong "$1 does not hold what $2 does"; fi
}

images_aimock() {
    npm_package @copilotkit/aimock 1.43.0 aimock || { skip 'aimock cannot be installed' && return; }
    have python3 || { skip 'no python3 to serve pictures with' && return; }
    local port store
    port=$(free_port)
    start store "$port" python3 -m http.server --bind 127.0.0.1 --directory "$pictures" "$port" ||
        return
    store=http://127.0.0.1:$port
    images_fixtures "$store"
    port=$(free_port)
    base=http://127.0.0.1:$port/v1 journal=http://127.0.0.1:$port/__aimock/journal
    start aimock.images "$port" node "$place/node_modules/.bin/llmock" -p "$port" -h 127.0.0.1 \
        -f "$work/images.json" || return
    images_answers
    images_addresses
    images_edits
    images_memory
}

images_fixtures() { # STORE
    cat >"$work/images.json" <<JSON
{"fixtures": [
  {"match": {"userMessage": "a dot", "endpoint": "image"},
    "response": {"image": {"b64Json": "$png"}}},
  {"match": {"userMessage": "two dots", "endpoint": "image"},
    "response": {"images": [{"b64Json": "$png"}, {"url": "$1/dot.png"}]}},
  {"match": {"userMessage": "elsewhere", "endpoint": "image"},
    "response": {"image": {"url": "$1/dot.txt"}}},
  {"match": {"userMessage": "a page", "endpoint": "image"},
    "response": {"image": {"url": "$1/page.png"}}},
  {"match": {"userMessage": "lost", "endpoint": "image"},
    "response": {"image": {"url": "$1/lost.png"}}},
  {"match": {"userMessage": "a secret", "endpoint": "image"},
    "response": {"image": {"url": "file:///etc/passwd"}}},
  {"match": {"userMessage": "metadata", "endpoint": "image"},
    "response": {"image": {"url": "http://169.254.169.254/latest/meta-data"}}},
  {"match": {"userMessage": "half", "endpoint": "image"},
    "response": {"image": {"b64Json": "${png:0:60}"}}},
  {"match": {"userMessage": "indecent", "endpoint": "image"},
    "response": {"status": 400, "error": {
      "message": "Your request was rejected", "code": "moderation_blocked"}}}
]}
JSON
}

images_answers() {
    local cheap='-m gpt-image-1.5 --quality low --size 1024x1024'
    ends 'a picture in base64' 0 image $cheap --base-url "$base" 'a dot'
    prints_file "$pictures/dot.png"
    tells 'picture of 272 tokens, at most $0.009' 'used: 1 picture, $0.009000'
    ends 'two pictures, one of them at an address' 0 \
        image $cheap -N2 -O "$work/made-%d" --base-url "$base" 'two dots'
    prints "$work/made-1.png"$'\n'"$work/made-2.png"
    holds "$work/made-1.png" "$pictures/dot.png"
    holds "$work/made-2.png" "$pictures/dot.png"
    ends 'a file that exists' 2 image -q $cheap -O "$work/made-1.png" --base-url "$base" 'a dot'
    tells 'exists; --force overwrites it; nothing was sent'
    ends 'half a picture' 9 image -q $cheap -O "$work/half.png" --base-url "$base" half
    same 'whether there is a file' no "$([ -e "$work/half.png" ] && echo yes || echo no)"
    ends 'a prompt that is refused' 6 image -q --base-url "$base" indecent
    tells 'Your request was rejected' moderation_blocked
    ends 'what it answers, as it is' 0 image -q --json --base-url "$base" 'a dot'
    same 'the base64' "$png" "$(grep -o '"b64_json":"[^"]*"' "$out" | cut -d'"' -f4)"
}

images_addresses() {
    ends 'a picture at an address, of another name' 0 image -q --base-url "$base" elsewhere
    prints_file "$pictures/dot.png"
    ends 'a page at an address' 8 image -q --base-url "$base" 'a page'
    tells 'what came as a picture is HTML'
    prints_nothing
    ends 'a picture that is not there' 8 image -q --base-url "$base" lost
    tells ' answered 404' "its address is $store/lost.png"
    ends 'a file of ours' 8 image -q --base-url "$base" 'a secret'
    prints_nothing
    ends 'an address that only we can reach' 8 image -q --base-url "$base" metadata
    tells 'it is on a private network, where the API is not'
}

images_edits() {
    ends 'an edit' 0 image -q --base-url "$base" --edit "$pictures/dot.png" \
        --mask "$pictures/dot.png" 'a dot'
    prints_file "$pictures/dot.png"
    same 'where it went' /v1/images/edits \
        "$(curl -s "$journal" | grep -o '"path":"[^"]*"' | tail -n 1 | cut -d'"' -f4)"
    input=$pictures/dot.png ends 'an edit of standard input' 0 \
        image -q --base-url "$base" --edit - 'a dot'
    prints_file "$pictures/dot.png"
}

# Ten pictures of 4 MB, written to files or in the server's own words, and an edit of one of 9 MB, which is held once.
images_memory() {
    label='memory' called='gpt image' code=- out=/dev/null err=/dev/null
    python3 - "$pictures" "$work/large.json" <<'PY'
import base64, json, sys
pictures, fixtures = sys.argv[1:]
dot = open(pictures + "/dot.png", "rb").read()
open(pictures + "/large.png", "wb").write(dot + bytes(9_000_000))
picture = lambda content: {"b64Json": base64.b64encode(content).decode()}
ten = [picture(dot + bytes(4_000_000))] * 10
match = lambda word: {"userMessage": word, "endpoint": "image"}
json.dump({"fixtures": [
    {"match": match("ten"), "response": {"images": ten}},
    {"match": match("one"), "response": {"image": picture(dot)}},
]}, open(fixtures, "w"))
PY
    local port
    port=$(free_port)
    base=http://127.0.0.1:$port/v1
    start aimock.large "$port" node "$place/node_modules/.bin/llmock" -p "$port" -h 127.0.0.1 \
        -f "$work/large.json" || return
    stays_within 64 image -q -N10 -O "$work/large-%d" --base-url "$base" ten
    stays_within 64 image -q -N10 --json --base-url "$base" ten
    stays_within 24 image -q --edit "$pictures/large.png" --base-url "$base" one
}

# stays_within MIB ARGUMENT...: the call takes no more memory, and succeeds.
stays_within() {
    local most=$1 peak
    shift
    called="gpt $*"
    peak=$(env -i PATH="$PATH" HOME="$work/home" python3 - "$program" "$@" <<'PY'
import os, subprocess, sys
child = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
_, status, usage = os.wait4(child.pid, 0)
print(usage.ru_maxrss if status == 0 else "failed")
PY
    )
    if [[ $peak =~ ^[0-9]+$ ]] && [ "$peak" -le $((most * 1024)) ]; then
        pass
    else
        wrong "it took $peak KiB, and $most MiB are allowed"
    fi
}

# Every option is one that the specification knows. With `--json`, for its pictures are none; of
# several it answers with one.
images_prism() {
    [ -r "$data/openapi.json" ] || { skip "no $data/openapi.json" && return; }
    npm_package @stoplight/prism-cli 5.14.2 prism || { skip 'Prism cannot be installed' && return; }
    local port option all
    port=$(free_port)
    start prism.images "$port" node "$place/node_modules/.bin/prism" mock --errors \
        -h 127.0.0.1 -p "$port" "$data/openapi.json" || return
    base=http://127.0.0.1:$port/v1
    for option in '' '-N 2' '--size 1024x1536' '--size auto' '--quality low' \
        '--background transparent' '--format webp' '-o moderation=low' '-m dall-e-3' \
        '-o output_compression=50' '-N 3 --size 1024x1024 --quality high --format jpeg'; do
        all=0
        [[ $option != -N* ]] || all=9
        ends "making, $option" "$all" image -q --json $option --base-url "$base" 'a dot'
        ends "editing, $option" "$all" \
            image -q --json $option --edit "$pictures/dot.png" --base-url "$base" 'a dot'
    done
    ends 'editing with a mask' 0 image -q --json --edit "$pictures/dot.png" \
        --mask "$pictures/dot.png" --base-url "$base" 'a dot'
    for option in quality=7 n=11 size=7 output_format=tiff; do
        ends "refuses $option" 6 image -q --json -o "$option" --base-url "$base" 'a dot'
    done
}

images_llmock() {
    python_packages llmock-0.2.2 llmock==0.2.2 || { skip 'llmock cannot be installed' && return; }
    local port
    port=$(free_port)
    base=http://127.0.0.1:$port/v1
    start llmock.images "$port" "$place/bin/llmock" serve --port "$port" || return
    ends 'an SVG in its address' 0 image -q -m m -O "$work/svg" --base-url "$base" 'a cat'
    prints "$work/svg.svg"
    same 'its beginning' '<svg' "$(head -c 4 "$work/svg.svg")"
    ends 'an SVG in base64' 0 image -q -m m -o response_format=b64_json --base-url "$base" 'a cat'
    prints_file "$work/svg.svg"
    ends 'a server that knows no edits' 6 image -q -m m --edit "$pictures/dot.png" \
        --base-url "$base" 'a cat'
}
