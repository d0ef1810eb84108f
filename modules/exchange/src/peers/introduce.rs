//! Introducing two servers to each other, and dismissing one.

use super::address;
use super::invitation::{Identity, Introduction, Invitation, NewInvitation, Proven, check_url, secret_hash};
use super::{PEER, PEER_DISMISSED, PEER_INTRODUCED, Peer, PeerId, refusals, request, store};
use base::agency_code::AgencyCode;
use base::{Lang, Refusal, Text, Timestamp};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use platform::access::Act;
use platform::directory::{self, Agency};
use platform::ledger::{self, Actor, Codes, NewEntry};
use platform::outbound::is_loopback;
use platform::signing::{PeerKey, PeerKeyUse, peer_key_pin, peer_keys_revoke};
use platform::{Error, Platform, Result, Tx};
use serde::{Deserialize, Serialize};

/// The call that uses an invitation.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct IntroductionRequest {
    /// The one-time secret.
    pub secret: String,
    /// Who calls.
    pub introduction: Introduction,
}

/// Makes an invitation for a server that may speak for `new.codes`, at whatever address it proves to have. Refused: a code
/// served here or by another server.
pub async fn invite(platform: &Platform, new: NewInvitation) -> Result<Invitation> {
    make(platform, new, None).await
}

/// The same for a server that must have the address `url`: the safer way where the address is known beforehand.
pub async fn invite_at(platform: &Platform, new: NewInvitation, url: &str) -> Result<Invitation> {
    let url = url.trim_end_matches('/').to_owned();
    check_url(&url)?;
    make(platform, new, Some(url)).await
}

async fn make(platform: &Platform, new: NewInvitation, url: Option<String>) -> Result<Invitation> {
    let secret = URL_SAFE_NO_PAD.encode(platform.random().bytes::<32>());
    let (hash, now) = (secret_hash(&secret), platform.now());
    let expires_at = now.plus_seconds(new.valid_seconds);
    let identity = identity(platform, &hash).await?;
    let codes = new.codes;
    let yours = codes.clone();
    platform
        .db()
        .write(move |tx| {
            for code in &codes {
                check_code(tx, code, None)?;
            }
            store::invitation_insert(tx, &hash, &codes, url.as_deref(), now, expires_at)
        })
        .await?;
    Ok(Invitation {
        name: identity.name,
        url: identity.url,
        kid: platform.signing().server().kid().to_owned(),
        note_key: identity.note_key,
        agencies: identity.agencies.into_iter().map(|agency| agency.code).collect(),
        yours,
        secret,
        expires_at,
    })
}

/// Uses an invitation: calls the inviting server once, checks that it is the one of the invitation, and pins its keys and
/// codes. The same invitation again, after a lost answer, comes to the same end.
pub async fn accept(platform: &Platform, actor: Actor, invitation: &Invitation) -> Result<Peer> {
    let now = platform.now();
    if invitation.expires_at < now {
        return Err(Refusal::new(&refusals::INVITATION_UNKNOWN).into());
    }
    let hash = secret_hash(&invitation.secret);
    let mut own = identity(platform, &hash).await?;
    own.agencies.retain(|agency| invitation.yours.contains(&agency.code));
    let introduction = introduce(platform, own, now)?;
    let sent = IntroductionRequest { secret: invitation.secret.clone(), introduction };
    let answer = request::introduce(platform, &invitation.url, &sent).await?;
    let proven = answer.check(&hash, platform.now(), platform.config().limits.clock_window_seconds)?;
    let theirs = &answer.identity;
    let codes: Vec<&AgencyCode> = theirs.agencies.iter().map(|agency| &agency.code).collect();
    let is_the_one = proven.kid == invitation.kid
        && theirs.note_key == invitation.note_key
        && theirs.url == invitation.url
        && codes.iter().all(|code| invitation.agencies.contains(code));
    if !is_the_one {
        return Err(Refusal::new(&refusals::IDENTITY)
            .field("invitation", Text::fixed("Đúng máy chủ đã mời.", "The server that invited."))
            .into());
    }
    pin(platform, actor, answer.identity, proven, None).await
}

/// Answers a call that uses one of our invitations.
pub(super) async fn introduced(platform: &Platform, asked: IntroductionRequest) -> Result<Introduction> {
    let now = platform.now();
    let hash = secret_hash(&asked.secret);
    let probe = hash.clone();
    let unknown = || Error::from(Refusal::new(&refusals::INVITATION_UNKNOWN));
    let invitation = platform.db().read(move |tx| store::invitation_get(tx, &probe)).await?.ok_or_else(unknown)?;
    let proven = asked.introduction.check(&hash, now, platform.config().limits.clock_window_seconds)?;
    let identity = asked.introduction.identity;
    match invitation.peer {
        // The same server asks again: its answer was lost.
        Some(peer) => {
            let known = platform.db().read(move |tx| store::peer_get(tx, peer)).await?;
            if known.kid != proven.kid || known.dismissed_at.is_some() {
                return Err(unknown());
            }
        }
        None if invitation.expires_at < now => return Err(unknown()),
        None => {
            if let Some(agency) = identity.agencies.iter().find(|agency| !invitation.codes.contains(&agency.code)) {
                return Err(not_theirs(&agency.code).into());
            }
            if invitation.url.is_some_and(|url| url != identity.url) {
                let text = Text::fixed("Địa chỉ đã thỏa thuận.", "The address that was agreed.");
                return Err(Refusal::new(&refusals::IDENTITY).field("identity/url", text).into());
            }
            pin(platform, Actor::Server, identity, proven, Some(hash.clone())).await?;
        }
    }
    introduce(platform, self::identity(platform, &hash).await?, now)
}

/// Ends a server's standing: its keys are trusted no more, its agencies have no way until another server takes them over.
pub async fn dismiss(platform: &Platform, actor: Actor, id: PeerId) -> Result<()> {
    let (now, entry) = (platform.now(), platform.new_id());
    platform
        .db()
        .write(move |tx| {
            let peer = store::peer_get(tx, id)?;
            store::peer_dismiss(tx, &peer, now)?;
            peer_keys_revoke(tx, now, &id.to_string())?;
            let new = NewEntry {
                id: entry,
                kind: &PEER_DISMISSED,
                subject: (&PEER, id.to_string()),
                version: peer.version + 1,
                agency: own_agency(tx)?,
                actor: actor.clone(),
                occurred_at: now,
                codes: Codes::new().with("peer", id),
                details: serde_json::json!({ "name": peer.name, "url": peer.url }),
            };
            ledger::append(tx, now, new)
        })
        .await
}

fn not_theirs(code: &AgencyCode) -> Refusal {
    Refusal::new(&refusals::AGENCY)
        .with("code", code)
        .field("agencies", Text::fixed("Mã có trong thư mời.", "Codes of the invitation."))
}

/// A code that another server may hold: neither served here nor by a third server.
fn check_code(tx: &Tx<'_>, code: &AgencyCode, own: Option<PeerId>) -> Result<()> {
    let served_here = directory::agency_by_any_code(tx, code.canonical())?.is_some_and(|agency| agency.hosted);
    let elsewhere = store::peer_of_agency(tx, code)?.is_some_and(|peer| Some(peer) != own);
    if served_here || elsewhere { Err(not_theirs(code).into()) } else { Ok(()) }
}

/// What this server says of itself.
async fn identity(platform: &Platform, invitation: &str) -> Result<Identity> {
    let url = request::own_url(platform)?;
    check_url(&url)?;
    let today = platform.now().local_date();
    let mut agencies = platform.db().read(directory::agencies_hosted).await?;
    agencies.retain(|agency| agency.is_open(today));
    let first = agencies.iter().min_by_key(|agency| (agency.code.canonical().len(), agency.code.clone()));
    let name = first.map_or_else(|| platform.signing().origin().to_owned(), |a| a.name.get(Lang::Vi).to_owned());
    let signer = platform.signing().server();
    Ok(Identity {
        name,
        url,
        public_key: STANDARD.encode(signer.public_key_der()?),
        note_key: platform.signing().note_key(),
        agencies,
        invitation: invitation.to_owned(),
    })
}

fn introduce(platform: &Platform, identity: Identity, now: Timestamp) -> Result<Introduction> {
    let payload = serde_json::to_value(&identity).map_err(|e| Error::fault("writing an identity", e))?;
    Ok(Introduction { proof: platform.signing().server().sign_json(&payload, now)?, identity })
}

/// Pins a server: its row, its codes, its keys, its agencies in the directory, and the entry that tells of it.
async fn pin(
    platform: &Platform,
    actor: Actor,
    identity: Identity,
    proven: Proven,
    invitation: Option<String>,
) -> Result<Peer> {
    // An address on this machine leads to our own ports: only a server that lives on this machine itself may take one.
    address::check(platform, &identity.url)?;
    if is_loopback(&identity.url)
        && !is_loopback(&request::own_url(platform)?)
        && platform.config().local_peers.is_empty()
    {
        return Err(Refusal::new(&refusals::URL).with("url", &identity.url).into());
    }
    let peer = Peer {
        id: platform.new_id(),
        name: identity.name.chars().take(200).collect(),
        url: identity.url,
        kid: proven.kid.clone(),
        note_key: identity.note_key.clone(),
        agencies: identity.agencies.iter().map(|agency| agency.code.clone()).collect(),
        introduced_at: platform.now(),
        dismissed_at: None,
        checkpoint: None,
        checkpoint_at: None,
        version: 1,
    };
    let keys = keys(&peer, &identity.public_key, &proven);
    let act = Act::new(platform, actor);
    let (entry, agencies) = (platform.new_id(), identity.agencies);
    platform
        .db()
        .write(move |tx| {
            if let Some(known) = store::peer_by_kid(tx, &peer.kid)? {
                // Introduced before, and the answer was lost.
                return Ok(known);
            }
            for code in &peer.agencies {
                check_code(tx, code, None)?;
            }
            store::peer_insert(tx, &peer)?;
            keys.iter().try_for_each(|key| peer_key_pin(tx, key))?;
            if let Some(hash) = &invitation {
                store::invitation_use(tx, hash, peer.id)?;
            }
            enter_agencies(tx, &act, &agencies)?;
            let new = NewEntry {
                id: entry,
                kind: &PEER_INTRODUCED,
                subject: (&PEER, peer.id.to_string()),
                version: 1,
                agency: own_agency(tx)?,
                actor: act.actor.clone(),
                occurred_at: act.now,
                codes: Codes::new().with("peer", peer.id).with("agencies", i64::try_from(agencies.len()).unwrap_or(0)),
                details: serde_json::json!({ "name": peer.name, "url": peer.url, "kid": peer.kid }),
            };
            ledger::append(tx, act.now, new)?;
            Ok(peer.clone())
        })
        .await
}

fn keys(peer: &Peer, public_key: &str, proven: &Proven) -> [PeerKey; 3] {
    let key = |kid: String, usage, public_key: &str, certificate: Option<&String>| PeerKey {
        peer: peer.id.to_string(),
        kid,
        usage,
        public_key: public_key.to_owned(),
        certificate: certificate.cloned(),
        pinned_at: peer.introduced_at,
        revoked_at: None,
    };
    [
        key(proven.kid.clone(), PeerKeyUse::Server, public_key, Some(&proven.certificate)),
        // Known by its certificate alone: it signs certificates, never requests.
        key(format!("{}.authority", proven.kid), PeerKeyUse::Authority, "", Some(&proven.authority)),
        key(format!("{}.checkpoint", proven.kid), PeerKeyUse::Checkpoint, &peer.note_key, None),
    ]
}

/// Agencies of the other server that our directory does not know are entered, those above before those below.
fn enter_agencies(tx: &Tx<'_>, act: &Act, agencies: &[Agency]) -> Result<()> {
    let mut sorted: Vec<&Agency> = agencies.iter().collect();
    sorted.sort_by_key(|agency| (agency.code.canonical().len(), agency.code.clone()));
    for (agency, n) in sorted.into_iter().zip(1..) {
        if directory::agency_by_any_code(tx, agency.code.canonical())?.is_some() {
            continue;
        }
        let parent = match &agency.parent {
            Some(parent) => directory::agency_by_any_code(tx, parent.canonical())?.map(|known| known.code),
            None => None,
        };
        let entered = Agency { parent, hosted: false, calendar: None, successors: Vec::new(), ..agency.clone() };
        directory::agency_save(tx, &act.further(n), entered, None)?;
    }
    Ok(())
}

/// In whose books the server's own affairs stand: the first agency that it serves.
fn own_agency(tx: &Tx<'_>) -> Result<AgencyCode> {
    let hosted = directory::agencies_hosted(tx)?;
    hosted
        .into_iter()
        .map(|agency| agency.code)
        .min_by_key(|code| (code.canonical().len(), code.clone()))
        .ok_or_else(|| Error::Conflict("no agency is served here yet".into()))
}
