#!/usr/bin/env bash
# Arrows point down: each folder of engine/ includes private headers only of the folders that its CMakeLists names, and third-party headers only where they belong.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
status=0
complain() {
  echo "error: $1" >&2
  status=1
}

for list in engine/*/CMakeLists.txt; do
  folder=$(basename "$(dirname "$list")")
  sees=" $folder $(tr '\n' ' ' <"$list" | sed -n 's/.*SEES \([a-z ]*\).*/\1/p') "
  while IFS=: read -r file line include; do
    seen=$(sed -n 's/.*#include "\([a-z]*\)\/.*/\1/p' <<<"$include")
    [ "$seen" != luukku ] || continue
    [ -d "engine/$seen" ] || continue
    [[ $sees == *" $seen "* ]] || complain "$file:$line: engine/$folder may not see engine/$seen; its CMakeLists.txt does not name it"
  done < <(grep -rnE '^#include "[a-z]+/' "engine/$folder" --include='*.[ch]')
done

# header pattern → the only places where it may be included
only_in() {
  local pattern=$1 file
  shift
  while read -r file; do
    local fine=false place
    for place in "$@"; do [[ $file == $place/* ]] && fine=true; done
    $fine || complain "$file: includes <$pattern>, which belongs in $*"
  done < <(grep -rlE "^#include <($pattern)" engine tools --include='*.[ch]')
}
only_in 'libxml/' engine/kb engine/edit tools
only_in 'libvoikko/|libstemmer' engine/text
only_in 'utf8proc' engine/text engine/orders
only_in 'sqlite3' engine/orders engine/store tools/serve
only_in 'microhttpd' tools
only_in 'readline/' tools
only_in 'jansson' engine/orders engine/edit tools
only_in 'cmark' engine/edit
only_in 'curl/' engine/orders/http tools
only_in 'sodium' engine/orders engine/store tools

# The tools see the public face only.
while IFS=: read -r file line include; do
  complain "$file:$line: tools see include/luukku only: $include"
done < <(grep -rnE '^#include "(base|text|kb|search|nlu|orders|desk|store|dialogue|stats|edit|gaps)/' tools --include='*.[ch]')
exit $status
