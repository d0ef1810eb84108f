//! The keys of this server: authority, server, checkpoint, seals and personal keys, each stored wrapped.

use super::certificate::{self, Kind};
use super::jws::{self, Signer, TrustAnchors};
use super::master::MasterKey;
use super::{CertificateInfo, PeerKeyUse, SignatureError, Trust, Verified, note, peers, refusals};
use crate::db::{Db, Row, Tx};
use crate::error::{Error, Result};
use crate::ledger::CheckpointKey;
use argon2::{Algorithm, Argon2, Params, Version};
use base::{AgencyCode, Clock, Random, Refusal, Timestamp};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use p256::ecdsa::{SigningKey, VerifyingKey};
use p256::pkcs8::DecodePublicKey as _;
use serde_json::{Value as Json, json};
use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use zeroize::Zeroizing;

/// Fewest characters of the secret that protects a personal key.
pub const LEAST_SECRET: usize = 8;
/// A key whose certificate ends sooner than this is replaced at its next use.
const RENEW_BEFORE_SECONDS: i64 = 30 * 86_400;
const SALT: usize = 16;

/// All keys of this server; cheap to clone.
#[derive(Clone)]
pub struct Signing {
    inner: Arc<Inner>,
}

struct Inner {
    db: Db,
    clock: Clock,
    random: Random,
    master: MasterKey,
    authority: SigningKey,
    authority_der: Vec<u8>,
    server: Signer,
    checkpoint: ed25519_dalek::SigningKey,
    origin: String,
    seals: Mutex<HashMap<AgencyCode, Signer>>,
}

/// One row of the key table.
struct Stored {
    id: String,
    owner: String,
    certificate: Option<Vec<u8>>,
    wrapped: Vec<u8>,
    expires_at: Option<Timestamp>,
}

#[derive(Clone)]
struct NewKey {
    id: String,
    purpose: &'static str,
    owner: String,
    kid: String,
    public_key: Vec<u8>,
    certificate: Option<Vec<u8>>,
    wrapped: Vec<u8>,
    expires_at: Option<Timestamp>,
}

enum KeyMark {}

impl Signing {
    /// Opens the keys, making the master key's file and the server's own keys at the first start.
    ///
    /// `origin` names the server in certificates and checkpoints; the name of the first start stays, because a ledger's
    /// name may not change. Fails when the data was wrapped by another master key.
    pub async fn open(db: &Db, master_file: &Path, clock: &Clock, random: &Random, origin: &str) -> Result<Self> {
        let known = db.read(|tx| Ok(current(tx, "authority", None)?.is_some())).await?;
        let master = match MasterKey::load(master_file)? {
            Some(master) => master,
            None if known => {
                return Err(Error::Fault(format!(
                    "the master key file {} is missing; the stored keys cannot be opened without it",
                    master_file.display()
                )));
            }
            None => MasterKey::create(master_file, random)?,
        };
        let maker = Maker { db, clock, random, master: &master };
        let (authority, authority_der, origin) = maker.authority(origin).await?;
        let server = maker.server(&authority, &authority_der, &origin).await?;
        let checkpoint = maker.checkpoint(&origin).await?;
        Ok(Self {
            inner: Arc::new(Inner {
                db: db.clone(),
                clock: clock.clone(),
                random: random.clone(),
                authority,
                authority_der,
                server,
                checkpoint,
                origin,
                seals: Mutex::new(HashMap::new()),
                master,
            }),
        })
    }

    fn maker(&self) -> Maker<'_> {
        let inner = &self.inner;
        Maker { db: &inner.db, clock: &inner.clock, random: &inner.random, master: &inner.master }
    }

    /// Encrypts a secret under the master key, bound to its purpose and id.
    pub fn wrap(&self, purpose: &str, id: &str, secret: &[u8]) -> Result<Vec<u8>> {
        self.inner.master.wrap(&self.inner.random, purpose, id, secret)
    }

    /// Decrypts what [`Self::wrap`] made; a `Fault` when it was altered or belongs elsewhere.
    pub fn unwrap(&self, purpose: &str, id: &str, wrapped: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        self.inner.master.unwrap(purpose, id, wrapped).ok_or_else(|| cannot_open(purpose))
    }

    /// The server's own key (signs receipts and requests between servers).
    pub fn server(&self) -> &Signer {
        &self.inner.server
    }

    /// The certificate of this server's authority, DER.
    pub fn authority_certificate(&self) -> &[u8] {
        &self.inner.authority_der
    }

    /// The name of this server in checkpoints and certificates, e.g. `exchange.hue.gov.vn`.
    pub fn origin(&self) -> &str {
        &self.inner.origin
    }

    /// The agency's seal (con dấu số của cơ quan); made at first use. `name` goes into the certificate.
    pub async fn seal(&self, agency: &AgencyCode, name: &str) -> Result<Signer> {
        let soon = self.inner.clock.now().plus_seconds(RENEW_BEFORE_SECONDS);
        let held = self.inner.seals.lock().unwrap_or_else(PoisonError::into_inner).get(agency).cloned();
        if let Some(signer) = held.filter(|s| s.certificate().not_after > soon) {
            return Ok(signer);
        }
        let signer = self
            .maker()
            .leaf(
                "seal",
                agency.canonical(),
                &Kind::Seal { agency, name },
                &self.inner.authority,
                &self.inner.authority_der,
            )
            .await?;
        self.inner.seals.lock().unwrap_or_else(PoisonError::into_inner).insert(agency.clone(), signer.clone());
        Ok(signer)
    }

    /// Makes a person's key, wrapped by the person's secret and by the master key; the old one is retired.
    pub async fn personal_create(
        &self,
        person: &str,
        name: &str,
        agency: &AgencyCode,
        secret: &str,
    ) -> Result<CertificateInfo> {
        if secret.chars().count() < LEAST_SECRET {
            return Err(Refusal::new(&refusals::WEAK_SECRET).with("least", LEAST_SECRET).into());
        }
        let key = fresh_key(&self.inner.random);
        let kind = Kind::Person { person, name, agency };
        let maker = self.maker();
        let (certificate, info) = maker.certify(&kind, &key, &self.inner.authority, Some(&self.inner.authority_der))?;
        let salt = self.inner.random.bytes::<SALT>();
        let personal = derive(secret, salt).await?;
        let inside = personal.wrap(&self.inner.random, "personal", person, &key.to_bytes())?;
        let sealed = [salt.as_slice(), &inside].concat();
        maker.store("personal", person, &key, certificate, info.not_after, &sealed, true).await?;
        Ok(info)
    }

    /// Whether the person has a key.
    pub async fn personal_info(&self, person: &str) -> Result<Option<CertificateInfo>> {
        let person = person.to_owned();
        let stored = self.inner.db.read(move |tx| current(tx, "personal", Some(&person))).await?;
        stored.and_then(|s| s.certificate).map(|der| read_own(&der)).transpose()
    }

    /// Unlocks a person's key; refused with `platform.signing.wrong-secret` or `platform.signing.no-key`.
    pub async fn personal(&self, person: &str, secret: &str) -> Result<Signer> {
        let owner = person.to_owned();
        let stored = self.inner.db.read(move |tx| current(tx, "personal", Some(&owner))).await?;
        let stored = stored.ok_or_else(|| Refusal::new(&refusals::NO_KEY))?;
        let sealed = self.unwrap("personal", &stored.id, &stored.wrapped)?;
        let (salt, inside) = sealed.split_first_chunk::<SALT>().ok_or_else(|| cannot_open("personal"))?;
        let personal = derive(secret, *salt).await?;
        let bytes = personal.unwrap("personal", person, inside).ok_or_else(|| Refusal::new(&refusals::WRONG_SECRET))?;
        let certificate = stored.certificate.ok_or_else(|| cannot_open("personal"))?;
        Signer::new(p256_key(&bytes)?, vec![certificate, self.inner.authority_der.clone()])
    }

    /// The keys that vouch for others, as they stand.
    pub async fn anchors(&self) -> Result<TrustAnchors> {
        let pinned = self.inner.db.read(|tx| peers::peer_keys(tx, None)).await?;
        let mut anchors = TrustAnchors::default();
        let unreadable = |e: SignatureError| Error::fault("read a trusted certificate", e);
        anchors.add_authority(Trust::OwnServer, &self.inner.authority_der).map_err(unreadable)?;
        for key in pinned.into_iter().filter(|key| key.revoked_at.is_none()) {
            let trust = Trust::PinnedPeer { peer: key.peer };
            match (key.usage, key.certificate) {
                (PeerKeyUse::Authority, Some(certificate)) => {
                    let der =
                        STANDARD.decode(&certificate).map_err(|e| Error::fault("read a pinned certificate", e))?;
                    anchors.add_authority(trust, &der).map_err(unreadable)?;
                }
                (PeerKeyUse::Server, _) => anchors.add_key(trust, key.kid),
                (PeerKeyUse::Authority | PeerKeyUse::Checkpoint, _) => {}
            }
        }
        Ok(anchors)
    }

    /// Verifies a detached JWS over a JSON value with the anchors as they stand.
    pub async fn verify(&self, payload: &Json, jws: &str) -> Result<Result<Verified, SignatureError>> {
        let anchors = self.anchors().await?;
        Ok(jws::verify_detached(payload, jws, &anchors))
    }

    /// The public keys of this server (server and seals, retired ones too, so that old receipts can be checked) as a JWK
    /// set (RFC 7517) with certificates.
    pub async fn jwks(&self) -> Result<Json> {
        let rows = self
            .inner
            .db
            .read(|tx| {
                let rows = tx.query(
                    "SELECT public_key, certificate FROM signing_key WHERE purpose IN ('server', 'seal') ORDER BY id",
                    &[],
                )?;
                rows.iter().map(|row| Ok((row.get::<Vec<u8>>(0)?, row.get::<Vec<u8>>(1)?))).collect::<Result<Vec<_>>>()
            })
            .await?;
        let mut keys = Vec::with_capacity(rows.len());
        for (spki, certificate) in rows {
            let key = VerifyingKey::from_public_key_der(&spki).map_err(|e| Error::fault("read a public key", e))?;
            let mut jwk = jws::jwk(&key);
            jwk["kid"] = json!(jws::thumbprint(&key));
            jwk["alg"] = json!("ES256");
            jwk["use"] = json!("sig");
            jwk["x5c"] = json!([STANDARD.encode(certificate), STANDARD.encode(&self.inner.authority_der)]);
            keys.push(jwk);
        }
        // RFC 8037; so that anyone can check the ledger's checkpoints. `kid` is the whole verifier key of C2SP signed-note.
        keys.push(json!({
            "kty": "OKP",
            "crv": "Ed25519",
            "x": URL_SAFE_NO_PAD.encode(self.inner.checkpoint.verifying_key().as_bytes()),
            "kid": self.note_key(),
            "alg": "EdDSA",
            "use": "sig",
        }));
        Ok(json!({ "keys": keys }))
    }

    /// Signs a checkpoint's text as a C2SP signed note; the key's name is the origin.
    pub fn sign_note(&self, text: &str) -> String {
        note::sign(&self.inner.origin, &self.inner.checkpoint, text)
    }

    /// What the ledger signs its checkpoints with.
    pub fn checkpoint_key(&self) -> CheckpointKey {
        let signing = self.clone();
        CheckpointKey { origin: self.inner.origin.clone(), sign: Arc::new(move |text| signing.sign_note(text)) }
    }

    /// The verifier key of this server's checkpoints, `name+hash+base64` (C2SP signed-note).
    pub fn note_key(&self) -> String {
        note::verifier_key(&self.inner.origin, &self.inner.checkpoint.verifying_key())
    }
}

/// Makes and stores keys.
struct Maker<'a> {
    db: &'a Db,
    clock: &'a Clock,
    random: &'a Random,
    master: &'a MasterKey,
}

impl Maker<'_> {
    async fn authority(&self, origin: &str) -> Result<(SigningKey, Vec<u8>, String)> {
        loop {
            if let Some(stored) = self.db.read(|tx| current(tx, "authority", None)).await? {
                let key = p256_key(&self.open("authority", &stored)?)?;
                let certificate = stored.certificate.ok_or_else(|| cannot_open("authority"))?;
                return Ok((key, certificate, stored.owner));
            }
            let key = fresh_key(self.random);
            let (certificate, info) = self.certify(&Kind::Authority { origin }, &key, &key, None)?;
            self.store("authority", origin, &key, certificate, info.not_after, &key.to_bytes(), false).await?;
        }
    }

    async fn server(&self, authority: &SigningKey, authority_der: &[u8], origin: &str) -> Result<Signer> {
        self.leaf("server", origin, &Kind::Server { origin }, authority, authority_der).await
    }

    /// The current key of this purpose and owner; made, or replaced when its certificate ends soon.
    async fn leaf(
        &self,
        purpose: &'static str,
        owner: &str,
        kind: &Kind<'_>,
        authority: &SigningKey,
        authority_der: &[u8],
    ) -> Result<Signer> {
        loop {
            let wanted = owner.to_owned();
            let stored = self.db.read(move |tx| current(tx, purpose, Some(&wanted))).await?;
            let soon = self.clock.now().plus_seconds(RENEW_BEFORE_SECONDS);
            let replace = match stored {
                Some(stored) if stored.expires_at.is_none_or(|end| end > soon) => {
                    let key = p256_key(&self.open(purpose, &stored)?)?;
                    let certificate = stored.certificate.ok_or_else(|| cannot_open(purpose))?;
                    return Signer::new(key, vec![certificate, authority_der.to_vec()]);
                }
                found => found.is_some(),
            };
            let key = fresh_key(self.random);
            let (certificate, info) = self.certify(kind, &key, authority, Some(authority_der))?;
            self.store(purpose, owner, &key, certificate, info.not_after, &key.to_bytes(), replace).await?;
        }
    }

    async fn checkpoint(&self, origin: &str) -> Result<ed25519_dalek::SigningKey> {
        loop {
            if let Some(stored) = self.db.read(|tx| current(tx, "checkpoint", None)).await? {
                let bytes = self.open("checkpoint", &stored)?;
                let bytes: &[u8; 32] = bytes.as_slice().try_into().map_err(|_| cannot_open("checkpoint"))?;
                return Ok(ed25519_dalek::SigningKey::from_bytes(bytes));
            }
            let secret = Zeroizing::new(self.random.bytes::<32>());
            let key = ed25519_dalek::SigningKey::from_bytes(&secret);
            let id = self.random.id::<KeyMark>(self.clock).to_string();
            let row = NewKey {
                wrapped: self.master.wrap(self.random, "checkpoint", &id, &*secret)?,
                id,
                purpose: "checkpoint",
                owner: origin.to_owned(),
                kid: note::verifier_key(origin, &key.verifying_key()),
                public_key: key.verifying_key().as_bytes().to_vec(),
                certificate: None,
                expires_at: None,
            };
            self.insert(row, false).await?;
        }
    }

    fn certify(
        &self,
        kind: &Kind<'_>,
        key: &SigningKey,
        authority: &SigningKey,
        authority_der: Option<&[u8]>,
    ) -> Result<(Vec<u8>, CertificateInfo)> {
        let issuer = authority_der.map(certificate::subject_of).transpose()?;
        let der = certificate::make(kind, key.verifying_key(), authority, issuer, self.clock.now(), self.random)?;
        let info = read_own(&der)?;
        Ok((der, info))
    }

    #[expect(clippy::too_many_arguments, reason = "one row of the key table, written in one place")]
    async fn store(
        &self,
        purpose: &'static str,
        owner: &str,
        key: &SigningKey,
        certificate: Vec<u8>,
        expires_at: Timestamp,
        secret: &[u8],
        replace: bool,
    ) -> Result<()> {
        let id = self.random.id::<KeyMark>(self.clock).to_string();
        let row = NewKey {
            wrapped: self.master.wrap(self.random, purpose, &id, secret)?,
            id,
            purpose,
            owner: owner.to_owned(),
            kid: jws::thumbprint(key.verifying_key()),
            public_key: certificate::spki_der(key.verifying_key())?,
            certificate: Some(certificate),
            expires_at: Some(expires_at),
        };
        self.insert(row, replace).await
    }

    /// Stores a key; when another process was quicker, its key stays and is read by the caller's next turn.
    async fn insert(&self, row: NewKey, replace: bool) -> Result<()> {
        let now = self.clock.now();
        self.db
            .write(move |tx| {
                if replace {
                    tx.execute(
                        "UPDATE signing_key SET retired_at = $1 WHERE purpose = $2 AND owner = $3 AND retired_at IS NULL",
                        &[&now, &row.purpose, &row.owner],
                    )?;
                }
                tx.execute(
                    "INSERT INTO signing_key (id, purpose, owner, kid, public_key, certificate, wrapped, created_at, expires_at)
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING",
                    &[
                        &row.id,
                        &row.purpose,
                        &row.owner,
                        &row.kid,
                        &row.public_key,
                        &row.certificate,
                        &row.wrapped,
                        &now,
                        &row.expires_at,
                    ],
                )?;
                Ok(())
            })
            .await
    }

    fn open(&self, purpose: &str, stored: &Stored) -> Result<Zeroizing<Vec<u8>>> {
        self.master.unwrap(purpose, &stored.id, &stored.wrapped).ok_or_else(|| cannot_open(purpose))
    }
}

fn current(tx: &Tx<'_>, purpose: &str, owner: Option<&str>) -> Result<Option<Stored>> {
    let row = tx.query_opt(
        "SELECT id, owner, certificate, wrapped, expires_at FROM signing_key
         WHERE purpose = $1 AND (CAST($2 AS TEXT) IS NULL OR owner = $2) AND retired_at IS NULL ORDER BY id LIMIT 1",
        &[&purpose, &owner],
    )?;
    let read = |row: Row| {
        Ok(Stored {
            id: row.get(0)?,
            owner: row.get(1)?,
            certificate: row.get(2)?,
            wrapped: row.get(3)?,
            expires_at: row.get(4)?,
        })
    };
    row.map(read).transpose()
}

fn cannot_open(purpose: &str) -> Error {
    Error::Fault(format!("the stored {purpose} key cannot be opened: wrong master key file, or the key was altered"))
}

fn read_own(der: &[u8]) -> Result<CertificateInfo> {
    Ok(certificate::read(der).map_err(|e| Error::fault("read an own certificate", e))?.info)
}

fn p256_key(bytes: &[u8]) -> Result<SigningKey> {
    SigningKey::from_slice(bytes).map_err(|e| Error::fault("read a private key", e))
}

fn fresh_key(random: &Random) -> SigningKey {
    // All but about 2⁻³² of the 32-byte strings are keys of P-256.
    loop {
        let bytes = Zeroizing::new(random.bytes::<32>());
        if let Ok(key) = SigningKey::from_slice(&*bytes) {
            return key;
        }
    }
}

/// The key that a person's secret stands for: Argon2id with 19 MiB and two passes (RFC 9106, OWASP's least).
async fn derive(secret: &str, salt: [u8; SALT]) -> Result<MasterKey> {
    let secret = Zeroizing::new(secret.to_owned());
    let work = move || {
        let params = Params::new(19 * 1024, 2, 1, Some(32)).map_err(|e| Error::fault("derive a key", e))?;
        let mut out = Zeroizing::new([0; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(secret.as_bytes(), &salt, &mut *out)
            .map_err(|e| Error::fault("derive a key", e))?;
        MasterKey::from_bytes(&*out)
    };
    tokio::task::spawn_blocking(work).await.map_err(|e| Error::fault("derive a key", e))?
}
