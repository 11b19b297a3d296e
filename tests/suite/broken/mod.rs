//! Broken histories and rough treatment, put to the whole program: each is answered rightly or qualified in
//! words, with exit code 0, or refused with a message and a hint, with exit code 2. The modules below hold
//! what no other file does:
//!
//! | case | tests |
//! |---|---|
//! | shallow, depth 1 | history.rs `a_shallow_clone_answers_with_a_qualification` |
//! | shallow, deeper | `clones::a_deeper_shallow_clone_says_how_far_back_it_knows`; git/broken.rs `shallow_clones_know_their_boundary` |
//! | grafted, `git replace` | `clones::replaced_parents_are_followed_and_said`; git/broken.rs `replacements_and_grafts_are_obeyed_and_said`; cache.rs `a_history_given_otherwise_is_read_again` |
//! | partial clone, blobs missing | `clones::a_partial_clone_says_what_it_left_out_and_the_hint_repairs_it`; git/broken.rs `partial_clones_tell_history_but_not_contents` |
//! | missing objects | `objects::a_missing_object_is_a_gap_that_is_said_or_a_fault`; git/broken.rs `missing_and_malformed_objects_are_named`; cache.rs `what_could_not_be_read_is_not_kept` |
//! | corrupt objects | `objects::a_damaged_object_is_a_gap_that_is_said_or_a_fault`; git/broken.rs `a_flipped_bit_in_a_pack_never_tells_another_history` |
//! | submodule, symbolic link in a record's place | history.rs `a_submodule_at_a_record_s_path_is_no_record`, `a_symbolic_link_at_a_record_s_path_is_no_record` |
//! | submodule, symbolic link in the dataset's place | `shapes::what_takes_the_place_of_a_folder_of_records_ends_them`, `shapes::what_takes_the_place_of_the_dataset_is_not_followed` |
//! | octopus merge | history.rs `an_octopus_brings_all_its_arms` |
//! | criss-cross merges | `shapes::criss_cross_merges_lose_and_double_nothing`; git/revisions.rs `merge_bases_are_gits` |
//! | evil merge | history.rs `a_merge_that_brings_content_of_its_own_is_a_revision` |
//! | unrelated histories | `shapes::unrelated_histories_are_one_timeline` |
//! | record moved | history.rs `a_file_that_moves_or_changes_case_stays_the_same_record`, `a_rename_with_an_edit_is_an_edition_and_no_deletion` |
//! | records swapped | `shapes::two_records_that_swap_files_stay_themselves` |
//! | record split | history.rs `one_record_split_in_two_files_is_two_records` |
//! | deleted and restored | history.rs `a_deleted_record_is_ended_and_stays_readable_and_a_restored_one_is_not` |
//! | revision reverted | history.rs `a_reverted_edition_is_withdrawn_and_not_used`, `a_revert_of_an_amendment_makes_the_earlier_content_stand` |
//! | two branches with one date | history.rs `of_two_branches_with_one_date_the_merge_decides`, `of_two_branches_with_one_date_of_the_past_the_nearer_to_the_tip_stands` |
//! | dates running backwards | history.rs `editions_stand_in_the_order_of_their_dates_not_of_the_commits`, `commit_times_play_no_part` |
//! | no date | history.rs `a_record_without_a_date_is_a_problem_of_its_revision`; `contents::a_revision_left_out_is_said_by_every_command` |
//! | date of another type | history.rs `a_date_that_is_none_is_a_problem_with_its_place` |
//! | invalid YAML in the middle | history.rs `invalid_yaml_in_the_middle_of_history_does_not_stop_it` and the two after it |
//! | 50 MB blob | `contents::a_record_of_fifty_megabytes_is_left_out_and_said` |
//! | file names that are not UTF-8 | `contents::file_names_of_any_bytes_hold_records`; hostile.rs `file_names_of_any_bytes` |
//! | contents that are not UTF-8 | history.rs `bytes_that_are_not_utf8_are_a_problem_and_no_end` |
//! | case-folding collisions | `contents::names_that_differ_in_case_only_are_two_files` |
//! | CRLF flips of the whole file | `contents::a_flip_of_all_line_ends_says_nothing_new` |
//! | `.gitattributes` filters | `contents::filters_and_attributes_change_no_committed_byte` |
//! | empty commits | `shapes::empty_commits_change_nothing` |
//! | 100,000 commits that touch nothing of the dataset | `shapes::a_hundred_thousand_foreign_commits_change_nothing` |
//! | commit-graph, loose, packed, alternates | git/history.rs `packed_loose_and_alternate_objects_tell_the_same` |
//! | worktrees, bare, detached | git/revisions.rs `discovery_from_subfolders_worktrees_bare_and_detached`; history.rs `bare_and_detached_repositories_answer_alike` |
//! | SHA-256, reftable, unknown extensions | `clones::kinds_of_repositories_that_cannot_be_read_are_refused`; git/broken.rs `kinds_of_repositories_the_library_cannot_read_are_refused_in_words` |
//! | every history against git itself | differential.rs; git/history.rs `history_agrees_with_git_on_random_histories` |
//! | interrupt (Ctrl-C) | `treatment::an_interrupt_ends_the_run_and_leaves_nothing_behind`; cache.rs `a_kill_at_any_moment_does_no_harm` |
//! | broken pipe | `treatment::a_pipe_closed_at_once_is_no_fault`; cli.rs `a_closed_pipe_is_no_fault` |
//! | read-only repository and home | `treatment::a_read_only_repository_and_home_are_enough`; git/safety.rs `a_read_only_repository_answers_everything`; cache.rs `a_folder_that_cannot_be_written_is_no_fault` |
//! | another owner's repository | `treatment::another_owners_repository_gets_gits_own_hint`; git/broken.rs `another_users_repository_gets_gits_own_remedy` |
//! | programs in the repository's configuration | `treatment::nothing_in_the_configuration_runs`; git/safety.rs `no_program_runs_and_nothing_is_written` |

use crate::support;

mod clones;
mod contents;
mod objects;
mod shapes;
mod treatment;

use serde_json::Value as Json;
use support::notes::three_editions;
use support::{Repo, Run};

fn log(repo: &Repo, args: &[&str]) -> Json {
    repo.run(&[&["log", "--format", "json"], args].concat()).json()
}

/// An answer that stands, and says on standard error what it lacks in each of these words.
#[track_caller]
fn qualified(run: Run, words: &[&str]) -> String {
    for word in words {
        assert!(run.stderr.contains(word), "no `{word}` in: {}", run.stderr);
    }
    run.answer()
}

/// A refusal with each of these words and a hint.
#[track_caller]
fn refused(run: Run, words: &[&str]) {
    let fault = run.fault();
    for word in words {
        assert!(fault.contains(word), "no `{word}` in: {fault}");
    }
    assert!(fault.contains("hint: "), "{fault}");
}
