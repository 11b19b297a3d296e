//! What a path is to a dataset: one answer, whoever asks.

use crate::support::policy::MapFiles;
use sincewhen::model::RepoPath;
use sincewhen::schema::{PolicyPart, Role};

const MANIFEST: &str = r#"format: sincewhen.manifest/1
rules: ../schema/rules
records:
  - {kind: note, path: "notes/**/*.yaml", schema: ../schema/note.json, identity: [name], date: dated}
tables:
  places: {path: places.yaml, schema: ../schema/tables/places.json}
"#;

#[test]
fn each_path_has_one_role() {
    let files = MapFiles::default()
        .with("data/sincewhen.yaml", MANIFEST)
        .with("schema/note.json", "{}")
        .with("schema/common.json", "{}")
        .with("schema/rules/README.md", "");
    let (policy, _) = files.load("data");
    let role = |path: &str| policy.role_of(&RepoPath::from(path));
    let part = |part: PolicyPart| Some(Role::Policy(part));
    assert_eq!(role("data/sincewhen.yaml"), part(PolicyPart::Manifest));
    assert_eq!(role("data/baseline.yaml"), part(PolicyPart::Baseline));
    assert_eq!(role("schema/note.json"), part(PolicyPart::Schema));
    // A schema that others may refer to decides what every record means, as the record's own does.
    assert_eq!(role("schema/common.json"), part(PolicyPart::Schema));
    assert_eq!(role("schema/tables/places.json"), part(PolicyPart::Schema));
    assert_eq!(role("schema/rules/changes/a.yaml"), part(PolicyPart::Rule));
    assert_eq!(role("data/notes/a/b.yaml"), Some(Role::Record(0)));
    assert_eq!(role("data/places.yaml"), Some(Role::Table("places".to_owned())));
    for other in
        ["README.md", "data/other.yaml", "schema/notes.md", "schema/deep/common.json", "rules/a.yaml"]
    {
        assert_eq!(role(other), None, "{other}");
    }
}
