//! Holds a wrapped attachment until its wrapping can be judged: in memory while small, then in a temporary file.

use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom, Write};
use std::path::Path;

/// Bytes that are written once and then read at will.
#[derive(Debug)]
pub(super) enum Spool {
    Memory(Cursor<Vec<u8>>),
    File(File),
}

impl Spool {
    pub fn new() -> Self {
        Self::Memory(Cursor::new(Vec::new()))
    }

    /// Appends `bytes`; beyond `in_memory` bytes the whole goes to a nameless temporary file in `dir`.
    pub fn append(&mut self, bytes: &[u8], in_memory: usize, dir: Option<&Path>) -> io::Result<()> {
        match self {
            Self::File(file) => file.write_all(bytes),
            Self::Memory(cursor) => {
                let held = cursor.get_mut();
                if held.len() + bytes.len() <= in_memory {
                    held.extend_from_slice(bytes);
                    return Ok(());
                }
                let mut file = match dir {
                    Some(dir) => tempfile::tempfile_in(dir)?,
                    None => tempfile::tempfile()?,
                };
                file.write_all(held)?;
                file.write_all(bytes)?;
                *self = Self::File(file);
                Ok(())
            }
        }
    }

    /// Length in bytes.
    pub fn len(&mut self) -> io::Result<u64> {
        self.seek(SeekFrom::End(0))
    }

    /// Reads exactly `length` bytes at `offset`.
    pub fn read_at(&mut self, offset: u64, length: usize) -> io::Result<Vec<u8>> {
        self.seek(SeekFrom::Start(offset))?;
        let mut bytes = vec![0; length];
        self.read_exact(&mut bytes)?;
        Ok(bytes)
    }
}

impl Read for Spool {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Memory(cursor) => cursor.read(buffer),
            Self::File(file) => file.read(buffer),
        }
    }
}

impl Seek for Spool {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match self {
            Self::Memory(cursor) => cursor.seek(to),
            Self::File(file) => file.seek(to),
        }
    }
}
