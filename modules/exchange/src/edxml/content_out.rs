//! One attachment's content on its way out: wrapped in the axis's one-entry ZIP or raw, then base64, checked against its digest.

use super::model::{Attachment, Packaging};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};
use sha2::{Digest, Sha256};
use std::io::{self, Write};

/// 1 January 1980, the zero of DOS time: the same content always gives the same bytes.
const DOS_DATE: u16 = 0x0021;
/// A data descriptor follows (bit 3), names are UTF-8 (bit 11).
const FLAGS: u16 = 0x0808;
const DEFLATE: u16 = 8;
const VERSION: u16 = 20;

#[derive(Debug)]
pub(super) struct ContentOut {
    size: u64,
    sha256: String,
    written: u64,
    hash: Sha256,
    zip: Option<ZipOut>,
    /// Up to two bytes that make no whole group of base64 yet.
    carry: Vec<u8>,
}

#[derive(Debug)]
struct ZipOut {
    entry: String,
    encoder: DeflateEncoder<Vec<u8>>,
    crc: Crc,
    compressed: u64,
    begun: bool,
}

impl ContentOut {
    pub fn new(attachment: &Attachment) -> Self {
        let zip = match &attachment.packaging {
            Packaging::Zip { entry } => Some(ZipOut::new(entry.clone())),
            // An empty element counts as absent: nothing can only travel wrapped.
            Packaging::Raw if attachment.size == 0 => Some(ZipOut::new("empty".to_owned())),
            Packaging::Raw => None,
        };
        Self {
            size: attachment.size,
            sha256: attachment.sha256.clone(),
            written: 0,
            hash: Sha256::new(),
            zip,
            carry: Vec::new(),
        }
    }

    /// Takes plain bytes and appends base64 to `out`.
    pub fn write(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> io::Result<()> {
        self.written += bytes.len() as u64;
        self.hash.update(bytes);
        match &mut self.zip {
            Some(zip) => {
                let wrapped = zip.write(bytes)?;
                self.encode(&wrapped, out);
            }
            None => self.encode(bytes, out),
        }
        Ok(())
    }

    /// Writes what is left; false: the content was not the one that the package names.
    pub fn finish(mut self, out: &mut Vec<u8>) -> io::Result<bool> {
        if let Some(zip) = self.zip.take() {
            let rest = zip.finish(self.written)?;
            self.encode(&rest, out);
        }
        out.extend_from_slice(STANDARD.encode(&self.carry).as_bytes());
        Ok(self.written == self.size && hex::encode(self.hash.finalize()) == self.sha256)
    }

    fn encode(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        let mut rest = bytes;
        if !self.carry.is_empty() {
            let missing = (3 - self.carry.len()).min(rest.len());
            self.carry.extend_from_slice(&rest[..missing]);
            rest = &rest[missing..];
            if self.carry.len() < 3 {
                return;
            }
            out.extend_from_slice(STANDARD.encode(&self.carry).as_bytes());
            self.carry.clear();
        }
        let whole = rest.len() / 3 * 3;
        out.extend_from_slice(STANDARD.encode(&rest[..whole]).as_bytes());
        self.carry.extend_from_slice(&rest[whole..]);
    }
}

impl ZipOut {
    fn new(entry: String) -> Self {
        let encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
        Self { entry, encoder, crc: Crc::new(), compressed: 0, begun: false }
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<Vec<u8>> {
        let mut out = self.begin();
        self.crc.update(bytes);
        self.encoder.write_all(bytes)?;
        let deflated = std::mem::take(self.encoder.get_mut());
        self.compressed += deflated.len() as u64;
        out.extend_from_slice(&deflated);
        Ok(out)
    }

    fn begin(&mut self) -> Vec<u8> {
        if std::mem::replace(&mut self.begun, true) {
            return Vec::new();
        }
        let mut header = b"PK\x03\x04".to_vec();
        for field in [VERSION, FLAGS, DEFLATE, 0, DOS_DATE] {
            header.extend_from_slice(&field.to_le_bytes());
        }
        header.extend_from_slice(&[0; 12]); // checksum and sizes follow in the descriptor
        header.extend_from_slice(&self.name_length().to_le_bytes());
        header.extend_from_slice(&[0; 2]);
        header.extend_from_slice(self.entry.as_bytes());
        header
    }

    fn name_length(&self) -> u16 {
        u16::try_from(self.entry.len()).unwrap_or(u16::MAX)
    }

    fn finish(mut self, plain: u64) -> io::Result<Vec<u8>> {
        let mut out = self.begin();
        let name_length = self.name_length();
        let deflated = self.encoder.finish()?;
        self.compressed += deflated.len() as u64;
        out.extend_from_slice(&deflated);
        let too_large = |_| io::Error::new(io::ErrorKind::InvalidInput, "an attachment of more than 4 GiB needs ZIP64");
        let plain = u32::try_from(plain).map_err(too_large)?;
        let compressed = u32::try_from(self.compressed).map_err(too_large)?;
        let sums = [self.crc.sum(), compressed, plain].map(u32::to_le_bytes).concat();
        out.extend_from_slice(b"PK\x07\x08");
        out.extend_from_slice(&sums);

        let mut central = b"PK\x01\x02".to_vec();
        for field in [VERSION, VERSION, FLAGS, DEFLATE, 0, DOS_DATE] {
            central.extend_from_slice(&field.to_le_bytes());
        }
        central.extend_from_slice(&sums);
        central.extend_from_slice(&name_length.to_le_bytes());
        central.extend_from_slice(&[0; 16]); // extra, comment, disk, attributes, and the local header at 0
        central.extend_from_slice(self.entry.as_bytes());
        out.extend_from_slice(&central);

        let directory = 30 + u64::from(name_length) + u64::from(compressed) + 16;
        out.extend_from_slice(b"PK\x05\x06\0\0\0\0\x01\0\x01\0");
        out.extend_from_slice(&u32::try_from(central.len()).map_err(too_large)?.to_le_bytes());
        out.extend_from_slice(&u32::try_from(directory).map_err(too_large)?.to_le_bytes());
        out.extend_from_slice(&[0; 2]);
        Ok(out)
    }
}
