//! The reader: fed bytes as they arrive, it hands on attachment contents as it meets them and gives the message at the end.

use super::content::{Content, Passed};
use super::decode;
use super::limits::Limits;
use super::model::Message;
use super::raw::{Builder, Built};
use super::refusals;
use super::reject::{ReadError, reject, too_much};
use super::token::{Token, Tokenizer};
use base::Refusal;
use std::io;
use std::path::PathBuf;

/// Input given to the tokenizer at a time; bounds what one step can hand on.
const SLICE: usize = 32 << 10;

/// What the reader hands on.
#[derive(Debug, PartialEq, Eq)]
pub enum Piece {
    /// The input is used up: give more, or [`finish`](Reader::finish).
    More,
    /// The plain content of the attachment with this index (from 0, in the order of the attachment block) begins.
    Start(usize),
    /// The next plain bytes of that content, at most 64 KiB or so.
    Data(Vec<u8>),
    /// That content is complete.
    End(usize),
}

/// Reads one message in memory that does not grow with its attachments.
///
/// ```ignore
/// let mut reader = edxml::Reader::new(Limits::default(), Some(spool_dir));
/// while let Some(chunk) = body.next().await {
///     let mut input = &chunk[..];
///     loop {
///         match reader.next(&mut input)? {
///             Piece::More => break,
///             Piece::Start(_) => writer = Some(blobs.writer().await?),
///             Piece::Data(bytes) => writer.write(&bytes).await?,
///             Piece::End(_) => staged.push(writer.finish().await?),
///         }
///     }
/// }
/// let message = reader.finish()?;
/// ```
///
/// What was handed on belongs to nobody until `finish` has returned: a refusal can still come after the last piece.
pub struct Reader {
    limits: Limits,
    spool_dir: Option<PathBuf>,
    tokenizer: Tokenizer,
    builder: Builder,
    content: Option<Content>,
    /// Name of the attachment whose content is being drained.
    draining: Option<String>,
    passed: Vec<Passed>,
    passed_bytes: u64,
    read_bytes: u64,
}

impl Reader {
    /// A reader within `limits`. Wrapped attachments beyond [`Limits::spool_memory`] go through a nameless temporary file
    /// in `spool_dir` (`None`: the system's temporary folder).
    pub fn new(limits: Limits, spool_dir: Option<PathBuf>) -> Self {
        Self {
            tokenizer: Tokenizer::new(limits.clone()),
            builder: Builder::new(limits.clone()),
            limits,
            spool_dir,
            content: None,
            draining: None,
            passed: Vec::new(),
            passed_bytes: 0,
            read_bytes: 0,
        }
    }

    /// Takes from the front of `input` and hands on what comes of it. `Refused`: the message is wrong, give it up.
    pub fn next(&mut self, input: &mut &[u8]) -> Result<Piece, ReadError> {
        loop {
            if let Some(piece) = self.step()? {
                return Ok(piece);
            }
            if input.is_empty() {
                return Ok(Piece::More);
            }
            let (slice, rest) = input.split_at(input.len().min(SLICE));
            *input = rest;
            self.read_bytes += slice.len() as u64;
            if self.read_bytes > self.limits.message_bytes {
                let limit = self.limits.message_bytes;
                return Err(too_much(self.tokenizer.at(), "edXML", limit, "byte", "bytes").into());
            }
            self.tokenizer.push(slice);
        }
    }

    /// All input is given: the message.
    pub fn finish(mut self) -> Result<Message, ReadError> {
        self.tokenizer.end();
        // A message that ends properly has handed on everything; what still comes is drained for the sake of its errors.
        while self.step()?.is_some() {}
        let at = self.tokenizer.at();
        let root = self.builder.finish();
        match root {
            Some(root) if !self.tokenizer.has_rest() => Ok(decode::message(root, self.passed)?),
            _ => {
                let path = self.builder.path();
                let (vi, en) = ("phần còn lại của gói tin, đến </edXML>", "the rest of the message, up to </edXML>");
                Err(reject(&refusals::TRUNCATED, at, &path, vi, en).into())
            }
        }
    }

    /// Works until there is something to hand on; `None`: more input is needed.
    fn step(&mut self) -> Result<Option<Piece>, ReadError> {
        if self.draining.is_some() {
            return self.drain().map(Some);
        }
        let Self { tokenizer, builder, content, limits, spool_dir, .. } = self;
        loop {
            let at = tokenizer.next_at();
            let Some(token) = tokenizer.next().map_err(|refusal| within(refusal, &builder.path()))? else {
                return Ok(None);
            };
            let mut data = Vec::new();
            match builder.take(&token, at)? {
                Built::Kept => {}
                Built::ContentStart(index) => {
                    if content.is_some() {
                        let field = format!("{}[{index}]", builder.path());
                        let (vi, en) = (
                            "một ContentTransferEncoded trong mỗi Attachment",
                            "one ContentTransferEncoded in each Attachment",
                        );
                        return Err(reject(&refusals::DUPLICATE, at, &field, vi, en).into());
                    }
                    *content = Some(Content::new(index, at, self.passed_bytes, limits.clone(), spool_dir.as_deref()));
                    return Ok(Some(Piece::Start(index)));
                }
                Built::Content => {
                    if let Some(content) = content {
                        match token {
                            Token::Text(text) => content.take(text, at, &mut data)?,
                            Token::Char(c) => content.take(c.encode_utf8(&mut [0; 4]), at, &mut data)?,
                            _ => {}
                        }
                    }
                }
                Built::ContentEnd => {
                    if let Some(content) = content {
                        content.end_of_text(at, &mut data)?;
                    }
                }
                Built::AttachmentEnd(name) => {
                    if let Some(content) = content {
                        content.judge(&name)?;
                        self.draining = Some(name);
                        return self.drain().map(Some);
                    }
                }
            }
            if !data.is_empty() {
                return Ok(Some(Piece::Data(data)));
            }
        }
    }

    fn drain(&mut self) -> Result<Piece, ReadError> {
        let name = self.draining.clone().unwrap_or_default();
        if let Some(content) = &mut self.content {
            let data = content.drain(&name)?;
            if !data.is_empty() {
                return Ok(Piece::Data(data));
            }
        }
        self.draining = None;
        let Some(content) = self.content.take() else { return Ok(Piece::More) };
        let index = content.index();
        let passed = content.finish(&name);
        self.passed_bytes += passed.facts.size;
        self.passed.push(passed);
        Ok(Piece::End(index))
    }
}

/// Names the open element in a refusal of the tokenizer, which knows only lines and columns.
fn within(mut refusal: Refusal, path: &str) -> Refusal {
    if let Some(field) = refusal.fields.first_mut().filter(|_| !path.is_empty()) {
        path.clone_into(&mut field.field);
    }
    refusal
}

/// Reads a whole message from `input`; `sink` receives the pieces of the attachments (never [`Piece::More`]).
pub fn read(
    mut input: impl io::Read,
    limits: Limits,
    mut sink: impl FnMut(Piece) -> io::Result<()>,
) -> Result<Message, ReadError> {
    let mut reader = Reader::new(limits, None);
    let mut buffer = vec![0; SLICE];
    loop {
        let count = match input.read(&mut buffer) {
            Ok(0) => return reader.finish(),
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error.into()),
        };
        let mut rest = &buffer[..count];
        loop {
            match reader.next(&mut rest)? {
                Piece::More => break,
                piece => sink(piece)?,
            }
        }
    }
}
