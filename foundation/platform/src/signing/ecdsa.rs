//! ECDSA P-256 with SHA-256 (FIPS 186-5): made and checked once or more for every package, so by the quickest library at
//! hand. Keys, certificates and encodings stay with the p256 crate.

use crate::error::{Error, Result};
use p256::ecdsa::{SigningKey, VerifyingKey};
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, UnparsedPublicKey,
};

/// A private key that is ready to sign.
pub(super) struct Pair {
    pair: EcdsaKeyPair,
    random: SystemRandom,
}

impl Pair {
    pub fn new(key: &SigningKey) -> Result<Self> {
        let random = SystemRandom::new();
        let (secret, public) = (key.to_bytes(), key.verifying_key().to_sec1_point(false));
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let pair = EcdsaKeyPair::from_private_key_and_public_key(algorithm, &secret, public.as_bytes(), &random)
            .map_err(|e| Error::fault("take up a signing key", e))?;
        Ok(Self { pair, random })
    }

    /// The signature as `r‖s` (RFC 7518 §3.4).
    pub fn sign(&self, message: &[u8]) -> Result<[u8; 64]> {
        let signature = self.pair.sign(&self.random, message).map_err(|e| Error::fault("sign", e))?;
        signature.as_ref().try_into().map_err(|e| Error::fault("sign", e))
    }
}

/// Whether `signature`, as `r‖s`, is one of `message` by `key`.
pub(super) fn holds(key: &VerifyingKey, message: &[u8], signature: &[u8]) -> bool {
    let public = key.to_sec1_point(false);
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, public.as_bytes()).verify(message, signature).is_ok()
}

/// The same for a signature in DER, as certificates carry it (RFC 5480).
pub(super) fn holds_der(key: &VerifyingKey, message: &[u8], signature: &[u8]) -> bool {
    let public = key.to_sec1_point(false);
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, public.as_bytes()).verify(message, signature).is_ok()
}
