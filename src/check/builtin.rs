//! The rules that come with the program: their pages, embedded.
//!
//! One file a rule in `builtin/`; a test holds this list to the folder.

use crate::schema::CheckRule;
use crate::schema::check_rules::read_check_rule;
use std::sync::OnceLock;

/// Id and page of every rule of the program's own.
pub const BUILT_IN: &[(&str, &str)] = &[
    ("baseline-stale", include_str!("builtin/baseline-stale.yaml")),
    ("calendar", include_str!("builtin/calendar.yaml")),
    ("date-after-edition", include_str!("builtin/date-after-edition.yaml")),
    ("date-future", include_str!("builtin/date-future.yaml")),
    ("date-impossible", include_str!("builtin/date-impossible.yaml")),
    ("file-kind", include_str!("builtin/file-kind.yaml")),
    ("file-letters", include_str!("builtin/file-letters.yaml")),
    ("file-unclaimed", include_str!("builtin/file-unclaimed.yaml")),
    ("formerly-living", include_str!("builtin/formerly-living.yaml")),
    ("gate-backwards", include_str!("builtin/gate-backwards.yaml")),
    ("gate-before-facts", include_str!("builtin/gate-before-facts.yaml")),
    ("gate-calendar", include_str!("builtin/gate-calendar.yaml")),
    ("gate-correction-removed", include_str!("builtin/gate-correction-removed.yaml")),
    ("gate-coverage", include_str!("builtin/gate-coverage.yaml")),
    ("gate-deleted", include_str!("builtin/gate-deleted.yaml")),
    ("gate-formerly", include_str!("builtin/gate-formerly.yaml")),
    ("gate-future", include_str!("builtin/gate-future.yaml")),
    ("gate-not-moved", include_str!("builtin/gate-not-moved.yaml")),
    ("gate-past-changed", include_str!("builtin/gate-past-changed.yaml")),
    ("gate-past-removed", include_str!("builtin/gate-past-removed.yaml")),
    ("gate-renamed", include_str!("builtin/gate-renamed.yaml")),
    ("gate-table", include_str!("builtin/gate-table.yaml")),
    ("gate-unchanged", include_str!("builtin/gate-unchanged.yaml")),
    ("ignore-malformed", include_str!("builtin/ignore-malformed.yaml")),
    ("ignore-unused", include_str!("builtin/ignore-unused.yaml")),
    ("invisible-character", include_str!("builtin/invisible-character.yaml")),
    ("look-alike-name", include_str!("builtin/look-alike-name.yaml")),
    ("manifest-missing-file", include_str!("builtin/manifest-missing-file.yaml")),
    ("manifest-unknown-name", include_str!("builtin/manifest-unknown-name.yaml")),
    ("merge-conflict", include_str!("builtin/merge-conflict.yaml")),
    ("no-records", include_str!("builtin/no-records.yaml")),
    ("path-identity", include_str!("builtin/path-identity.yaml")),
    ("policy-unusable", include_str!("builtin/policy-unusable.yaml")),
    ("record-head", include_str!("builtin/record-head.yaml")),
    ("repeated-key", include_str!("builtin/repeated-key.yaml")),
    ("rule-unknown-field", include_str!("builtin/rule-unknown-field.yaml")),
    ("schema-annotation", include_str!("builtin/schema-annotation.yaml")),
    ("schema-date", include_str!("builtin/schema-date.yaml")),
    ("schema-form", include_str!("builtin/schema-form.yaml")),
    ("schema-other", include_str!("builtin/schema-other.yaml")),
    ("schema-repeated", include_str!("builtin/schema-repeated.yaml")),
    ("schema-required", include_str!("builtin/schema-required.yaml")),
    ("schema-size", include_str!("builtin/schema-size.yaml")),
    ("schema-type", include_str!("builtin/schema-type.yaml")),
    ("schema-unknown-field", include_str!("builtin/schema-unknown-field.yaml")),
    ("schema-value", include_str!("builtin/schema-value.yaml")),
    ("twin-records", include_str!("builtin/twin-records.yaml")),
    ("unknown-occasion", include_str!("builtin/unknown-occasion.yaml")),
    ("unknown-reference", include_str!("builtin/unknown-reference.yaml")),
    ("unused-reference", include_str!("builtin/unused-reference.yaml")),
    ("yaml-alias", include_str!("builtin/yaml-alias.yaml")),
    ("yaml-bom", include_str!("builtin/yaml-bom.yaml")),
    ("yaml-directive", include_str!("builtin/yaml-directive.yaml")),
    ("yaml-duplicate-key", include_str!("builtin/yaml-duplicate-key.yaml")),
    ("yaml-encoding", include_str!("builtin/yaml-encoding.yaml")),
    ("yaml-key-type", include_str!("builtin/yaml-key-type.yaml")),
    ("yaml-limits", include_str!("builtin/yaml-limits.yaml")),
    ("yaml-merge-key", include_str!("builtin/yaml-merge-key.yaml")),
    ("yaml-multiple-documents", include_str!("builtin/yaml-multiple-documents.yaml")),
    ("yaml-number", include_str!("builtin/yaml-number.yaml")),
    ("yaml-portability", include_str!("builtin/yaml-portability.yaml")),
    ("yaml-syntax", include_str!("builtin/yaml-syntax.yaml")),
    ("yaml-tab", include_str!("builtin/yaml-tab.yaml")),
    ("yaml-tag", include_str!("builtin/yaml-tag.yaml")),
];

/// The rules of the program's own, by id.
pub fn rules() -> &'static [CheckRule] {
    static RULES: OnceLock<Vec<CheckRule>> = OnceLock::new();
    let read = |(id, text): &(&str, &str)| {
        read_check_rule(id, &format!("{id}.yaml"), text.as_bytes())
            .expect("because the tests read every page of the program's own")
    };
    RULES.get_or_init(|| BUILT_IN.iter().map(read).collect())
}
