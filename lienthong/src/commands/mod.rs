//! The commands that act on a data folder, whether a server holds it (through the control socket) or not.

mod agency;
mod backup;
mod doctor;
mod exchange;
mod peer;
mod relocate;
mod signature;
mod system;
mod trust;
mod user;
mod verify;

pub use backup::restore;
pub use doctor::doctor;
pub use relocate::relocate;
pub use signature::run as signature;

use base::{AgencyCode, Refusal, RefusalCode, RefusalKind};
use platform::{Error, Platform, Result};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use tokio::sync::mpsc;

/// A command that needs the opened platform.
#[derive(Debug, Clone, Serialize, Deserialize, clap::Subcommand)]
#[serde(rename_all = "kebab-case")]
pub enum Command {
    /// Recompute the ledger and compare every record with it / Đối chiếu mọi bản ghi với sổ cái
    Verify {
        /// A file of checkpoints kept elsewhere
        #[arg(long)]
        checkpoints: Option<PathBuf>,
    },
    /// Copy everything into a new folder while the server works / Sao lưu trong khi máy chủ vẫn chạy
    Backup {
        /// The folder to create
        to: PathBuf,
    },
    /// Agencies / Cơ quan
    #[command(subcommand)]
    Agency(AgencyCommand),
    /// Accounts of people / Tài khoản người dùng
    #[command(subcommand)]
    User(UserCommand),
    /// Outside systems / Phần mềm bên ngoài
    #[command(subcommand)]
    System(SystemCommand),
    /// Other servers / Máy chủ khác
    #[command(subcommand)]
    Peer(PeerCommand),
    /// The document exchange / Trục liên thông
    #[command(subcommand)]
    Exchange(ExchangeCommand),
    /// Roots trusted for signatures / Chứng thư gốc được tin cậy
    #[command(subcommand)]
    Trust(TrustCommand),
    /// Signatures of files from anywhere / Chữ ký số của tệp bất kỳ
    #[command(subcommand)]
    Signature(SignatureCommand),
}

/// What can be done with agencies.
#[derive(Debug, Clone, Serialize, Deserialize, clap::Subcommand)]
#[serde(rename_all = "kebab-case")]
pub enum AgencyCommand {
    /// Read agencies from a CSV file (header row: code, name_vi, name_en, abbreviation, parent, kind, valid_from, hosted …)
    Import {
        /// The file
        file: PathBuf,
    },
}

/// What can be done with people's accounts.
#[derive(Debug, Clone, Serialize, Deserialize, clap::Subcommand)]
#[serde(rename_all = "kebab-case")]
pub enum UserCommand {
    /// Create a person with a position and print a one-time link to set the password
    Add {
        /// Sign-in name
        username: String,
        /// Full name
        #[arg(long)]
        name: String,
        /// Code of the agency
        #[arg(long)]
        agency: String,
        /// Title of the position
        #[arg(long)]
        title: String,
        /// Roles: registry-clerk, specialist, unit-head, chief-of-office, leader, format-checker, archivist, administrator, operator
        #[arg(long, value_delimiter = ',', required = true)]
        roles: Vec<String>,
        /// E-mail address at work; notices go there too
        #[arg(long)]
        #[serde(default)]
        email: Option<String>,
    },
    /// Print a new one-time link to set the password, and sign the person out everywhere
    Reset {
        /// Sign-in name
        username: String,
    },
    /// Bar an account and sign it out everywhere
    Disable {
        /// Sign-in name
        username: String,
    },
}

/// What can be done with outside systems.
#[derive(Debug, Clone, Serialize, Deserialize, clap::Subcommand)]
#[serde(rename_all = "kebab-case")]
pub enum SystemCommand {
    /// Register a system and print its bearer token, once
    Register {
        /// The agency code it may act for; may be given again
        #[arg(long, required = true)]
        agency: Vec<String>,
        /// What it is called in lists
        #[arg(long, default_value = "e-office")]
        name: String,
    },
    /// Withdraw a system's credential
    Revoke {
        /// Its id as printed by `register`
        id: String,
    },
    /// List the systems
    List,
}

/// What can be done with other servers.
#[derive(Debug, Clone, Serialize, Deserialize, clap::Subcommand)]
#[serde(rename_all = "kebab-case")]
pub enum PeerCommand {
    /// Print an invitation for another server
    Invite {
        /// The agency codes that the other server may speak for
        #[arg(long = "for", required = true, value_name = "CODE")]
        agencies: Vec<String>,
        /// The address that the other server must have: safer, where it is known beforehand
        #[arg(long)]
        url: Option<String>,
    },
    /// Accept an invitation from another server
    Accept {
        /// The invitation as printed by `invite`
        invitation: String,
    },
    /// List the servers
    List,
    /// Print the checkpoints that this server keeps of the others' ledgers, for `verify --checkpoints` over there
    Checkpoints,
}

/// What can be done with packages.
#[derive(Debug, Clone, Serialize, Deserialize, clap::Subcommand)]
#[serde(rename_all = "kebab-case")]
pub enum ExchangeCommand {
    /// Send an edXML file and print the receipt
    Send {
        /// The file
        file: PathBuf,
        /// The agency that sends
        #[arg(long = "as", value_name = "CODE")]
        agency: String,
    },
}

/// What can be done with the trust list.
#[derive(Debug, Clone, Serialize, Deserialize, clap::Subcommand)]
#[serde(rename_all = "kebab-case")]
pub enum TrustCommand {
    /// Trust the root certificates of a file (PEM or DER)
    Add {
        /// The file
        file: PathBuf,
        /// Whose authority: government, public, specialised, foreign, test
        #[arg(long)]
        kind: String,
        /// The last day that it is trusted, such as 2030-12-31; without it, as long as the certificate says
        #[arg(long)]
        until: Option<String>,
        /// An agency code that it may speak for; may be given again; without it, any
        #[arg(long)]
        agency: Vec<String>,
    },
    /// Trust a root no more
    Withdraw {
        /// Its id as printed by `list`
        id: String,
    },
    /// List the roots
    List,
}

/// What can be done with the signatures of files.
#[derive(Debug, Clone, Serialize, Deserialize, clap::Subcommand)]
#[serde(rename_all = "kebab-case")]
pub enum SignatureCommand {
    /// Say who signed a file (PDF, CMS, XML, ASiC), what was changed after, and what it is worth. Exit code 0: valid,
    /// 1: not valid, 3: cannot be told. With --data the folder's trust list counts too
    Verify {
        /// The file
        file: PathBuf,
        /// What a detached signature covers
        #[arg(long)]
        content: Option<PathBuf>,
        /// Roots to trust, as KIND=FILE with the kind government, public, specialised, foreign or test; may be given again
        #[arg(long, value_name = "KIND=FILE")]
        trust: Vec<String>,
        /// A revocation list (DER); may be given again
        #[arg(long)]
        crl: Vec<PathBuf>,
        /// An OCSP answer (DER); may be given again
        #[arg(long)]
        ocsp: Vec<PathBuf>,
        /// Judge as of this moment instead of now (RFC 3339)
        #[arg(long)]
        at: Option<String>,
        /// Not valid unless revocation is known
        #[arg(long)]
        require_revocation: bool,
        /// The whole report as JSON
        #[arg(long)]
        json: bool,
        /// vi or en
        #[arg(long, default_value = "vi")]
        lang: String,
    },
}

/// Where a command's lines go: the terminal, or back through the control socket.
#[derive(Clone)]
pub enum Out {
    /// Standard output.
    Terminal,
    /// A channel.
    Channel(mpsc::UnboundedSender<String>),
}

impl Out {
    /// A channel and its reading end.
    pub fn channel() -> (Self, mpsc::UnboundedReceiver<String>) {
        let (sender, receiver) = mpsc::unbounded_channel();
        (Self::Channel(sender), receiver)
    }

    /// Prints one line.
    #[expect(clippy::print_stdout, reason = "this is the command's answer")]
    pub fn line(&self, text: impl Into<String>) {
        match self {
            Self::Terminal => println!("{}", text.into()),
            // A reader that has gone away misses the lines; the command still ends properly.
            Self::Channel(sender) => drop(sender.send(text.into())),
        }
    }
}

/// Runs a command; the answer is the exit code (0 done, 1 refused or findings, 70 a fault).
pub async fn run(platform: &Platform, command: Command, out: &Out) -> u8 {
    match dispatch(platform, command, out).await {
        Ok(code) => code,
        Err(error) => explain(&error, out),
    }
}

/// Says what went wrong in both languages where it is a refusal.
pub fn explain(error: &Error, out: &Out) -> u8 {
    match error {
        Error::Refused(refusal) => say(refusal, out, 1),
        Error::Storage(place, trouble) => {
            out.line(format!("{place}: {trouble}"));
            say(&trouble.refusal(), out, 70)
        }
        other => {
            out.line(format!("{other}"));
            70
        }
    }
}

/// Prints a refusal in both languages.
fn say(refusal: &Refusal, out: &Out, code: u8) -> u8 {
    for lang in [base::Lang::Vi, base::Lang::En] {
        let basis = refusal.basis().map(|b| format!(" ({})", b.label(lang))).unwrap_or_default();
        out.line(format!("{}{basis} {}", refusal.message(lang), refusal.remedy(lang)));
    }
    for field in &refusal.fields {
        out.line(format!("  {}: {} / {}", field.field, field.message.vi, field.message.en));
    }
    out.line(format!("[{}]", refusal.code.code));
    code
}

async fn dispatch(platform: &Platform, command: Command, out: &Out) -> Result<u8> {
    match command {
        Command::Verify { checkpoints } => verify::verify(platform, checkpoints.as_deref(), out).await,
        Command::Backup { to } => backup::backup(platform, &to, out).await,
        Command::Agency(AgencyCommand::Import { file }) => agency::import(platform, &file, out).await,
        Command::User(command) => user::run(platform, command, out).await,
        Command::System(command) => system::run(platform, command, out).await,
        Command::Peer(command) => peer::run(platform, command, out).await,
        Command::Exchange(ExchangeCommand::Send { file, agency }) => {
            exchange::send(platform, &file, &agency, out).await
        }
        Command::Trust(command) => trust::run(platform, command, out).await,
        Command::Signature(command) => signature::run(Some(platform), command, out).await,
    }
}

/// A role that does not exist.
pub static WRONG_ROLE: RefusalCode = RefusalCode {
    code: "command.role.unknown",
    kind: RefusalKind::Invalid,
    vi: "Không có vai trò “{role}”.",
    en: "There is no role “{role}”.",
    remedy_vi: "Chọn trong danh sách vai trò.",
    remedy_en: "Choose from the list of roles.",
    basis: None,
};

/// A code that cannot be read.
pub static WRONG_CODE: RefusalCode = RefusalCode {
    code: "command.agency-code.malformed",
    kind: RefusalKind::Invalid,
    vi: "“{code}” không phải mã định danh cơ quan.",
    en: "“{code}” is not an agency code.",
    remedy_vi: "Viết như H57 hoặc H57.09 (hoặc dạng cũ 000.00.09.H57).",
    remedy_en: "Write it as H57 or H57.09 (or the old form 000.00.09.H57).",
    basis: Some(base::Basis::new("QĐ 20/2020/QĐ-TTg", "Điều 4")),
};

/// The refusals of this room.
pub const CATALOGUE: &[&RefusalCode] = &[
    &WRONG_ROLE,
    &WRONG_CODE,
    &trust::WRONG_KIND,
    &trust::WRONG_DAY,
    &signature::UNREADABLE,
    &signature::WRONG_ARGUMENT,
];

fn parse_agency(code: &str) -> Result<AgencyCode> {
    AgencyCode::parse(code).map_err(|_| Refusal::new(&WRONG_CODE).with("code", code).into())
}

/// On a server without any account: the one-time link for its first administrator.
pub async fn first_administrator(platform: &Platform) -> Result<Option<String>> {
    let url = platform.config().public_url.clone().unwrap_or_default();
    Ok(platform::accounts::setup_link(platform).await?.map(|token| format!("{url}{}", identity::link_path(&token))))
}

impl Command {
    /// The same command with its paths made absolute: the server that runs it may stand in another folder.
    pub fn with_absolute_paths(mut self) -> Result<Self> {
        let absolute = |path: &mut PathBuf| -> Result<()> {
            *path = std::path::absolute(&*path).map_err(|e| Error::fault("make the path absolute", e))?;
            Ok(())
        };
        match &mut self {
            Self::Verify { checkpoints: Some(path) }
            | Self::Backup { to: path }
            | Self::Agency(AgencyCommand::Import { file: path })
            | Self::Trust(TrustCommand::Add { file: path, .. })
            | Self::Exchange(ExchangeCommand::Send { file: path, .. }) => absolute(path)?,
            Self::Signature(SignatureCommand::Verify { file, content, trust, crl, ocsp, .. }) => {
                absolute(file)?;
                content.iter_mut().chain(crl).chain(ocsp).try_for_each(absolute)?;
                for argument in trust {
                    if let Some((kind, path)) = argument.split_once('=') {
                        let mut path = PathBuf::from(path);
                        absolute(&mut path)?;
                        *argument = format!("{kind}={}", path.display());
                    }
                }
            }
            _ => {}
        }
        Ok(self)
    }
}
