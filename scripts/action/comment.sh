#!/usr/bin/env bash
# Where COMMENT is `true`: puts FILE into a comment on pull request NUMBER of REPOSITORY, the one that AUTHOR wrote before, else a new one.
#
# Anybody can write the marker into a comment, so only AUTHOR's comments are taken for this action's. The token of a pull request from a
# fork (HEAD_REPOSITORY) or of Dependabot (ACTOR) cannot write; the comment then goes into the job's summary. Reads also TOKEN and
# GITHUB_API_URL.
set -euo pipefail
. "$(dirname "$0")/common.sh"

[ "$COMMENT" = true ] || exit 0
if [ -z "$NUMBER" ]; then
  echo "no comment: this event is not about a pull request"
  exit 0
fi

marker='<!-- sincewhen:pull-request -->'
answer="$RUNNER_TEMP/sincewhen-answer.json"
body="$RUNNER_TEMP/sincewhen-body.json"
issues="$GITHUB_API_URL/repos/$REPOSITORY/issues"

# request METHOD URL [curl's arguments]: sets `status` to the HTTP status; the answer is in $answer. No argument list has the token.
request() {
  local method=$1 url=$2
  shift 2
  status=$(printf 'header = "Authorization: Bearer %s"\n' "$TOKEN" |
    curl --config - --silent --show-error --max-time 60 --request "$method" --header 'Accept: application/vnd.github+json' \
      --output "$answer" --write-out '%{http_code}' "$@" "$url") || refuse "$url cannot be reached"
}

failed() {
  refuse "$1: the server answered $status ($(jq -r '.message? // empty' "$answer" 2> /dev/null | head -c 300)). The token needs \
'pull-requests: write'"
}

if [ -z "$FILE" ]; then
  FILE="$RUNNER_TEMP/sincewhen-comment.md"
  printf '%s\n\nsincewhen did not get as far as judging this pull request; the log of the job has the reason.\n' "$marker" > "$FILE"
fi

known=
page=1
while [ -z "$known" ]; do
  request GET "$issues/$NUMBER/comments?per_page=100&page=$page"
  [ "$status" = 200 ] || failed "the comments of the pull request cannot be read"
  known=$(jq -r --arg marker "$marker" --arg author "$AUTHOR" \
    'map(select(.user.login == $author and (.body | startswith($marker))))[0].id // empty' "$answer")
  [ "$(jq length "$answer")" = 100 ] || break
  page=$((page + 1))
done

jq -Rs '{body: .}' < "$FILE" > "$body"
if [ -n "$known" ]; then
  request PATCH "$issues/comments/$known" --data-binary "@$body"
else
  request POST "$issues/$NUMBER/comments" --data-binary "@$body"
fi
case "$status" in
  200 | 201) ;;
  403 | 404)
    [ "$HEAD_REPOSITORY" != "$REPOSITORY" ] || [ "$ACTOR" = 'dependabot[bot]' ] || failed "the comment cannot be written"
    annotate notice "the token of this pull request cannot write comments; the comment is in the job's summary"
    cat "$FILE" >> "$GITHUB_STEP_SUMMARY"
    ;;
  *) failed "the comment cannot be written" ;;
esac
