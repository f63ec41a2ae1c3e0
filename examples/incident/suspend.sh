#!/bin/sh
# Suspends a bot, with a notice if one is given behind its name, or resumes it: without a
# second word. It needs jq; with OpenTofu: TF=tofu.
set -eu
if [ $# -lt 1 ] || [ $# -gt 2 ] || [ -z "$1" ]; then
  echo "usage: $0 BOT NOTICE, with '' for none, or $0 BOT to resume; words with spaces in quotes" >&2
  exit 2
fi
cd "$(dirname "$0")"
file=suspended.auto.tfvars.json
plan=suspend.tfplan
[ -e "$file" ] || echo '{"suspended": {}}' > "$file"
cp "$file" "$file.before"
if [ $# -gt 1 ]; then
  jq --arg bot "$1" --arg notice "$2" '.suspended[$bot] = $notice' "$file.before" > "$file"
else
  # A name that is not written right would resume nobody, and end well. One that is in the
  # state alone is left from a run that failed behind its plan.
  if ! jq -e --arg bot "$1" '.suspended | has($bot)' "$file" > /dev/null &&
    ! "${TF:-terraform}" state list 2> /dev/null | grep -qxF "twiliobot_suspension.bot[\"$1\"]"; then
    rm "$file.before"
    echo "suspend.sh: nothing was done: $1 is not suspended here; suspended are: $(jq -r '.suspended | keys | join(", ")' "$file")" >&2
    exit 1
  fi
  jq --arg bot "$1" 'del(.suspended[$bot])' "$file.before" > "$file"
fi
# Where the plan fails, such as for a name that no bot has, nothing was done, and the file
# stays as it was: the name would make every later run fail too.
"${TF:-terraform}" plan -input=false -out="$plan" || {
  mv "$file.before" "$file"
  echo "suspend.sh: nothing was done, and $file is as it was" >&2
  exit 1
}
rm "$file.before"
"${TF:-terraform}" apply -input=false "$plan"
rm "$plan"
