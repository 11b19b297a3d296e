# shellcheck shell=bash
# Sourced by the steps of action.yml: messages, and the printing of text that a pull request can influence.
# The scripts keep to what bash 3.2 has: macOS comes with it.

# git takes any folder that holds HEAD, objects and refs for a repository, with the settings in it, and a branch can carry such a
# folder: below the checkout, only the checkout's own repository counts.
count=${GIT_CONFIG_COUNT:-0}
export "GIT_CONFIG_KEY_$count=safe.bareRepository" "GIT_CONFIG_VALUE_$count=explicit" GIT_CONFIG_COUNT=$((count + 1))

# What was committed counts: a replacement or a graft in the clone shows git another history than is merged.
export GIT_NO_REPLACE_OBJECTS=1 GIT_GRAFT_FILE=/dev/null

# annotate LEVEL MESSAGE: one annotation on the job's page. The message may hold anything.
annotate() {
  local text=${2//\%/%25}
  text=${text//$'\r'/%0D}
  text=${text//$'\n'/%0A}
  printf '::%s title=sincewhen::%s\n' "$1" "$text"
}

# Ends the step with an annotation. Exit status 2: it could not be done, which is not the same as "something was found".
refuse() {
  annotate error "$1"
  exit 2
}

# The runner obeys `##[command]` anywhere in a line of either stream and `::command` at the start of one. These filters make text
# that quotes the pull request inert.
inert() { tr '\r' '\n' | LC_ALL=C sed -e 's/##\[/# #[/g' -e 's/::/: :/g'; }

# The same for `check --format github`, whose annotations are meant to be obeyed.
inert_but_annotations() {
  tr '\r' '\n' | LC_ALL=C sed -e 's/##\[/# #[/g' -e '/^::error /b' -e '/^::warning /b' -e '/^::notice /b' -e 's/::/: :/g'
}
