#!/bin/sh
# Runs the CLI of the acceptance tests, $TEST_CLI, but not where the test driver has no
# use for what it would print: that is more than one process in four.
case "$*" in
# Asked for twice in every test case.
'version -json')
	exec cat "$TEST_CLI_VERSION"
	;;
# Nothing is to install: the providers are attached, and no configuration has modules.
'init -no-color -input=false -backend=true -get=true -upgrade=true')
	exit 0
	;;
# Every plan with changes is shown as text, for a log that nobody asked for. A test that
# fails on a plan shows it as JSON first, and then as text, for its message.
'show -json -no-color '*)
	for plan; do :; done
	: > "$plan.json-shown"
	;;
'show -no-color '*)
	for plan; do :; done
	[ "$plan.json-shown" -nt "$plan" ] || exit 0
	;;
esac
exec "$TEST_CLI" "$@"
