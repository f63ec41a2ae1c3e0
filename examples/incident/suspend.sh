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
trap 'rm -f "$file.new" "$plan"' EXIT
if [ $# -gt 1 ]; then
  change='.suspended[$bot] = $notice'
else
  change='del(.suspended[$bot])'
  # Another name would resume nobody, and end well. What the state alone has is left from a
  # run that failed behind its plan.
  if jq -e --arg bot "$1" '.suspended | has($bot) | not' "$file" > "$file.new" &&
    ! "${TF:-terraform}" state list 2> /dev/null | grep -qxF "twiliobot_suspension.bot[\"$1\"]"; then
    echo "suspend.sh: nothing was done: $file does not have $1, which was resumed already or has another name" >&2
    exit 1
  fi
fi
# A file that cannot be read, such as after a merge, stays as it is: it says who is suspended.
jq -e --arg bot "$1" --arg notice "${2-}" "$change" "$file" > "$file.new" || {
  echo "suspend.sh: nothing was done: $file is no JSON; mend it first" >&2
  exit 1
}
cp "$file" "$file.before"
mv "$file.new" "$file"
# Where the plan fails, such as for a name that no bot has, nothing was done, and the file
# stays as it was: the name would make every later run fail too.
"${TF:-terraform}" plan -input=false -out="$plan" || {
  mv "$file.before" "$file"
  echo "suspend.sh: nothing was done, and $file is as it was" >&2
  exit 1
}
rm "$file.before"
"${TF:-terraform}" apply -input=false "$plan"
