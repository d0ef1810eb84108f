//! The master key: lies outside the data folder and outside backups, and wraps every stored secret (XChaCha20-Poly1305).

use crate::error::{Error, Result};
use base::Random;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use std::io::Write as _;
use std::path::Path;
use zeroize::Zeroizing;

const HEADER: &str = "lienthong-master-key-1";
const NONCE: usize = 24;

/// The key that wraps all others.
#[derive(Clone)]
pub struct MasterKey {
    cipher: XChaCha20Poly1305,
}

impl MasterKey {
    /// Reads the file; `None` when there is none.
    pub fn load(path: &Path) -> Result<Option<Self>> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => Zeroizing::new(text),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(Error::fault("read the master key file", e)),
        };
        warn_if_readable_by_others(path);
        let bytes = text
            .trim()
            .strip_prefix(HEADER)
            .and_then(|rest| STANDARD.decode(rest.trim()).ok())
            .map(Zeroizing::new)
            .filter(|bytes| bytes.len() == 32)
            .ok_or_else(|| Error::Fault("the master key file does not hold a master key".into()))?;
        Self::from_bytes(&bytes).map(Some)
    }

    /// Makes a key and its file, readable by its owner only; fails when the file exists.
    pub fn create(path: &Path, random: &Random) -> Result<Self> {
        let failed = |e: std::io::Error| Error::fault("create the master key file", e);
        let key = Zeroizing::new(random.bytes::<32>());
        if let Some(folder) = path.parent().filter(|p| !p.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder).map_err(failed)?;
        }
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path).map_err(failed)?;
        let text = Zeroizing::new(format!("{HEADER} {}\n", STANDARD.encode(*key)));
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
        crate::blobs::sync_folder(path.parent().unwrap_or(Path::new("."))).map_err(failed)?;
        Self::from_bytes(&*key)
    }

    /// From 32 bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let cipher = XChaCha20Poly1305::new_from_slice(bytes).map_err(|e| Error::fault("use the master key", e))?;
        Ok(Self { cipher })
    }

    /// Encrypts a secret, bound to its purpose and id: nonce, then ciphertext with tag.
    pub fn wrap(&self, random: &Random, purpose: &str, id: &str, secret: &[u8]) -> Result<Vec<u8>> {
        let nonce = random.bytes::<NONCE>();
        let aad = bound_to(purpose, id);
        let sealed = self
            .cipher
            .encrypt(&XNonce::from(nonce), Payload { msg: secret, aad: &aad })
            .map_err(|e| Error::fault("wrap a secret", e))?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Decrypts what [`Self::wrap`] made; `None` when it was altered, belongs elsewhere, or another key made it.
    pub fn unwrap(&self, purpose: &str, id: &str, wrapped: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, sealed) = wrapped.split_first_chunk::<NONCE>()?;
        let aad = bound_to(purpose, id);
        self.cipher.decrypt(&XNonce::from(*nonce), Payload { msg: sealed, aad: &aad }).ok().map(Zeroizing::new)
    }
}

fn bound_to(purpose: &str, id: &str) -> Vec<u8> {
    // The length keeps ("ab", "c") and ("a", "bc") apart.
    let mut out = (purpose.len() as u64).to_be_bytes().to_vec();
    out.extend_from_slice(purpose.as_bytes());
    out.extend_from_slice(id.as_bytes());
    out
}

fn warn_if_readable_by_others(path: &Path) {
    #[cfg(unix)]
    if let Ok(meta) = std::fs::metadata(path) {
        use std::os::unix::fs::PermissionsExt as _;
        if meta.permissions().mode() & 0o077 != 0 {
            tracing::warn!("the master key file can be read by other accounts of this machine; set its mode to 0600");
        }
    }
    #[cfg(not(unix))]
    let _ = path;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrapped_secret_opens_only_in_its_own_place() {
        let random = Random::seeded(7);
        let key = MasterKey::from_bytes(&[9; 32]).unwrap();
        let wrapped = key.wrap(&random, "seal", "H57", b"secret").unwrap();
        assert_eq!(key.unwrap("seal", "H57", &wrapped).unwrap().as_slice(), b"secret");
        assert!(key.unwrap("seal", "H58", &wrapped).is_none());
        assert!(key.unwrap("sealH", "57", &wrapped).is_none());
        assert!(MasterKey::from_bytes(&[8; 32]).unwrap().unwrap("seal", "H57", &wrapped).is_none());
        for i in 0..wrapped.len() {
            let mut altered = wrapped.clone();
            altered[i] ^= 1;
            assert!(key.unwrap("seal", "H57", &altered).is_none(), "byte {i}");
        }
    }

    #[test]
    fn the_file_is_made_once_and_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys/data.key");
        assert!(MasterKey::load(&path).unwrap().is_none());
        let made = MasterKey::create(&path, &Random::seeded(1)).unwrap();
        let wrapped = made.wrap(&Random::seeded(2), "p", "i", b"x").unwrap();
        let read = MasterKey::load(&path).unwrap().unwrap();
        assert_eq!(read.unwrap("p", "i", &wrapped).unwrap().as_slice(), b"x");
        assert!(MasterKey::create(&path, &Random::seeded(1)).is_err(), "never overwritten");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        std::fs::write(&path, "something else").unwrap();
        assert!(MasterKey::load(&path).is_err());
    }
}
