//! A mail server that keeps what it is sent, and shows a message as a mail program would.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// Listens on a free port of this machine until the runtime ends.
pub struct MailSink {
    /// Where it listens.
    pub port: u16,
    mails: Arc<Mutex<Vec<Mail>>>,
}

/// A message as it came over the line.
#[derive(Debug, Clone, Default)]
pub struct Mail {
    /// Addresses of the envelope, in angle brackets: the only ones that a mail server delivers to.
    pub to: Vec<String>,
    /// Headers and body.
    pub text: String,
}

impl MailSink {
    /// Takes everything.
    pub async fn start() -> Self {
        Self::with(false).await
    }

    /// Turns every recipient away for good.
    pub async fn refusing() -> Self {
        Self::with(true).await
    }

    async fn with(refuse: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let mails: Arc<Mutex<Vec<Mail>>> = Arc::default();
        let kept = Arc::clone(&mails);
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(talk(socket, refuse, Arc::clone(&kept)));
            }
        });
        Self { port, mails }
    }

    /// What came so far.
    pub fn mails(&self) -> Vec<Mail> {
        self.mails.lock().expect("nobody panicked").clone()
    }
}

async fn talk(socket: TcpStream, refuse: bool, kept: Arc<Mutex<Vec<Mail>>>) -> std::io::Result<()> {
    let (read, mut write) = socket.into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 sink\r\n").await?;
    let mut mail = Mail::default();
    let mut in_text = false;
    while let Some(line) = lines.next_line().await? {
        if in_text && line == "." {
            in_text = false;
            kept.lock().expect("nobody panicked").push(std::mem::take(&mut mail));
            write.write_all(b"250 kept\r\n").await?;
            continue;
        }
        if in_text {
            mail.text.push_str(line.strip_prefix('.').unwrap_or(&line));
            mail.text.push('\n');
            continue;
        }
        let answer: &[u8] = match line.get(..4).unwrap_or_default() {
            "RCPT" if refuse => b"550 no such person\r\n",
            "RCPT" => {
                mail.to.push(line.split_once(':').map_or("", |(_, address)| address.trim()).to_owned());
                b"250 ok\r\n"
            }
            "DATA" => {
                in_text = true;
                b"354 go on\r\n"
            }
            "QUIT" => b"221 bye\r\n",
            _ => b"250 ok\r\n",
        };
        write.write_all(answer).await?;
    }
    Ok(())
}

impl Mail {
    fn parts(&self) -> (&str, &str) {
        self.text.split_once("\n\n").unwrap_or((&self.text, ""))
    }

    /// The headers in their order, unfolded and decoded.
    pub fn headers(&self) -> Vec<(String, String)> {
        let mut all: Vec<(String, String)> = Vec::new();
        for line in self.parts().0.lines() {
            match (line.strip_prefix([' ', '\t']), all.last_mut()) {
                (Some(more), Some((_, value))) => value.push_str(&format!(" {more}")),
                _ => {
                    let (name, value) = line.split_once(':').unwrap_or((line, ""));
                    all.push((name.to_owned(), value.trim().to_owned()));
                }
            }
        }
        all.into_iter().map(|(name, value)| (name, decoded_words(&value))).collect()
    }

    /// The value of a header that stands exactly once.
    pub fn header(&self, name: &str) -> Option<String> {
        let mut found = self.headers().into_iter().filter(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v);
        found.next().filter(|_| found.next().is_none())
    }

    /// The text, decoded.
    pub fn body(&self) -> String {
        let raw = self.parts().1;
        let bytes = match self.header("Content-Transfer-Encoding").as_deref() {
            Some("base64") => BASE64_STANDARD.decode(raw.replace('\n', "")).unwrap_or_default(),
            Some("quoted-printable") => quoted_printable(&raw.replace("=\n", "")),
            _ => raw.as_bytes().to_vec(),
        };
        String::from_utf8_lossy(&bytes).replace("\r\n", "\n")
    }
}

/// RFC 2047: `=?utf-8?b?…?=`; the blank between two encoded words is no part of the text.
fn decoded_words(value: &str) -> String {
    let mut out = String::new();
    let mut rest = value;
    let mut after_word = false;
    while let Some((before, word, after)) = next_word(rest) {
        if !(after_word && before.trim().is_empty()) {
            out.push_str(before);
        }
        out.push_str(&String::from_utf8_lossy(&BASE64_STANDARD.decode(word).unwrap_or_default()));
        rest = after;
        after_word = true;
    }
    out + rest
}

fn next_word(text: &str) -> Option<(&str, &str, &str)> {
    let start = text.find("=?utf-8?b?")?;
    let (word, after) = text[start + 10..].split_once("?=")?;
    Some((&text[..start], word, after))
}

fn quoted_printable(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'=' {
            out.push(byte);
            continue;
        }
        let digits: String = bytes.by_ref().take(2).map(char::from).collect();
        out.extend(u8::from_str_radix(&digits, 16));
    }
    out
}
