//! The page on continuous integration names tests that exist.

use crate::support::own_repository;

/// Each test that the table of what a pull request can change names is one; a name that ends in `::` is a
/// file or folder of tests.
#[test]
fn the_tests_that_the_page_names_exist() {
    let root = own_repository();
    let page = std::fs::read_to_string(root.join("docs/ci.md")).expect("the page is here");
    let table = page.split("| test (`tests/suite`) |").nth(1).expect("the table is here");
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    let (mut missing, mut named) = (Vec::new(), 0);
    for row in rows {
        let cell = row.trim_end_matches('|').rsplit('|').next().unwrap_or_default();
        let mut module = String::new();
        for name in cell.split('`').skip(1).step_by(2) {
            let full = if name.starts_with("::") { format!("{module}{name}") } else { name.to_owned() };
            let (file, test) = match full.strip_suffix("::") {
                Some(file) => (file.to_owned(), None),
                None => match full.rsplit_once("::") {
                    Some((file, test)) if !root.join(source(&full)).exists() => {
                        (file.to_owned(), Some(test.to_owned()))
                    }
                    _ => (full.clone(), None),
                },
            };
            module.clone_from(&file);
            named += 1;
            let read = |module: &str| std::fs::read_to_string(root.join(source(module)));
            // A module inside a file is found by the file.
            let text = read(&file).or_else(|fault| match file.rsplit_once("::") {
                Some((outer, _)) => read(outer),
                None => Err(fault),
            });
            let there = match (&text, &test) {
                (Ok(text), Some(test)) => {
                    text.lines().any(|line| line.trim_start().starts_with(&format!("fn {test}()")))
                }
                (Ok(_), None) => true,
                (Err(_), _) => false,
            };
            if !there {
                missing.push(full);
            }
        }
    }
    assert!(named >= 25, "{named} names were read");
    assert!(missing.is_empty(), "no such tests: {missing:?}");
}

/// The file of a module of the suite.
fn source(module: &str) -> String {
    format!("tests/suite/{}.rs", module.replace("::", "/"))
}
