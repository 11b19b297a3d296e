//! A server on the loopback address: release files, and the part of GitHub's interface that deals with
//! comments.

use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// A comment as it stands on the server.
#[derive(Debug, Clone, PartialEq)]
pub struct Comment {
    /// The login of whoever wrote it.
    pub author: String,
    /// Its Markdown.
    pub body: String,
}

#[derive(Default)]
struct State {
    files: BTreeMap<String, Vec<u8>>,
    comments: Vec<Comment>,
    read_only: bool,
    requests: Vec<String>,
}

/// A running server. Its thread ends with the test program.
pub struct Server {
    /// `http://127.0.0.1:PORT`
    pub url: String,
    state: Arc<Mutex<State>>,
}

impl Server {
    /// Starts one on a free port.
    pub fn start() -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").expect("because the loopback address has free ports");
        let url = format!("http://{}", listener.local_addr().expect("because it is bound"));
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // A client that goes away in the middle is the client's affair.
                let _ = answer(stream, &shared);
            }
        });
        Server { url, state }
    }

    /// Offers a file; gives its address.
    pub fn offer(&self, path: &str, bytes: Vec<u8>) -> String {
        self.locked().files.insert(path.to_owned(), bytes);
        format!("{}{path}", self.url)
    }

    /// Adds a comment, as somebody would on the page of the pull request.
    pub fn add_comment(&self, author: &str, body: &str) {
        self.locked().comments.push(Comment { author: author.to_owned(), body: body.to_owned() });
    }

    /// From now on no comment may be written: the token of a pull request from a fork.
    pub fn refuse_writing(&self) {
        self.locked().read_only = true;
    }

    /// The comments that stand there now, oldest first.
    pub fn comments(&self) -> Vec<Comment> {
        self.locked().comments.clone()
    }

    /// The requests so far: method and path.
    pub fn requests(&self) -> Vec<String> {
        self.locked().requests.clone()
    }

    fn locked(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().expect("because no holder panics")
    }
}

fn answer(mut stream: TcpStream, state: &Mutex<State>) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut first = String::new();
    reader.read_line(&mut first)?;
    let mut length = 0;
    let mut token = String::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.parse().unwrap_or(0),
            "expect" => stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?,
            "authorization" => value.clone_into(&mut token),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let mut words = first.split(' ');
    let (method, target) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
    let (status, content) =
        respond(&mut state.lock().expect("because no holder panics"), method, target, &body, &token);
    write!(stream, "HTTP/1.1 {status} -\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", content.len())?;
    stream.write_all(&content)
}

fn respond(state: &mut State, method: &str, target: &str, body: &[u8], token: &str) -> (u16, Vec<u8>) {
    state.requests.push(format!("{method} {target}"));
    if let Some(file) = state.files.get(target) {
        return (200, file.clone());
    }
    let message = |status: u16, text: &str| (status, json!({"message": text}).to_string().into_bytes());
    let Some(path) = target.strip_prefix("/repos/owner/data/issues/") else {
        return message(404, "Not Found");
    };
    if token != "Bearer secret" {
        return message(401, "Bad credentials");
    }
    if method == "GET" {
        let Some(page) = path.strip_prefix("7/comments?per_page=100&page=") else {
            return message(404, "Not Found");
        };
        let page: usize = page.parse().expect("because the page is a number");
        let listed = state.comments.iter().enumerate().skip((page - 1) * 100).take(100);
        let listed: Vec<Json> =
            listed.map(|(id, c)| json!({"id": id, "body": c.body, "user": {"login": c.author}})).collect();
        return (200, Json::from(listed).to_string().into_bytes());
    }
    if state.read_only {
        return message(403, "Resource not accessible by integration");
    }
    let sent: Json = serde_json::from_slice(body).expect("because the body is JSON");
    let text = sent["body"].as_str().expect("because a comment has a body").to_owned();
    match (method, path.strip_prefix("comments/")) {
        ("POST", None) if path == "7/comments" => {
            state.comments.push(Comment { author: "github-actions[bot]".to_owned(), body: text });
            (201, b"{}".to_vec())
        }
        ("PATCH", Some(id)) => {
            let id: usize = id.parse().expect("because ids are numbers");
            state.comments[id].body = text;
            (200, b"{}".to_vec())
        }
        _ => message(404, "Not Found"),
    }
}
