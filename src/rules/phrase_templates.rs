//! The templates among the phrases of a schema.

use crate::model::{FieldPath, Step};
use crate::schema::Shape;

/// The name under which a phrase is compiled.
pub(super) fn name_of(template: &str) -> String {
    format!("says/{template}")
}

/// The phrases of a schema, each once, with the field that has it first.
pub(super) fn all<'s>(shape: &'s Shape, path: &FieldPath, out: &mut Vec<(FieldPath, &'s str)>) {
    for template in shape.says.any.iter().chain(shape.says.by_value.values()) {
        if out.iter().all(|(_, known)| *known != template.as_str()) {
            out.push((path.clone(), template));
        }
    }
    for (name, inner) in &shape.properties {
        all(inner, &path.key(name), out);
    }
    for inner in [shape.additional.as_deref(), shape.items.as_deref()].into_iter().flatten() {
        all(inner, &path.then(Step::Index(0)), out);
    }
}
