//! `peer invite|accept|list|checkpoints`: other servers.

use super::{Out, PeerCommand, parse_agency};
use exchange::peers::{self, Invitation, NewInvitation};
use platform::ledger::Actor;
use platform::{Platform, Result};

/// How long an invitation can be used, in seconds.
const VALID: i64 = 7 * 86_400;

/// Runs the command.
pub async fn run(platform: &Platform, command: PeerCommand, out: &Out) -> Result<u8> {
    match command {
        PeerCommand::Invite { agencies, url } => {
            let codes = agencies.iter().map(|code| parse_agency(code)).collect::<Result<Vec<_>>>()?;
            let new = NewInvitation { codes, valid_seconds: VALID };
            let invitation = match url {
                Some(url) => peers::invite_at(platform, new, &url).await?,
                None => peers::invite(platform, new).await?,
            };
            out.line(invitation.to_text());
        }
        PeerCommand::Accept { invitation } => {
            let invitation = Invitation::parse(&invitation)?;
            let peer = peers::accept(platform, Actor::Server, &invitation).await?;
            out.line(format!("Đã kết nối với {} ({}). / Connected to {}.", peer.name, peer.url, peer.name));
        }
        PeerCommand::Checkpoints => {
            for note in platform.db().read(peers::store::peer_list).await?.into_iter().filter_map(|p| p.checkpoint) {
                out.line(note);
            }
        }
        PeerCommand::List => {
            for peer in platform.db().read(peers::store::peer_list).await? {
                let codes: Vec<String> = peer.agencies.iter().map(ToString::to_string).collect();
                let state = if peer.dismissed_at.is_some() {
                    "đã ngắt / dismissed"
                } else {
                    "đang kết nối / connected"
                };
                out.line(format!("{}  {}  {}  {}  {state}", peer.id, peer.name, peer.url, codes.join(",")));
            }
        }
    }
    Ok(0)
}
