#!/usr/bin/env bash
# Judges the checked-out commit against BASE, and then writes the comment: what the changed sentences are, by the same policy. The commit
# is judged, not the files on the disk: attributes of the branch can make git write others.
#
# Reads SINCEWHEN, BASE, FAIL_ON, POLICY_FROM, ACCEPT. Runs in the checkout. Ends with the status of `check`: 0, 1 something found, 2 it could
# not be checked. Where the judgement passes but the comment cannot be written, it ends with 2.
set -euo pipefail
. "$(dirname "$0")/common.sh"

errors="$RUNNER_TEMP/sincewhen-errors.txt"
comment="$RUNNER_TEMP/sincewhen-comment.md"
marker='<!-- sincewhen:pull-request -->'
reason() { head -c 2000 "$errors"; }

# Standard error quotes the pull request, so it goes through a file. The judgement comes first: nothing may keep it from being made.
set +e
"$SINCEWHEN" check --base "$BASE" --head HEAD --policy-from "$POLICY_FROM" --fail-on "$FAIL_ON" ${ACCEPT:+"--accept=$ACCEPT"} \
  --format github 2> "$errors" |
  inert_but_annotations
judged=${PIPESTATUS[0]}
set -e
inert < "$errors" >&2
case "$judged" in
  0 | 1) ;;
  *) annotate error "the commit could not be checked: $(reason)" ;;
esac

written=0
"$SINCEWHEN" changelog "$BASE...HEAD" --policy-from "$POLICY_FROM" --format markdown > "$comment" 2> "$errors" || written=$?
inert < "$errors" >&2
if [ "$written" != 0 ]; then
  annotate error "what the commit changes could not be written: $(reason)"
  printf '%s\n\nsincewhen could not write what this pull request changes; the log of the job has the reason.\n' "$marker" > "$comment"
fi
echo "comment-file=$comment" >> "$GITHUB_OUTPUT"

[ "$judged" = 0 ] || exit "$judged"
[ "$written" = 0 ] || exit 2
