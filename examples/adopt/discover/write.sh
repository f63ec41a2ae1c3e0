#!/bin/sh
# Writes the files that discover/ has found, beside it. Run it where main.tf is, once
# `terraform -chdir=discover apply` is done. It needs jq; with OpenTofu: TF=tofu. A file that it
# wrote before and that differs by now is kept as NAME.old.
set -eu
umask 077
files=$("${TF:-terraform}" -chdir=discover output -json files)
names=$(printf '%s' "$files" | jq -er 'keys[]') || {
  echo "write.sh: ${TF:-terraform} output is no JSON of files; apply discover/ first" >&2
  exit 1
}
mkdir -p bots
printf '%s\n' "$names" | while read -r name; do
  printf '%s' "$files" | jq -j --arg name "$name" '.[$name]' > "$name.new"
  if [ -e "$name" ] && ! cmp -s "$name" "$name.new"; then
    mv -f "$name" "$name.old"
    echo "write.sh: $name differs from what there is now; what it was is in $name.old" >&2
  fi
  mv -f "$name.new" "$name"
done
echo "Wrote $(printf '%s\n' "$names" | sed 's|/.*|/|' | sort -u | paste -sd , - | sed 's/,/, /g')."
