//! Which files are no records, whatever they hold: those of tools, of tests, and built ones.

/// Folders that hold what others are built from or by, or was built.
const FOLDERS: [&str; 15] = [
    "node_modules",
    "vendor",
    "dist",
    "build",
    "target",
    "_site",
    "test",
    "tests",
    "fixtures",
    "__tests__",
    "scripts",
    "assets",
    "example",
    "examples",
    "testdata",
];

/// Files that tools read, by the beginning of their names in small letters.
const TOOLS: [&str; 35] = [
    "package.json",
    "package-lock.json",
    "composer.json",
    "tsconfig",
    "jsconfig",
    "bower.json",
    "lerna.json",
    "deno.json",
    "biome.json",
    "vercel.json",
    "netlify.toml",
    "renovate.json",
    "cargo.toml",
    "clippy.toml",
    "rustfmt.toml",
    "rust-toolchain.toml",
    "deny.toml",
    "pyproject.toml",
    "pipfile",
    "mkdocs.y",
    "_config.y",
    "docker-compose",
    "compose.y",
    "openapi.",
    "swagger.",
    "pubspec.y",
    "codecov.y",
    "appveyor.y",
    "netlify.y",
    "crowdin.y",
    "manifest.webmanifest",
    "gopkg.",
    "uv.toml",
    "poetry.toml",
    "book.toml",
];

/// A pattern of the files that are one template, or belong to it, by the last word of a folder's or a file's
/// name; of a file it is not the only word. A number in the name is that of a record about templates, as is
/// `template.yml` among the elements of a language.
pub fn template(path: &str) -> Option<String> {
    let parts: Vec<&str> = path.split('/').collect();
    let is_template = |(at, name): (usize, &&str)| {
        let stem = name.split('.').next().unwrap_or_default().to_lowercase();
        let is_numbered = stem.contains(|c: char| ('1'..='9').contains(&c));
        let words: Vec<&str> = stem.split(|c: char| !c.is_alphanumeric()).collect();
        let is_folder = at + 1 < parts.len();
        !is_numbered && words.last() == Some(&"template") && (is_folder || words.len() > 1)
    };
    let at = parts.iter().enumerate().position(is_template)?;
    Some(if at + 1 == parts.len() { path.to_owned() } else { format!("{}/**", parts[..=at].join("/")) })
}

/// Whether a file is passed over: a pattern of the files that are so together, for the manifest to except.
/// `path` is below the folder of the dataset.
pub fn passed_over(path: &str) -> Option<String> {
    let parts: Vec<&str> = path.split('/').collect();
    let (name, folders) = parts.split_last()?;
    // Hidden files and folders hold settings.
    let is_passed = |folder: &str| folder.starts_with('.') || FOLDERS.contains(&folder);
    if let Some(at) = folders.iter().position(|folder| is_passed(folder)) {
        return Some(format!("{}/**", folders[..=at].join("/")));
    }
    let plain = name.to_lowercase();
    let is_of_tool = TOOLS.iter().any(|tool| plain.starts_with(tool)) || plain.ends_with("schema.json");
    // README.md, CODE_OF_CONDUCT.md: pages about the repository.
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    let is_about = matches!(ending, "md" | "markdown" | "mdx")
        && stem.len() > 3
        && stem.bytes().all(|byte| byte.is_ascii_uppercase() || matches!(byte, b'_' | b'-'))
        && folders.is_empty();
    (name.starts_with('.') || is_of_tool || is_about).then(|| path.to_owned())
}
