//! Signing (ký): a request that waits, is signed with the person's own key, is taken back or declined (Điều 13).

use super::change::{Told, change, check_version, content_manifest, outgoing_seen};
use super::deed::{Command, Deed};
use super::draft::position_in;
use super::review::{notify, reason};
use crate::entries;
use crate::refusals;
use crate::rules::outgoing::{Verb, next};
use crate::rules::signature_authority::{self, Authority, Rank, Signer};
use crate::rules::signing_request::{LIFETIME_SECONDS, SigningRequest, State};
use crate::store::outgoing::{Outgoing, OutgoingId};
use crate::store::readers;
use crate::store::revisions::{Signature, revision_latest, signature_insert};
use crate::store::signing_requests::{Request, RequestId, request_end, request_insert, request_waiting};
use base::{Refusal, Text};
use platform::access::{Permission, Principal, Role, scope_position};
use platform::directory::{self, Agency, Holder};
use platform::ledger::Codes;
use platform::signing::Signer as Key;
use platform::{Error, Platform, Result, Tx};
use serde_json::json;

/// Asks the signer named in the draft to sign.
pub async fn request_signature(
    platform: &Platform,
    principal: &Principal,
    id: OutgoingId,
    command: Command,
) -> Result<Outgoing> {
    let deed = Deed::new(platform, principal)?;
    let request: RequestId = deed.id();
    change(
        platform,
        deed,
        id,
        command,
        Verb::RequestSignature,
        &entries::SIGNATURE_REQUESTED,
        move |tx, deed, document| {
            may_request(deed, document)?;
            let (Some(position), Some(signer)) = (document.signer_position.clone(), document.signer.clone()) else {
                return Err(Refusal::new(&refusals::SIGNER_UNKNOWN).into());
            };
            let holder = position_in(tx, document, &position)?;
            if holder.position.person.to_string() != signer || !holder.position.is_held(deed.today()) {
                return Err(Refusal::new(&refusals::SIGNER_UNKNOWN).into());
            }
            request_insert(
                tx,
                &Request {
                    id: request,
                    outgoing: document.id,
                    agency: document.agency.clone(),
                    revision: document.revision,
                    signer,
                    signer_position: position,
                    state: State::Waiting,
                    requested_by: deed.person().to_owned(),
                    requested_by_name: deed.principal.name.clone(),
                    requested_at: deed.now,
                    expires_at: deed.now.plus_seconds(LIFETIME_SECONDS),
                    ended_at: None,
                    reason: None,
                },
            )?;
            let token = [scope_position(holder.position.id)];
            readers::readers_add(tx, entries::OUTGOING.name, &document.id.to_string(), &token)?;
            notify(tx, deed, document, &holder, Text::fixed("Văn bản chờ ký", "A document awaits your signature"))?;
            Ok(Told { codes: Codes::new().with("signer", holder.position.person), details: json!({}) })
        },
    )
    .await
}

/// Whoever drafted or checks the form may put a document up for signature.
fn may_request(deed: &Deed, document: &Outgoing) -> Result<()> {
    let allowed = document.drafter == deed.person()
        || deed.principal.may(Permission::OutgoingCheckForm)
        || deed.principal.may(Permission::OutgoingApproveContent);
    if allowed { Ok(()) } else { deed.require(Permission::OutgoingCheckForm) }
}

/// Takes a waiting request back (whoever asked), or declines it (the signer); the document is ready for signature again.
pub async fn cancel_request(
    platform: &Platform,
    principal: &Principal,
    id: OutgoingId,
    why: String,
    command: Command,
) -> Result<Outgoing> {
    let deed = Deed::new(platform, principal)?;
    let why = reason(&why)?;
    change(
        platform,
        deed,
        id,
        command,
        Verb::CancelRequest,
        &entries::SIGNATURE_CANCELLED,
        move |tx, deed, document| {
            let request =
                request_waiting(tx, document.id)?.ok_or_else(|| Refusal::new(&refusals::REQUEST_CANCELLED))?;
            request.rule().may_end(deed.person(), deed.now)?;
            request_end(tx, request.id, State::Cancelled, deed.now, Some(&why))?;
            Ok(Told::details(json!({ "reason": why })))
        },
    )
    .await
}

/// Ends a waiting request because the document changed or was sent back.
pub fn withdraw(tx: &Tx<'_>, deed: &Deed, document: &Outgoing, why: &str) -> Result<()> {
    match request_waiting(tx, document.id)? {
        Some(request) => request_end(tx, request.id, State::Cancelled, deed.now, Some(why)),
        None => Ok(()),
    }
}

/// Signs with the person's own key, unlocked by his secret. The signature is computed outside the transaction over the
/// revision that he saw; if it changed meanwhile, nothing is signed.
pub async fn sign(
    platform: &Platform,
    principal: &Principal,
    id: OutgoingId,
    secret: &str,
    command: Command,
) -> Result<Outgoing> {
    let deed = Deed::new(platform, principal)?;
    deed.require(Permission::OutgoingSign)?;
    let key = platform.signing().personal(deed.person(), secret).await?;
    sign_with(platform, deed, &key, id, command).await
}

/// Signs several documents with one unlocking of the key; each is its own act, and one that is refused does not stop
/// the others.
pub async fn sign_batch(
    platform: &Platform,
    principal: &Principal,
    ids: &[(OutgoingId, Command)],
    secret: &str,
) -> Result<Vec<(OutgoingId, Result<Outgoing>)>> {
    let first = Deed::new(platform, principal)?;
    first.require(Permission::OutgoingSign)?;
    let key = platform.signing().personal(first.person(), secret).await?;
    let mut out = Vec::with_capacity(ids.len());
    for (id, command) in ids {
        let deed = Deed::new(platform, principal)?;
        out.push((*id, sign_with(platform, deed, &key, *id, command.clone()).await));
    }
    Ok(out)
}

async fn sign_with(platform: &Platform, deed: Deed, key: &Key, id: OutgoingId, command: Command) -> Result<Outgoing> {
    let (looking, seen, repeated) = (deed.clone(), command.version, command.key.clone());
    let read = platform
        .db()
        .read(move |tx| {
            let document = outgoing_seen(tx, &looking, id)?;
            if let Some(key) = &repeated
                && crate::store::commands::command_answer(tx, &looking.actor().to_string(), key, entries::SIGNED.name)?
                    .is_some()
            {
                return Ok(Err(document));
            }
            check_version(seen, document.version)?;
            next(document.state, Verb::Sign)?;
            let revision = revision_latest(tx, id)?.ok_or(Error::NotFound("revision"))?;
            Ok(Ok((document.version, revision)))
        })
        .await?;
    let (version, revision) = match read {
        Ok(found) => found,
        Err(done) => return Ok(done),
    };
    let jws = key.sign_json(&revision.manifest, deed.now)?;
    let (kid, certificate) = (key.kid().to_owned(), json!(key.certificate()));
    // Whatever happens between reading and writing, the document must still be the one that was read.
    let command = Command { version: Some(version), ..command };
    change(platform, deed, id, command, Verb::Sign, &entries::SIGNED, move |tx, deed, document| {
        let request = request_waiting(tx, document.id)?.ok_or_else(|| Refusal::new(&refusals::REQUEST_CANCELLED))?;
        let authority = may_sign(tx, deed, document, &request)?;
        let latest = revision_latest(tx, document.id)?.ok_or(Error::NotFound("revision"))?;
        if latest.digest != revision.digest || content_manifest(tx, document)? != revision.manifest {
            return Err(Refusal::new(&refusals::CONTENT_CHANGED).into());
        }
        if authority == Authority::ByDelegation {
            document.signer = Some(deed.person().to_owned());
            document.signer_name = deed.principal.name.clone();
            document.authority = authority;
        }
        signature_insert(
            tx,
            document.id,
            &Signature {
                revision: latest.number,
                role: "person".to_owned(),
                signer: deed.person().to_owned(),
                signer_name: document.signer_name.clone(),
                signer_title: document.signer_title.clone(),
                authority,
                jws: jws.clone(),
                kid: kid.clone(),
                certificate: certificate.clone(),
                at: deed.now,
            },
        )?;
        request_end(tx, request.id, State::Signed, deed.now, None)?;
        document.signed_at = Some(deed.now);
        for clerk in directory::position_holders(tx, &document.agency, Role::RegistryClerk, deed.today())? {
            notify(tx, deed, document, &clerk, Text::fixed("Đã ký, chờ cấp số", "Signed, awaiting its number"))?;
        }
        let waited = deed.now.since(request.requested_at) / 1_000_000;
        Ok(Told {
            codes: Codes::new().with("authority", authority.code()).with("waited_seconds", waited),
            details: json!({ "signer": document.signer_name, "revision_digest": latest.digest }),
        })
    })
    .await
}

/// Whether whoever acts may answer the request, and by what authority: the signer himself, or whom he delegated to.
fn may_sign(tx: &Tx<'_>, deed: &Deed, document: &Outgoing, request: &Request) -> Result<Authority> {
    let delegated = deed.principal.delegated_from().map(|p| p.to_string()) == Some(request.signer_position.clone());
    let rule: SigningRequest = request.rule();
    if delegated {
        rule.may_sign(&request.signer, deed.now)?;
        return Ok(Authority::ByDelegation);
    }
    rule.may_sign(deed.person(), deed.now)?;
    let holder = position_in(tx, document, &request.signer_position)?;
    let agency = directory::agency_require(tx, &document.agency, deed.today())?;
    signature_authority::check(&standing(&holder, &agency), document.authority, deed.today())?;
    Ok(document.authority)
}

/// What decides whether the holder of a position may sign.
pub fn standing(holder: &Holder, agency: &Agency) -> Signer {
    Signer {
        rank: match holder.position.rank {
            directory::Rank::Head => Rank::Head,
            directory::Rank::DeputyHead => Rank::Deputy,
            directory::Rank::UnitHead => Rank::UnitHead,
            directory::Rank::DeputyUnitHead => Rank::UnitDeputy,
            directory::Rank::Staff => Rank::Other,
        },
        // People's Committees and People's Councils decide as a collective (Luật Tổ chức chính quyền địa phương).
        collective: ["UBND", "HĐND"].contains(&agency.abbreviation.as_str()),
        delegation: None,
    }
}
