//! The writer: gives a message piece by piece, so that attachments of any size flow through.

use super::content::Passed;
use super::content_out::ContentOut;
use super::decode;
use super::encode_header;
use super::limits::Limits;
use super::model::{Message, Package, Packaging, StatusMessage, Warning};
use super::probe::Probe;
use super::raw::{Builder, Built};
use super::refusals;
use super::reject::{At, reject};
use super::token::Tokenizer;
use base::Refusal;
use std::fmt;
use std::io;

/// Why a message could not be written.
#[derive(Debug)]
pub enum WriteError {
    /// The message itself is wrong: our own reader would refuse it.
    Refused(Box<Refusal>),
    /// An attachment's content is not the one that the package names (index from 0).
    Content(usize),
    /// Reading a content or writing the message failed.
    Io(io::Error),
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refusal) => refusal.fmt(f),
            Self::Content(index) => {
                write!(f, "attachment {index} does not have the size and digest that the package names")
            }
            Self::Io(error) => write!(f, "writing an edXML message: {error}"),
        }
    }
}

impl std::error::Error for WriteError {}

impl From<io::Error> for WriteError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<Refusal> for WriteError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(Box::new(refusal))
    }
}

impl From<WriteError> for platform::Error {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Refused(refusal) => Self::Refused(refusal),
            other => Self::Fault(other.to_string()),
        }
    }
}

/// Writes one document package: `content` for every attachment in order until each is complete, then `finish`.
///
/// ```ignore
/// let mut writer = edxml::Writer::new(&package)?;
/// for attachment in &package.attachments {
///     let mut reader = blobs.open(&attachment.sha256).await?;
///     while let Some(bytes) = reader.next().await? {
///         writer.content(&bytes, &mut out)?; // then send `out` on and clear it
///     }
///     writer.end_of_content(&mut out)?;
/// }
/// writer.finish(&mut out)?;
/// ```
pub struct Writer {
    /// What stands between the contents; the last is the tail.
    segments: std::vec::IntoIter<String>,
    contents: std::vec::IntoIter<ContentOut>,
    current: Option<ContentOut>,
    index: usize,
}

impl Writer {
    /// A writer for `package`. `Refused`: our own reader would refuse it.
    pub fn new(package: &Package) -> Result<Self, WriteError> {
        check(package)?;
        let text = encode_header::document(package);
        let segments: Vec<String> = text.split('\0').map(str::to_owned).collect();
        let contents: Vec<ContentOut> = package.attachments.iter().map(ContentOut::new).collect();
        Ok(Self { segments: segments.into_iter(), contents: contents.into_iter(), current: None, index: 0 })
    }

    /// Takes the next plain bytes of the present attachment and appends what can be sent to `out`.
    pub fn content(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> Result<(), WriteError> {
        self.begin(out);
        match &mut self.current {
            Some(content) => content.write(bytes, out).map_err(WriteError::Io),
            None => Err(WriteError::Content(self.index)),
        }
    }

    /// The present attachment is complete. `Content`: it is not the one that the package names.
    pub fn end_of_content(&mut self, out: &mut Vec<u8>) -> Result<(), WriteError> {
        self.begin(out);
        let index = self.index;
        let whole = match self.current.take() {
            Some(content) => content.finish(out)?,
            None => false,
        };
        self.index += 1;
        if whole { Ok(()) } else { Err(WriteError::Content(index)) }
    }

    /// All attachments are written: the rest of the message.
    pub fn finish(mut self, out: &mut Vec<u8>) -> Result<(), WriteError> {
        if self.current.is_some() || self.contents.next().is_some() {
            return Err(WriteError::Content(self.index));
        }
        self.segments.for_each(|segment| out.extend_from_slice(segment.as_bytes()));
        Ok(())
    }

    fn begin(&mut self, out: &mut Vec<u8>) {
        if self.current.is_none()
            && let Some(content) = self.contents.next()
        {
            out.extend_from_slice(self.segments.next().unwrap_or_default().as_bytes());
            self.current = Some(content);
        }
    }
}

/// Writes a whole package to `out`; `open` gives the plain content of each attachment by index.
pub fn write<R: io::Read>(
    package: &Package,
    mut open: impl FnMut(usize) -> io::Result<R>,
    mut out: impl io::Write,
) -> Result<(), WriteError> {
    let mut writer = Writer::new(package)?;
    let mut block = vec![0; 64 << 10];
    let mut ready = Vec::new();
    for index in 0..package.attachments.len() {
        let mut content = open(index)?;
        loop {
            let count = match content.read(&mut block) {
                Ok(0) => break,
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error.into()),
            };
            writer.content(&block[..count], &mut ready)?;
            out.write_all(&ready)?;
            ready.clear();
        }
        writer.end_of_content(&mut ready)?;
    }
    writer.finish(&mut ready)?;
    out.write_all(&ready)?;
    Ok(())
}

/// Writes a package whose contents are at hand.
pub fn write_to_vec(package: &Package, contents: &[impl AsRef<[u8]>]) -> Result<Vec<u8>, WriteError> {
    let mut out = Vec::new();
    let open =
        |index: usize| contents.get(index).map(AsRef::as_ref).ok_or_else(|| io::Error::from(io::ErrorKind::NotFound));
    write(package, open, &mut out)?;
    Ok(out)
}

/// Writes a status message.
pub fn write_status(status: &StatusMessage) -> Result<Vec<u8>, WriteError> {
    check_status(status)?;
    Ok(encode_header::status(status).into_bytes())
}

/// Whether our own reader would accept the package (attachment contents apart), with its remarks.
pub fn check(package: &Package) -> Result<Vec<Warning>, Refusal> {
    match read_back(&encode_header::document(package), package.attachments.len())? {
        Message::Document(read) => Ok(read.warnings),
        Message::Status(_) => {
            Err(reject(&refusals::MIXED, At::default(), "MessageHeader", "một văn bản", "a document"))
        }
    }
}

/// Whether our own reader would accept the status message, with its remarks.
pub fn check_status(status: &StatusMessage) -> Result<Vec<Warning>, Refusal> {
    match read_back(&encode_header::status(status), 0)? {
        Message::Status(read) => Ok(read.warnings),
        Message::Document(_) => {
            Err(reject(&refusals::MIXED, At::default(), "MessageHeader", "một trạng thái", "a status"))
        }
    }
}

/// Reads what was encoded, with nothing in the place of the `contents` attachments.
fn read_back(text: &str, contents: usize) -> Result<Message, Refusal> {
    if text.matches('\0').count() != contents {
        let (vi, en) = ("không có ký tự điều khiển", "no control characters");
        return Err(reject(&refusals::VALUE, At::default(), "edXML", vi, en));
    }
    let limits = Limits::default();
    let (mut tokenizer, mut builder) = (Tokenizer::new(limits.clone()), Builder::new(limits));
    tokenizer.push(text.replace('\0', "AA==").as_bytes());
    tokenizer.end();
    let mut passed = Vec::new();
    loop {
        let at = tokenizer.next_at();
        let Some(token) = tokenizer.next()? else { break };
        if let Built::ContentStart(_) = builder.take(&token, at)? {
            passed.push(Passed { facts: Probe::new().finish(""), packaging: Packaging::Raw, at });
        }
    }
    match builder.finish() {
        Some(root) => decode::message(root, passed),
        None => Err(reject(&refusals::TRUNCATED, tokenizer.at(), "edXML", "</edXML>", "</edXML>")),
    }
}
