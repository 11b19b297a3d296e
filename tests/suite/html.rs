//! The report's page in a real browser: Debian's chromium, headless, without a network.

use crate::report::support;
use crate::support::files_below;

use std::path::{Path, PathBuf};
use std::process::Command;
use support::Repo;

/// The browser; `None` where there is none, and nobody demands one (as `.ci/run` does with
/// `SINCEWHEN_BROWSER=required`).
fn browser() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut places = std::env::split_paths(&path)
        .map(|folder| folder.join("chromium"))
        .chain([PathBuf::from("/usr/bin/chromium")]);
    let found = places.find(|place| place.is_file());
    if found.is_none() {
        eprintln!("NOT TESTED: chromium is not installed, so the page was opened in no browser");
        assert!(
            std::env::var_os("SINCEWHEN_BROWSER").is_none(),
            "SINCEWHEN_BROWSER is set: install chromium"
        );
    }
    found
}

struct Page {
    folder: tempfile::TempDir,
    browser: PathBuf,
}

impl Page {
    /// A page with a script of the test's own behind it.
    fn new(browser: PathBuf, html: &str, script: &str) -> Page {
        let folder = tempfile::tempdir().expect("a folder");
        let html = watched(html, script);
        std::fs::write(folder.path().join("page.html"), html).expect("a file");
        Page { folder, browser }
    }

    fn run(&self, args: &[&str]) -> String {
        self.run_page("page.html", args)
    }

    fn run_page(&self, page: &str, args: &[&str]) -> String {
        let profile = self.folder.path().join("profile");
        let out = Command::new(&self.browser)
            .args([
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
            ])
            .args([
                "--disable-component-update",
                "--disable-sync",
                "--host-resolver-rules=MAP * ~NOTFOUND",
                "--hide-scrollbars",
            ])
            .arg(format!("--user-data-dir={}", profile.display()))
            .args(args)
            .arg(format!("file://{}", self.folder.path().join(page).display()))
            .current_dir(self.folder.path())
            .output()
            .expect("the browser starts");
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8_lossy(&out.stdout).into_owned()
    }

    /// What the test's script left in the title, as JSON.
    fn answer(&self, args: &[&str]) -> serde_json::Value {
        self.answer_at("", args)
    }

    /// The same of the page at an address within it.
    fn answer_at(&self, fragment: &str, args: &[&str]) -> serde_json::Value {
        let mut all = vec!["--dump-dom"];
        all.extend(args);
        title_of(&self.run_page(&format!("page.html{fragment}"), &all))
    }

    /// What the test's script reports from a page in a frame of some width: the browser's own window has a
    /// least width.
    fn answer_framed(&self, width: u32) -> serde_json::Value {
        let frame = format!(
            "<!doctype html><title>nothing</title><script>addEventListener('message', function (e) {{ \
                document.title = e.data; }})\
             </script><iframe src=page.html width={width} height=700 style='border:0'></iframe>"
        );
        std::fs::write(self.folder.path().join("frame.html"), frame).expect("a file");
        let args = ["--dump-dom", "--window-size=1280,900", "--virtual-time-budget=3000"];
        title_of(&self.run_page("frame.html", &args))
    }

    fn file(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.folder.path().join(name)).unwrap_or_default()
    }
}

/// A page that notes what fails in it and what its policy blocks, with a script of the test's own behind it.
fn watched(html: &str, script: &str) -> String {
    let watch = "<script nonce=test>window.faults=[];\
                 window.addEventListener('error',function(e){faults.push(e.message)});\
                 document.addEventListener('securitypolicyviolation',\
                 function(e){faults.push('blocked '+e.blockedURI)});</script>";
    // The page's policy allows its own script alone, so the test's scripts are allowed by a nonce.
    let html = html.replacen("script-src ", "script-src 'nonce-test' ", 1);
    let html = html.replacen("<head>", &format!("<head>{watch}"), 1);
    html.replacen("</body>", &format!("<script nonce=test>{script}</script></body>"), 1)
}

/// The title of a page, as JSON.
fn title_of(dom: &str) -> serde_json::Value {
    let title =
        dom.split_once("<title>").and_then(|(_, rest)| rest.split_once("</title>")).expect("a title").0;
    let text = title.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{e}: {text}"))
}

fn clubs() -> Repo {
    let repo = Repo::new();
    let run = |years: &[(u32, &str)]| -> String {
        let rows: String =
            years.iter().map(|(year, cast)| format!("  - {{ballot: b{year}, cast: {cast}}}\n")).collect();
        format!("ballots:\n{rows}")
    };
    for club in ["AUT", "BEL", "CHL", "DNK", "EST", "FIN"] {
        repo.edition(
            club,
            "2016-12-01",
            &format!("charter: {{status: outside}}\n{}", run(&[(2015, "no-vote"), (2016, "no-vote")])),
        );
        let joined = if club == "BEL" { "inside, 'on': 2017-03-02" } else { "outside" };
        let remark = "remark: \"<img src=https://example.org/x onerror=alert(1)> {{ 1 }}\"";
        repo.edition(
            club,
            "2017-12-01",
            &format!(
                "charter: {{status: {joined}}}\n{}{remark}\n",
                run(&[(2015, "no-vote"), (2016, "no-vote"), (2017, "yes-vote")])
            ),
        );
    }
    repo
}

fn page_of(repo: &Path, args: &[&str]) -> String {
    let mut all = vec!["report"];
    all.extend(args);
    all.extend(["--format", "html"]);
    let out = support::run_in(repo, &all);
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).expect("the page is UTF-8")
}

const LOOK: &str = r##"
window.addEventListener("load", function () {
  function all(what) { return [].slice.call(document.querySelectorAll(what)); }
  function visible() { return all("table.rows > tbody > tr").filter(function (row) { return !row.hidden; }).length; }
  var out = { faults: window.faults, rows: visible(), form: !document.getElementById("filter").hidden, wide: document.documentElement.scrollWidth, width: innerWidth };
  out.images = all("img").length;
  out.outside = all("[src],link[href],a[href]:not([rel='noopener noreferrer']),use[href]").map(function (e) { return e.getAttribute("src") || e.getAttribute("href"); })
    .filter(function (to) { return to && to.charAt(0) !== "#"; });
  out.links = all("a[rel]").filter(function (a) { return !/^https?:/.test(a.getAttribute("href")); }).length;
  out.unaddressed = all("table.rows > tbody > tr").filter(function (row) {
    return !row.id || row.querySelector("a.here").getAttribute("href") !== "#" + row.id;
  }).length;
  out.unlabelled = all("input,select").filter(function (e) { return !e.labels.length; }).length;
  out.untitled = all("svg[role=img]").filter(function (svg) {
    return !svg.getAttribute("aria-labelledby").split(" ").every(function (id) { var e = document.getElementById(id); return e && e.textContent.trim(); });
  }).length;
  out.pictures = all("svg[role=img]").length;
  out.tables = all("figure details table").length;
  var ids = all("[id]").map(function (e) { return e.id; });
  out.twice = ids.filter(function (id, at) { return ids.indexOf(id) !== at; });
  out.dangling = all("a[href^='#']").filter(function (a) { return !document.getElementById(a.getAttribute("href").slice(1)); }).map(function (a) { return a.getAttribute("href"); });
  out.headings = all("h1,h2,h3").map(function (h) { return +h.tagName.charAt(1); });
  out.scroll = all(".wide").filter(function (e) { return e.tabIndex !== 0 || !e.getAttribute("aria-label"); }).length;
  var words = document.querySelector("#filter input");
  words.value = "skaters charter";
  words.dispatchEvent(new Event("input", { bubbles: true }));
  out.filtered = visible();
  out.sections = all("section.sentences").filter(function (s) { return !s.hidden; }).length;
  out.said = document.querySelector("#filter output").textContent;
  var select = document.querySelector("#filter select");
  words.value = "";
  select.value = select.options[1].value;
  words.dispatchEvent(new Event("input", { bubbles: true }));
  out.chosen = [select.options[1].value, visible()];
  out.address = location.hash;
  out.off = all(".place.off").length;
  out.on = all(".place:not(.off)").length;
  out.marks = all("section.occasions tbody tr").filter(function (row) { return !row.hidden; }).length;
  out.panels = all("figure.panel").filter(function (one) { return !one.hidden; }).map(function (one) { return one.dataset.group; });
  out.counts = all("figure.world .count").map(function (one) { return one.textContent; });
  var first = document.querySelector("table.rows summary");
  first.focus();
  out.focus = document.activeElement === first;
  first.click();
  out.unfolds = first.parentElement.open && first.parentElement.querySelector("code").textContent.length > 0;
  document.title = JSON.stringify(out);
});
"##;

#[test]
fn the_page_works_in_a_browser() {
    let Some(browser) = browser() else { return };
    let repo = clubs();
    let page = Page::new(browser, &page_of(repo.dir.path(), &["2017"]), LOOK);
    let seen = page.answer(&["--window-size=1280,900"]);
    assert_eq!(seen["faults"], serde_json::json!([]), "no script fails and nothing is asked of a network");
    assert_eq!(seen["images"], 0, "hostile text stays text");
    assert_eq!(seen["outside"], serde_json::json!([]), "the page needs nothing outside it");
    assert_eq!((&seen["links"], &seen["unaddressed"]), (&0.into(), &0.into()));
    assert_eq!(seen["form"], true);
    // 1 charter, 6 ballots that turned, 6 ballots cast, 6 remarks recorded late
    assert_eq!(seen["rows"], 19);
    assert_eq!((&seen["filtered"], &seen["sections"]), (&serde_json::json!(1), &serde_json::json!(1)));
    assert_eq!(seen["said"], "1 of 19 sentences");
    assert_eq!(seen["chosen"], serde_json::json!(["North", 10]));
    let json = |text: &str| serde_json::from_str::<serde_json::Value>(text).expect("JSON");
    assert_eq!(seen["address"], "#?area=North", "what is chosen has an address");
    // Three of the six clubs are in the north; the small ones among them have dots.
    assert_eq!((&seen["off"], &seen["marks"]), (&json("3"), &json("3")), "charts follow the filter");
    assert_eq!((&seen["panels"], &seen["counts"]), (&json(r#"["North"]"#), &json(r#"["1","2"]"#)));
    assert_eq!((&seen["focus"], &seen["unfolds"]), (&serde_json::json!(true), &serde_json::json!(true)));
}

/// Scripts are shared by pages of several kinds: none of them fails on any.
#[test]
fn no_script_of_a_site_fails() {
    let Some(browser) = browser() else { return };
    let repo = clubs();
    let folder = tempfile::tempdir().expect("a folder");
    let out = support::run_in(repo.dir.path(), &["site", "--out", &folder.path().to_string_lossy()]);
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let page = Page { folder, browser };
    let script = "window.addEventListener('load',function(){document.title=JSON.stringify(window.faults)})";
    let is_looked_at = |path: &String| {
        let of_a_record = path.starts_with("records/CHL");
        path.ends_with(".html") && (of_a_record || !path.contains('/') || path.ends_with("2017.html"))
    };
    let files = files_below(page.folder.path()).into_iter().map(|(path, _)| path);
    let pages: Vec<String> = files.filter(is_looked_at).collect();
    assert!(pages.iter().filter(|path| path.contains("/as-of-")).count() > 1, "{pages:?}");
    for path in pages {
        let file = page.folder.path().join(&path);
        let html = std::fs::read_to_string(&file).expect("a page");
        std::fs::write(&file, watched(&html, script)).expect("a file");
        assert_eq!(title_of(&page.run_page(&path, &["--dump-dom"])), serde_json::json!([]), "{path}");
    }
}

#[test]
fn the_page_can_be_used_by_everybody() {
    let Some(browser) = browser() else { return };
    let repo = clubs();
    for args in [&["2017"][..], &["2017", "--by", "area"]] {
        let page = Page::new(browser.clone(), &page_of(repo.dir.path(), args), LOOK);
        let seen = page.answer(&["--window-size=1280,900"]);
        assert_eq!(
            (&seen["unlabelled"], &seen["untitled"], &seen["scroll"]),
            (&0.into(), &0.into(), &0.into()),
            "{args:?}: {seen:#}"
        );
        assert_eq!(seen["pictures"], 3, "a map and two small multiples");
        assert_eq!(seen["tables"], 3, "a table behind every picture");
        assert_eq!(
            (&seen["twice"], &seen["dangling"]),
            (&serde_json::json!([]), &serde_json::json!([])),
            "{args:?}"
        );
        let headings: Vec<i64> =
            seen["headings"].as_array().expect("ours").iter().map(|h| h.as_i64().expect("ours")).collect();
        assert_eq!(headings.iter().filter(|level| **level == 1).count(), 1);
        assert!(
            headings.windows(2).all(|pair| pair[1] <= pair[0] + 1),
            "no level of heading is skipped: {headings:?}"
        );
    }
}

#[test]
fn the_page_fits_a_phone_and_paper() {
    let Some(browser) = browser() else { return };
    let repo = clubs();
    let html = page_of(repo.dir.path(), &["2017"]);
    let seen = Page::new(browser.clone(), &html, LOOK).answer(&["--window-size=500,900"]);
    assert!(
        seen["wide"].as_i64() <= seen["width"].as_i64(),
        "nothing sticks out at the side: {} of {}",
        seen["wide"],
        seen["width"]
    );
    let page = Page::new(browser, &html, "");
    page.run(&["--window-size=500,900", "--screenshot=phone.png"]);
    page.run(&["--window-size=1280,900", "--force-dark-mode", "--screenshot=dark.png"]);
    page.run(&["--print-to-pdf=paper.pdf", "--no-pdf-header-footer"]);
    let phone = page.file("phone.png");
    assert!(
        phone.starts_with(b"\x89PNG") && phone.len() > 10_000,
        "a picture with something on it: {} bytes",
        phone.len()
    );
    assert!(page.file("dark.png").starts_with(b"\x89PNG"));
    assert!(page.file("paper.pdf").starts_with(b"%PDF") && page.file("paper.pdf").len() > 10_000);
}

/// What of a page's sections is hidden by the bar when they are gone to, and which row an address opens.
const ADDRESSES: &str = r##"
window.addEventListener("load", function () {
  function all(what) { return [].slice.call(document.querySelectorAll(what)); }
  var bar = document.getElementById("filter");
  var out = { width: innerWidth, target: location.hash.slice(1), rows: all("table.rows > tbody > tr").filter(function (row) { return !row.hidden; }).length };
  var target = out.target && document.getElementById(out.target);
  out.opened = !!target && target.querySelector("details").open && target.getBoundingClientRect().height > 0;
  out.cut = all("nav a").filter(function (link) {
    var section = document.getElementById(link.getAttribute("href").slice(1));
    section.scrollIntoView();
    var stuck = getComputedStyle(bar).position === "sticky" ? bar.getBoundingClientRect().bottom : 0;
    return section.querySelector("h2,h3").getBoundingClientRect().top < stuck;
  }).map(function (link) { return link.textContent; });
  out.wide = document.documentElement.scrollWidth - innerWidth;
  document.title = JSON.stringify(out);
  if (parent !== window) parent.postMessage(document.title, "*");
});
"##;

#[test]
fn nothing_is_cut_by_the_bar_at_any_width() {
    let Some(browser) = browser() else { return };
    let repo = clubs();
    let page = Page::new(browser, &page_of(repo.dir.path(), &["2017"]), ADDRESSES);
    for width in [1280, 1024, 768, 390] {
        let seen = page.answer_framed(width);
        assert_eq!(seen["width"], width, "{seen}");
        assert_eq!(seen["cut"], serde_json::json!([]), "{width}: {seen}");
        assert!(seen["wide"].as_i64() <= Some(0), "{width}: {seen}");
    }
}

#[test]
fn a_row_and_a_filter_have_addresses() {
    let Some(browser) = browser() else { return };
    let repo = clubs();
    let html = page_of(repo.dir.path(), &["2017"]);
    let page = Page::new(browser, &html, ADDRESSES);
    let filtered = page.answer_at("#?area=North&words=charter", &["--window-size=1280,900"]);
    assert_eq!(filtered["rows"], 1, "{filtered}");
    let (_, rest) = html.rsplit_once("<tr id=\"").expect("a row");
    let address = rest.split_once('"').expect("an end").0;
    let opened = page.answer_at(&format!("#{address}"), &["--window-size=1280,900"]);
    assert_eq!((&opened["target"], &opened["opened"]), (&address.into(), &true.into()), "{opened}");
    let json: serde_json::Value = {
        let out = support::run_in(repo.dir.path(), &["report", "2017", "--format", "json"]);
        serde_json::from_slice(&out.stdout).expect("JSON")
    };
    let fingerprint = &address[2..];
    assert!(json.to_string().contains(fingerprint), "the address is the sentence's fingerprint: {address}");
}

const DOWNLOAD: &str = r##"
window.addEventListener("load", function () {
  var Real = window.Blob, got = [];
  window.Blob = function (parts, options) { got.push(parts.join("")); return new Real(parts, options); };
  function press() {
    [].slice.call(document.querySelectorAll("#filter button")).filter(function (b) { return b.textContent === "Download CSV"; })[0].click();
  }
  press();
  var words = document.querySelector("#filter input");
  words.value = "skaters charter";
  words.dispatchEvent(new Event("input", { bubbles: true }));
  press();
  document.title = JSON.stringify({ files: got, faults: window.faults });
});
"##;

#[test]
fn the_table_is_downloaded_as_the_program_writes_it() {
    let Some(browser) = browser() else { return };
    let repo = clubs();
    let out = support::run_in(repo.dir.path(), &["report", "2017", "--format", "csv"]);
    let csv = String::from_utf8(out.stdout).expect("text");
    let page = Page::new(browser, &page_of(repo.dir.path(), &["2017"]), DOWNLOAD);
    let seen = page.answer(&["--window-size=1280,900"]);
    assert_eq!(seen["faults"], serde_json::json!([]));
    assert_eq!(seen["files"][0].as_str().map(|text| text.trim_start_matches('\u{feff}')), Some(csv.as_str()));
    let one = seen["files"][1].as_str().expect("a second file");
    assert_eq!(one.matches("\r\n").count(), 2, "a head and the one sentence that is shown: {one}");
    assert!(one.contains("BEL/charter"), "{one}");
}

#[test]
fn the_page_is_whole_without_scripts() {
    let repo = clubs();
    let html = page_of(repo.dir.path(), &["2017"]);
    assert!(
        html.contains("<form id=\"filter\"") && html.contains(" hidden></form>"),
        "the filter shows only where it works"
    );
    assert_eq!(html.matches("<tr id=\"s-").count(), 19);
    assert!(!html.contains("http-equiv=\"refresh\"") && !html.contains("@import"));
    // What the page names by address stands in the page.
    assert_eq!(html.matches("url(").count(), html.matches("url(#").count());
    assert!(html.contains("default-src 'none'"), "the page forbids itself the network");
    let policy = html.split_once("Content-Security-Policy\" content=\"").expect("a policy").1;
    let policy = policy.split_once('"').expect("an end").0;
    assert!(!policy.contains("unsafe") && policy.matches("'sha256-").count() == 2, "{policy}");
    assert!(policy.ends_with("base-uri 'none'; form-action 'none'"), "{policy}");
    assert!(!html.contains(" style=") && !html.contains(" onclick="), "nothing that the policy would stop");
}

/// The contrast of two colours (WCAG 2.2, 1.4.3), from the variables of the style sheet.
fn contrast(a: &str, b: &str) -> f64 {
    let light = |colour: &str| {
        let full: String = if colour.len() == 4 {
            colour[1..].chars().flat_map(|c| [c, c]).collect()
        } else {
            colour[1..].to_owned()
        };
        let part = |at: usize| {
            let value = f64::from(u8::from_str_radix(&full[at..at + 2], 16).expect("a colour")) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * part(0) + 0.7152 * part(2) + 0.0722 * part(4)
    };
    let (a, b) = (light(a), light(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn text_stands_out_from_what_is_behind_it() {
    let style = include_str!("../../src/render/html/style.css");
    let blocks: Vec<&str> = style
        .match_indices(":root {")
        .map(|(at, _)| style[at..].split_once('}').expect("a block").0)
        .collect();
    assert_eq!(blocks.len(), 3, "light, dark and print");
    for block in blocks {
        let colour = |name: &str| -> String {
            let (_, rest) = block.split_once(&format!("--{name}: ")).unwrap_or_else(|| panic!("no --{name}"));
            rest.split_once(';').expect("an end").0.to_owned()
        };
        let mut pairs =
            vec![("ink", "paper"), ("soft", "paper"), ("link", "paper"), ("ink", "band"), ("soft", "band")];
        pairs.extend([
            ("i0", "t0"),
            ("i1", "t1"),
            ("i2", "t2"),
            ("i3", "t3"),
            ("i4", "t4"),
            ("i5", "t5"),
            ("i6", "t6"),
        ]);
        for (front, back) in pairs {
            let ratio = contrast(&colour(front), &colour(back));
            assert!(ratio >= 4.5, "--{front} on --{back}: {ratio:.2}\n{block}");
        }
        for tone in ["t1", "t3", "t4", "t6"] {
            let ratio = contrast(&colour(tone), &colour("paper"));
            assert!(ratio >= 3.0, "--{tone} on a picture's ground: {ratio:.2}\n{block}");
        }
    }
}
