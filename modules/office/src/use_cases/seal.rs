//! The agency's signature (ký số cơ quan): covers the competent person's signature, the number and the date (Điều 32).

use super::change::{Told, add_revision, change, check_version, outgoing_seen};
use super::deed::{Command, Deed};
use crate::entries;
use crate::refusals;
use crate::rules::numbering::written;
use crate::rules::outgoing::{Verb, may_seal, next};
use crate::rules::signature_authority::Authority;
use crate::store::files::files_of;
use crate::store::outgoing::{Outgoing, OutgoingId};
use crate::store::revisions::{Signature, signature_insert, signatures_of};
use base::{Lang, Refusal};
use platform::access::{Permission, Principal};
use platform::{Error, Platform, Result, Tx};
use serde_json::{Value as Json, json};

/// Applies the agency's signature. It is computed outside the transaction over what was read; if the document changed
/// meanwhile, nothing is sealed.
pub async fn seal(platform: &Platform, principal: &Principal, id: OutgoingId, command: Command) -> Result<Outgoing> {
    let deed = Deed::new(platform, principal)?;
    deed.require(Permission::OutgoingSeal)?;
    let (looking, seen, repeated) = (deed.clone(), command.version, command.key.clone());
    let read = platform
        .db()
        .read(move |tx| {
            let document = outgoing_seen(tx, &looking, id)?;
            if let Some(key) = &repeated
                && crate::store::commands::command_answer(tx, &looking.actor().to_string(), key, entries::SEALED.name)?
                    .is_some()
            {
                return Ok(Err(document));
            }
            check_version(seen, document.version)?;
            next(document.state, Verb::Seal)?;
            let manifest = seal_manifest(tx, &document)?;
            Ok(Ok((document.version, manifest)))
        })
        .await?;
    let (version, manifest) = match read {
        Ok(found) => found,
        Err(done) => return Ok(done),
    };
    let name = principal.agency_name.get(Lang::Vi).to_owned();
    let key = platform.signing().seal(deed.agency(), &name).await?;
    let jws = key.sign_json(&manifest, deed.now)?;
    let (kid, certificate) = (key.kid().to_owned(), json!(key.certificate()));
    let command = Command { version: Some(version), ..command };
    change(platform, deed, id, command, Verb::Seal, &entries::SEALED, move |tx, deed, document| {
        if seal_manifest(tx, document)? != manifest {
            return Err(Refusal::new(&refusals::CONTENT_CHANGED).into());
        }
        add_revision(tx, deed, document, "seal", manifest.clone())?;
        signature_insert(
            tx,
            document.id,
            &Signature {
                revision: document.revision,
                role: "agency".to_owned(),
                signer: document.agency.to_string(),
                signer_name: name.clone(),
                signer_title: String::new(),
                authority: Authority::Direct,
                jws: jws.clone(),
                kid: kid.clone(),
                certificate: certificate.clone(),
                at: deed.now,
            },
        )?;
        document.sealed_at = Some(deed.now);
        Ok(Told::details(json!({ "code": document.code })))
    })
    .await
}

/// What the seal covers; refused while signature or number is missing, whatever the state says.
pub fn seal_manifest(tx: &Tx<'_>, document: &Outgoing) -> Result<Json> {
    let person = person_signature(tx, document)?;
    may_seal(person.is_some(), document.number.is_some())?;
    let (Some(person), Some(number)) = (person, document.number) else {
        return Err(Error::Fault("a document without signature or number passed the rule of the seal".into()));
    };
    let files = files_of(tx, document.id, false)?;
    let named: Vec<exchange::ManifestFile<'_>> = files.iter().map(|f| (f.name.as_str(), f.sha256.as_str())).collect();
    Ok(exchange::seal_manifest(&exchange::Seal {
        from: &document.agency,
        document_id: document.document_id.as_deref().unwrap_or_default(),
        number: &written(number),
        notation: document.notation.as_deref().unwrap_or_default(),
        issued_on: document.dated,
        files: &named,
        person_jws: &person.jws,
    }))
}

/// The competent person's signature that counts: the latest.
pub fn person_signature(tx: &Tx<'_>, document: &Outgoing) -> Result<Option<Signature>> {
    Ok(signatures_of(tx, document.id)?.into_iter().rev().find(|s| s.role == "person"))
}
