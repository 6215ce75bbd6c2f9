# Brings what the checks need into the cache, once a version; each function is true when it is
# there. When two runs meet, one installs and the other waits for it.

have() { command -v "$1" >/dev/null; }

# npm_package PACKAGE VERSION FOLDER
npm_package() {
    have node && have npm || return 1
    installed "$3-$2" npm_install "$1@$2"
    place=$cache/$3-$2
}

npm_install() { # FOLDER PACKAGE
    mkdir -p "$1" && cd "$1" && npm i --silent --no-audit --no-fund "$2"
}

# python_packages FOLDER PACKAGE...
python_packages() {
    local folder=$1
    shift
    have python3 || return 1
    installed "$folder" pip_install "$@"
    place=$cache/$folder
}

pip_install() { # FOLDER PACKAGE...
    local folder=$1
    shift
    python3 -m venv "$folder" &&
        timeout -k 9 1800 "$folder/bin/pip" install -q --disable-pip-version-check --no-input "$@"
}

# installed FOLDER COMMAND...: runs `COMMAND CACHE/FOLDER ...` unless it once succeeded.
installed() {
    local folder=$cache/$1 log=$cache/$1.log how=$2
    shift 2
    [ -e "$folder/.complete" ] && return
    (
        flock 9
        [ -e "$folder/.complete" ] && exit
        echo "  installing ${folder##*/}"
        rm -rf "$folder"
        ("$how" "$folder" "$@") >"$log" 2>&1 && touch "$folder/.complete" && exit
        tail -n 5 "$log" | sed 's/^/    /'
        exit 1
    ) 9>"$folder.lock"
}

# A program of the system, from the package of its name if need be.
system_program() {
    have "$1" && return
    [ "$(id -u)" -eq 0 ] && have apt-get || return 1
    echo "  installing $1"
    (
        flock 9
        export DEBIAN_FRONTEND=noninteractive
        apt-get install -y -qq "$1" && exit
        apt-get update -qq
        apt-get install -y -qq "$1"
    ) >"$cache/apt.log" 2>&1 9>"$cache/apt.lock"
    have "$1"
}
