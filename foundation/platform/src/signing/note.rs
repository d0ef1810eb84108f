//! Signed notes (C2SP signed-note, Ed25519) for checkpoints of the ledger.

use super::SignatureError;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest as _, Sha256};

const ED25519: u8 = 1;

/// First four bytes of SHA-256(name ‖ "\n" ‖ 0x01 ‖ public key).
fn key_hash(name: &str, key: &VerifyingKey) -> [u8; 4] {
    let mut hash = Sha256::new();
    hash.update(name.as_bytes());
    hash.update([b'\n', ED25519]);
    hash.update(key.as_bytes());
    let digest: [u8; 32] = hash.finalize().into();
    [digest[0], digest[1], digest[2], digest[3]]
}

/// The verifier key: `name+hash+base64(0x01 ‖ key)`.
pub(super) fn verifier_key(name: &str, key: &VerifyingKey) -> String {
    let encoded = STANDARD.encode([[ED25519].as_slice(), key.as_bytes()].concat());
    format!("{name}+{}+{encoded}", hex::encode(key_hash(name, key)))
}

/// Signs `text` (a line feed is added at the end where it is missing).
pub(super) fn sign(name: &str, key: &SigningKey, text: &str) -> String {
    let end = if text.ends_with('\n') { "" } else { "\n" };
    let text = format!("{text}{end}");
    let signature = key.sign(text.as_bytes());
    let encoded = STANDARD.encode([key_hash(name, &key.verifying_key()).as_slice(), &signature.to_bytes()].concat());
    format!("{text}\n\u{2014} {name} {encoded}\n")
}

/// Verifies a signed note under a verifier key; returns the text. Signatures of other keys (witnesses) are passed over.
pub fn verify_note(note: &str, note_key: &str) -> Result<String, SignatureError> {
    let malformed = |what: &str| SignatureError::Malformed(what.to_owned());
    let (name, key) = parse_key(note_key).ok_or_else(|| malformed("verifier key"))?;
    let split = note.rfind("\n\n").ok_or_else(|| malformed("note without signatures"))?;
    let (text, signatures) = (&note[..=split], &note[split + 2..]);
    if text.chars().any(|c| c.is_control() && c != '\n') || !signatures.ends_with('\n') {
        return Err(malformed("note"));
    }
    let mut found = false;
    for line in signatures.lines() {
        let mut words = line.strip_prefix("\u{2014} ").ok_or_else(|| malformed("signature line"))?.split(' ');
        let (Some(signer), Some(encoded), None) = (words.next(), words.next(), words.next()) else {
            return Err(malformed("signature line"));
        };
        let bytes = STANDARD.decode(encoded).map_err(|_| malformed("signature line"))?;
        let Some((hash, signature)) = bytes.split_first_chunk::<4>() else { return Err(malformed("signature line")) };
        if signer != name || *hash != key_hash(&name, &key) {
            continue;
        }
        let signature = Signature::from_slice(signature).map_err(|_| malformed("signature"))?;
        key.verify_strict(text.as_bytes(), &signature).map_err(|_| SignatureError::Mismatch)?;
        found = true;
    }
    if found { Ok(text.to_owned()) } else { Err(SignatureError::UnknownKey(name)) }
}

fn parse_key(text: &str) -> Option<(String, VerifyingKey)> {
    let mut parts = text.splitn(3, '+');
    let (name, hash, encoded) = (parts.next()?, parts.next()?, parts.next()?);
    let bytes = STANDARD.decode(encoded).ok()?;
    let (&ED25519, key) = bytes.split_first()? else { return None };
    let key = VerifyingKey::from_bytes(key.try_into().ok()?).ok()?;
    (!name.is_empty() && hex::encode(key_hash(name, &key)) == hash).then(|| (name.to_owned(), key))
}

#[cfg(test)]
mod tests {
    use super::*;

    // The example of golang.org/x/mod/sumdb/note, the format that C2SP signed-note describes.
    const KEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    const NOTE: &str = "If you think cryptography is the answer to your problem,\n\
        then you don't know what your problem is.\n\n\
        \u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

    #[test]
    fn reads_the_reference_note() {
        assert!(verify_note(NOTE, KEY).unwrap().starts_with("If you think"));
        assert_eq!(verify_note(&NOTE.replace("answer", "remedy"), KEY), Err(SignatureError::Mismatch));
    }

    #[test]
    fn signs_what_it_reads() {
        let key = SigningKey::from_bytes(&[3; 32]);
        let vkey = verifier_key("hue.example", &key.verifying_key());
        let note = sign("hue.example", &key, "hue.example\n5\nAAAA\n");
        assert_eq!(verify_note(&note, &vkey).unwrap(), "hue.example\n5\nAAAA\n");
        let other = verifier_key("hue.example", &SigningKey::from_bytes(&[4; 32]).verifying_key());
        assert!(matches!(verify_note(&note, &other), Err(SignatureError::UnknownKey(_))));
        // A witness may add its line; ours still holds.
        let witness = sign("witness", &SigningKey::from_bytes(&[5; 32]), "hue.example\n5\nAAAA\n");
        let line = witness.lines().last().unwrap();
        assert!(verify_note(&format!("{note}{line}\n"), &vkey).is_ok());
    }
}
