#!/bin/sh
# Runs the CLI of the acceptance tests, $TEST_CLI, but not where the test driver has no
# use for what it would do or print.
case "$*" in
# Asked for twice in every test case.
'version -json')
	exec cat "$TEST_CLI_VERSION"
	;;
# The providers run already. Modules, and providers of a registry, would be installed.
'init '*)
	grep -Eqs '^[[:space:]]*(module|required_providers|backend|cloud)([^[:alnum:]_]|$)' ./*.tf || exit 0
	;;
# The status reports whether the plan is empty, by -detailed-exitcode.
'plan '*' -detailed-exitcode '*)
	status=0
	"$TEST_CLI" "$@" || status=$?
	if [ $status = 0 ]; then : > plan-is-empty; else rm -f plan-is-empty; fi
	exit $status
	;;
# Every plan with changes is shown as text, for a log that nobody asked for. A test that
# fails on a plan shows it as JSON first, and then as text, for its message.
'show -json -no-color '*)
	for plan; do :; done
	if [ -e plan-is-empty ] && grep -qs "$TEST_CLI_PLANS_UNREAD" ./*.tf; then
		echo '{"format_version":"1.2"}'
		exit 0
	fi
	: > "$plan.json-shown"
	;;
'show -no-color '*)
	for plan; do :; done
	[ "$plan.json-shown" -nt "$plan" ] || exit 0
	;;
esac
exec "$TEST_CLI" "$@"
