#!/bin/sh
# luukku test and luukku chat as commands: exit statuses, messages, and what a pipe sees.   commands.sh PROGRAM KB
set -u
program=$1 kb=$2
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
export XDG_STATE_HOME="$folder/state" LUUKKU_KB="$kb"
failed=0

# expect WHAT STATUS GOT-STATUS
expect() {
  if [ "$2" -ne "$3" ]; then
    echo "$1: exit status $3, not $2"
    failed=1
  fi
}
# shows WHAT PATTERN FILE
shows() {
  if ! grep -q -e "$2" "$3"; then
    echo "$1: no $2 in:"
    cat "$3"
    failed=1
  fi
}

printf '> moi\n< act chat\n' >"$folder/good.txt"
"$program" test "$folder/good.txt" >"$folder/out" 2>"$folder/err"
expect "a conversation that goes as written" 0 $?
shows "its summary" '^1 passed, 0 failed$' "$folder/out"

printf '# note\n> moi\n< act handoff\n' >"$folder/wrong.txt"
"$program" test "$folder/good.txt" "$folder/wrong.txt" >"$folder/out" 2>"$folder/err"
expect "a conversation that differs" 1 $?
shows "its summary" '^1 passed, 1 failed$' "$folder/out"
shows "its place" "wrong.txt:3: error: " "$folder/err"
shows "what was expected" 'expected  act handoff' "$folder/err"
shows "what came" 'got       act chat' "$folder/err"
shows "why" '^Decided' "$folder/err"

printf '> moi\nmoi\n' >"$folder/broken.txt"
"$program" test "$folder/broken.txt" >"$folder/out" 2>"$folder/err"
expect "a file that is no script" 2 $?
shows "its place" "broken.txt:2: error: .*; " "$folder/err"

printf '> moi\n< mood good\n' >"$folder/word.txt"
"$program" test "$folder/word.txt" >"$folder/out" 2>"$folder/err"
expect "an expectation that there is not" 1 $?
shows "its place" 'word.txt:2: error: there is no such expectation; ' "$folder/err"

"$program" test "$folder/nowhere" >"$folder/out" 2>"$folder/err"
expect "a path that there is not" 2 $?
"$program" test >"$folder/out" 2>"$folder/err"
expect "no path" 2 $?
mkdir "$folder/empty"
"$program" test "$folder/empty" >"$folder/out" 2>"$folder/err"
expect "a folder without conversations" 2 $?

printf 'moi\nperu tilaus 100148\n00100\nkyllä\n:save %s\n' "$folder/saved.txt" | "$program" chat --now "2026-11-18 12:00" >"$folder/out" 2>"$folder/err"
expect "a conversation through a pipe" 0 $?
shows "the confirmation's choices" '^  1. Kyllä$' "$folder/out"
if grep -q "$(printf '\033')" "$folder/out" || grep -q '^> ' "$folder/out"; then
  echo "a pipe sees prompts or escape codes"
  failed=1
fi
"$program" test "$folder/saved.txt" >"$folder/out" 2>"$folder/err"
expect "a recorded conversation, played" 0 $?
shows "what is recorded" '< messages done-cancel' "$folder/saved.txt"

printf 'tilaus 100234 tilanne\n00100\nhaluan puhua ihmiselle\n' | "$program" chat --db "$folder/wrong.txt" >"$folder/out" 2>"$folder/err"
expect "a conversation on a file that is no database" 0 $?
shows "the order's status" 'JJFI' "$folder/out"
if [ "$(grep -c 'cannot be kept' "$folder/err")" -ne 1 ]; then
  echo "a database that cannot be used is not told about once:"
  cat "$folder/err"
  failed=1
fi
"$program" chat --now yesterday </dev/null >"$folder/out" 2>"$folder/err"
expect "a time that is none" 2 $?

exit $failed
