#!/bin/sh
# Writes the files that discover/ has found, beside it. Run it where main.tf is, once
# `terraform -chdir=discover apply` is done. It needs jq; with OpenTofu: TF=tofu.
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
  # What was edited since the last time is not lost.
  if [ -e "$name" ] && ! cmp -s "$name" "$name.new"; then
    mv "$name" "$name.before"
    echo "write.sh: $name is another now; the earlier one is $name.before"
  fi
  mv "$name.new" "$name"
done
