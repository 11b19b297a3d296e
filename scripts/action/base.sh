#!/usr/bin/env bash
# Finds the commit that the checked-out one is judged against, and writes it to the step's output `base`.
#
# Whatever would make the comparison smaller than the event calls for (a clone without the history, another commit checked out, a
# push that rewrote the branch, an event without a base) ends the job: a gate that checks less must not look like one that checks.
#
# Reads EVENT, BASE (the input), PULL_REQUEST_HEAD, PULL_REQUEST_BASE, BASE_BRANCH, MERGE_GROUP_HEAD, MERGE_GROUP_BASE, BEFORE
# and GITHUB_SHA. Runs in the checkout; nothing of the checkout is run.
set -euo pipefail
. "$(dirname "$0")/common.sh"

commit() { git rev-parse --verify --quiet --end-of-options "$1^{commit}"; }
contains() { git merge-base --is-ancestor "$2" "$1" 2> /dev/null; } # contains COMMIT ANCESTOR

from_input() {
  base=$(commit "$BASE" || commit "refs/remotes/origin/$BASE") ||
    refuse "the input 'base' names '$BASE', and this clone has no such commit"
}

# The event's `base.sha` is where the base branch was when the pull request was opened or last pushed to. What has been merged since
# then is in GitHub's merge commit too, and would be blamed on this pull request; so the merge commit's own first parent is the base.
from_pull_request() {
  local branch
  branch=$(commit "refs/remotes/origin/$BASE_BRANCH") || branch=
  if [ "$head" = "$PULL_REQUEST_HEAD" ]; then
    # The branch itself is checked out; `check` takes the merge base with what is given here.
    base=${branch:-$(commit "$PULL_REQUEST_BASE")} ||
      refuse "this clone has neither the branch '$BASE_BRANCH' nor its commit $PULL_REQUEST_BASE; set 'fetch-depth: 0'"
  elif [ "$(commit 'HEAD^2')" = "$PULL_REQUEST_HEAD" ] &&
    { [ "$head" = "$GITHUB_SHA" ] || { [ -n "$branch" ] && contains "$branch" 'HEAD^1'; }; }; then
    base=$(commit 'HEAD^1')
  else
    refuse "the commit checked out, $head, is neither the head of the pull request ($PULL_REQUEST_HEAD) nor GitHub's merge of it. \
Check out one of the two: actions/checkout does so by itself on 'pull_request', but not on 'pull_request_target'"
  fi
}

from_merge_group() {
  [ "$head" = "$MERGE_GROUP_HEAD" ] ||
    refuse "the commit checked out, $head, is not the merge group's ($MERGE_GROUP_HEAD)"
  base=$(commit "$MERGE_GROUP_BASE") ||
    refuse "this clone does not have the merge group's base, $MERGE_GROUP_BASE; set 'fetch-depth: 0'"
  reached
}

from_push() {
  case "$BEFORE" in
    *[!0]*) ;;
    *) refuse "this push created the branch or tag, so nothing stood there before; give the input 'base'" ;;
  esac
  contains HEAD "$GITHUB_SHA" || refuse "the commit checked out, $head, does not contain the one pushed, $GITHUB_SHA"
  base=$(commit "$BEFORE") || refuse "this clone does not have $BEFORE, which stood there before the push: the push rewrote the branch, \
or not all of the history was fetched. Set 'fetch-depth: 0', or give the input 'base'"
  reached
}

# A merge base with commits that the branch has dropped would hide what the dropped ones held.
reached() {
  contains HEAD "$base" ||
    refuse "the history of $head does not contain $base, which stood there before: the branch was rewritten. Give the input 'base'"
}

# What stands in the folder to work in is the branch's: a repository of its own in there would judge itself.
repository=$(git rev-parse --absolute-git-dir) ||
  refuse "git finds no repository in $PWD that may be used; use actions/checkout with 'fetch-depth: 0' before this action"
case "$repository/" in
  */.git/*) ;;
  *) refuse "$repository is a bare repository that the commit brings along, not the one that was checked out" ;;
esac
head=$(commit HEAD) || refuse "no commit is checked out here; use actions/checkout with 'fetch-depth: 0' before this action"
[ "$(git rev-parse --is-shallow-repository)" = false ] ||
  refuse "only a part of the history was fetched; set 'fetch-depth: 0' for actions/checkout"

base=
if [ -n "$BASE" ]; then
  from_input
elif [ -n "$PULL_REQUEST_HEAD" ]; then
  from_pull_request
elif [ -n "$MERGE_GROUP_HEAD" ]; then
  from_merge_group
elif [ "$EVENT" = push ]; then
  from_push
else
  refuse "an event of the kind '$EVENT' has no commit to compare with; give the input 'base'"
fi

[ "$base" != "$head" ] || refuse "the base and the commit checked out are the same, $head: there is nothing to judge"
git merge-base "$base" "$head" > /dev/null || refuse "$base and $head have no common ancestor"

echo "comparing $head with $base"
echo "base=$base" >> "$GITHUB_OUTPUT"
