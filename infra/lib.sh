# shellcheck shell=bash
# What infra/deploy and infra/teardown share. They set dry_run and yes.
: "${dry_run:=no}" "${yes:=no}"

say() { printf '\n== %s\n' "$1"; }

fail() {
    printf '%s\n' "$1" >&2
    exit "${2:-1}"
}

usage_error() {
    printf '%s\nSee: %s --help\n' "$1" "$0" >&2
    exit 2
}

need() { command -v "$1" >/dev/null || fail "$1 is not there: install $2 and run this again."; }

# The comment at the head of the script is its help.
print_help() { sed -n '2,/^[^#]/{/^#/{s/^# \{0,1\}//;p}}' "$0"; }

# Says a command that changes something, then runs it; with --dry-run only says it. No secret is ever an argument.
run() {
    printf '+'
    printf ' %q' "$@"
    printf '\n'
    [ "$dry_run" = yes ] || "$@"
}

# Asks Azure; with --dry-run nothing is asked, and the answer is the name of what would have been.
ask() {
    local placeholder=$1
    shift
    if [ "$dry_run" = yes ]; then
        printf '%s\n' "$placeholder"
    else
        "$@"
    fi
}

confirm() {
    [ "$yes" = yes ] || [ "$dry_run" = yes ] || {
        local answer
        read -r -p "$1 Type 'yes' to go on: " answer
        [ "$answer" = yes ] || fail 'Nothing was done.'
    }
}
