#!/bin/sh
# Suspends a bot, with a notice if one is given behind its name, or resumes it: without a
# second word. It needs jq; with OpenTofu: TF=tofu.
set -eu
cd "$(dirname "$0")"
file=suspended.auto.tfvars.json
[ -e "$file" ] || echo '{"suspended": {}}' > "$file"
if [ $# -gt 1 ]; then
  jq --arg bot "$1" --arg notice "$2" '.suspended[$bot] = $notice' "$file" > "$file.new"
else
  jq --arg bot "$1" 'del(.suspended[$bot])' "$file" > "$file.new"
fi
mv "$file.new" "$file"
"${TF:-terraform}" apply -auto-approve -input=false
