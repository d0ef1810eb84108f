//! One attachment's content on its way through the reader: base64 off, wrapping off, counted, hashed and looked at.

use super::limits::Limits;
use super::model::Packaging;
use super::probe::{Facts, Probe};
use super::refusals;
use super::reject::{At, Read, reject, too_much};
use super::spool::Spool;
use super::zip::{self, Found, Unwrapping, ZipFault};
use base::Refusal;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::path::{Path, PathBuf};

/// Bytes handed on at a time.
const BLOCK: usize = 64 << 10;

/// Decodes base64 that comes in pieces, blanks and line ends anywhere.
#[derive(Debug, Default)]
pub(super) struct Base64Stream {
    carry: Vec<u8>,
    padded: bool,
}

impl Base64Stream {
    /// Appends what `text` holds to `out`; false: it is not base64.
    pub fn decode(&mut self, text: &[u8], out: &mut Vec<u8>) -> bool {
        let mut clean = std::mem::take(&mut self.carry);
        clean.reserve(text.len());
        clean.extend(text.iter().filter(|b| !matches!(b, b' ' | b'\t' | b'\r' | b'\n')));
        if clean.is_empty() {
            return true;
        }
        if self.padded {
            return false;
        }
        let whole = clean.len() / 4 * 4;
        if STANDARD.decode_vec(&clean[..whole], out).is_err() {
            return false;
        }
        self.padded = clean[..whole].ends_with(b"=");
        self.carry = clean.split_off(whole);
        !self.padded || self.carry.is_empty()
    }

    /// Whether it ended on a whole group.
    pub fn is_whole(&self) -> bool {
        self.carry.is_empty()
    }
}

/// What is known of an attachment once its content has passed by.
#[derive(Debug)]
pub(super) struct Passed {
    pub facts: Facts,
    pub packaging: Packaging,
    pub at: At,
}

/// The content that is passing by.
#[derive(Debug)]
pub(super) struct Content {
    index: usize,
    at: At,
    base64: Base64Stream,
    stage: Stage,
    probe: Probe,
    /// Plain bytes of the attachments before this one.
    before: u64,
    limits: Limits,
    spool_dir: Option<PathBuf>,
}

#[derive(Debug)]
enum Stage {
    /// Fewer than four bytes: raw or wrapped is not known yet.
    Undecided(Vec<u8>),
    /// Raw bytes, handed on as they come.
    Raw,
    /// Perhaps wrapped; held until it is complete.
    Held(Spool),
    /// Complete; its plain bytes are being handed on.
    Unwrapping(Box<Unwrapping>),
    /// Complete and kept as it is.
    Replaying(Spool),
}

impl Content {
    pub fn new(index: usize, at: At, before: u64, limits: Limits, spool_dir: Option<&Path>) -> Self {
        Self {
            index,
            at,
            base64: Base64Stream::default(),
            stage: Stage::Undecided(Vec::new()),
            probe: Probe::new(),
            before,
            limits,
            spool_dir: spool_dir.map(Path::to_path_buf),
        }
    }

    pub fn index(&self) -> usize {
        self.index
    }

    /// Takes base64 text that stands at `at`; what can be handed on already is appended to `out`.
    pub fn take(&mut self, text: &str, at: At, out: &mut Vec<u8>) -> Read<()> {
        let mut bytes = Vec::with_capacity(text.len() / 4 * 3 + 3);
        if !self.base64.decode(text.as_bytes(), &mut bytes) {
            return Err(self.not_base64(at).into());
        }
        if let Stage::Undecided(head) = &mut self.stage {
            head.extend_from_slice(&bytes);
            if head.len() < 4 {
                return Ok(());
            }
            bytes = std::mem::take(head);
            self.stage = if zip::looks_like_zip(&bytes) { Stage::Held(Spool::new()) } else { Stage::Raw };
        }
        match &mut self.stage {
            Stage::Held(spool) => {
                // A stored entry is never smaller than its wrapping by more than the headers: the same bound serves.
                if spool.len()? + bytes.len() as u64 > self.limits.attachment_bytes.saturating_add(1 << 20) {
                    return Err(self.too_large().into());
                }
                spool.append(&bytes, self.limits.spool_memory, self.spool_dir.as_deref())?;
            }
            _ => {
                self.pass(&bytes)?;
                out.extend_from_slice(&bytes);
            }
        }
        Ok(())
    }

    /// The base64 text has ended at `at`.
    pub fn end_of_text(&mut self, at: At, out: &mut Vec<u8>) -> Read<()> {
        if !self.base64.is_whole() {
            return Err(self.not_base64(at).into());
        }
        if let Stage::Undecided(head) = &mut self.stage {
            let head = std::mem::take(head);
            if head.is_empty() {
                let field = self.field();
                let (vi, en) = ("nội dung base64", "base64 content");
                return Err(reject(&refusals::EMPTY, self.at, &field, vi, en).into());
            }
            self.stage = Stage::Raw;
            self.pass(&head)?;
            out.extend_from_slice(&head);
        }
        Ok(())
    }

    /// The attachment's name is known: judges what was held.
    pub fn judge(&mut self, name: &str) -> Read<()> {
        if !matches!(self.stage, Stage::Held(_)) {
            return Ok(());
        }
        let Stage::Held(mut spool) = std::mem::replace(&mut self.stage, Stage::Raw) else { return Ok(()) };
        self.stage = match zip::examine(&mut spool, name).map_err(|fault| self.fault(fault, name))? {
            Found::Attachment => {
                std::io::Seek::rewind(&mut spool)?;
                Stage::Replaying(spool)
            }
            Found::Wrapping(entry) => {
                if entry.size > self.limits.attachment_bytes {
                    return Err(self.too_large().into());
                }
                self.check_ratio(entry.size, entry.compressed, name)?;
                Stage::Unwrapping(Box::new(Unwrapping::new(spool, entry)?))
            }
        };
        Ok(())
    }

    /// The next plain bytes of what was held; empty: all are handed on.
    pub fn drain(&mut self, name: &str) -> Read<Vec<u8>> {
        let mut block = vec![0; BLOCK];
        let mut state = None;
        let count = match &mut self.stage {
            Stage::Replaying(spool) => std::io::Read::read(spool, &mut block)?,
            Stage::Unwrapping(unwrapping) => {
                let result = unwrapping.read(&mut block);
                state = Some((unwrapping.produced(), unwrapping.entry().compressed));
                result.map_err(|fault| self.fault(fault, name))?
            }
            _ => 0,
        };
        if let Some((produced, compressed)) = state {
            self.check_ratio(produced, compressed, name)?;
        }
        block.truncate(count);
        self.pass(&block)?;
        Ok(block)
    }

    /// All has passed: what is known of it.
    pub fn finish(self, name: &str) -> Passed {
        let packaging = match &self.stage {
            Stage::Unwrapping(unwrapping) => Packaging::Zip { entry: unwrapping.entry().name.clone() },
            _ => Packaging::Raw,
        };
        Passed { facts: self.probe.finish(name), packaging, at: self.at }
    }

    fn pass(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
        self.probe.update(bytes);
        if self.probe.size() > self.limits.attachment_bytes {
            return Err(self.too_large());
        }
        if self.before + self.probe.size() > self.limits.attachments_bytes {
            let limit = self.limits.attachments_bytes;
            return Err(too_much(
                self.at,
                &self.field(),
                limit,
                "byte trong mọi tệp đính kèm",
                "bytes in all attachments",
            ));
        }
        Ok(())
    }

    fn check_ratio(&self, plain: u64, compressed: u64, name: &str) -> Result<(), Refusal> {
        let ratio = self.limits.zip_ratio;
        if plain > self.limits.zip_ratio_from && plain / ratio > compressed {
            let (vi, en) = (format!("tỉ lệ nén không quá {ratio}"), format!("a compression ratio of at most {ratio}"));
            return Err(reject(&refusals::ZIP_BOMB, self.at, &self.field(), vi, en)
                .with("name", name)
                .with("ratio", ratio));
        }
        Ok(())
    }

    fn fault(&self, fault: ZipFault, name: &str) -> super::ReadError {
        let refuse = |code, vi: &str, en: &str| reject(code, self.at, &self.field(), vi, en).with("name", name);
        match fault {
            ZipFault::Io(error) => return error.into(),
            ZipFault::Damaged(vi, en) => refuse(&refusals::ZIP_DAMAGED, vi, en),
            ZipFault::Encrypted => refuse(&refusals::ZIP_ENCRYPTED, "ZIP không mật khẩu", "a ZIP without a password"),
            ZipFault::UnsafeName(entry) => {
                let (vi, en) = ("tên tệp không có đường dẫn", "a file name without a path");
                reject(&refusals::UNSAFE_NAME, self.at, &self.field(), vi, en).with("name", entry)
            }
        }
        .into()
    }

    fn too_large(&self) -> Refusal {
        let limit = self.limits.attachment_bytes;
        too_much(self.at, &self.field(), limit, "byte trong một tệp đính kèm", "bytes in an attachment")
    }

    fn not_base64(&self, at: At) -> Refusal {
        let (vi, en) = ("base64 chuẩn, đủ ký tự đệm", "standard base64 with its padding");
        reject(&refusals::BASE64, at, &self.field(), vi, en).with("number", self.index + 1)
    }

    fn field(&self) -> String {
        format!("AttachmentEncoded/Attachment[{}]/ContentTransferEncoded", self.index + 1)
    }
}
