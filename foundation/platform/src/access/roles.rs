//! Roles, permissions, and the one table that says which role may do what and how far it reaches.

use serde::{Deserialize, Serialize};

/// What a position is for (spec: NĐ 30/2020/NĐ-CP, Điều 6, 12, 13, 24, 30, 32; Phụ lục VI).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Văn thư cơ quan: registers, numbers, seals, issues, keeps the books and the seal (Điều 6.3).
    RegistryClerk,
    /// Chuyên viên: drafts and processes (Điều 10.2, 24).
    Specialist,
    /// Lãnh đạo đơn vị: answers for content, assigns inside the unit (Điều 12.1).
    UnitHead,
    /// Chánh văn phòng: triages arrivals, follows up deadlines (Điều 24.1).
    ChiefOfOffice,
    /// Người đứng đầu hoặc cấp phó: directs and signs (Điều 6, 13).
    Leader,
    /// Người kiểm tra thể thức (Điều 12.2).
    FormatChecker,
    /// Lưu trữ cơ quan (Điều 30.3b).
    Archivist,
    /// Quản trị hệ thống của cơ quan: grants and accounts, not a content role (Phụ lục VI, phần I mục IV).
    Administrator,
    /// Người vận hành máy chủ: jobs, peers, parked packages; no content.
    Operator,
}

impl Role {
    /// Every role, in the order shown to a reader.
    pub const ALL: [Self; 9] = [
        Self::RegistryClerk,
        Self::Specialist,
        Self::UnitHead,
        Self::ChiefOfOffice,
        Self::Leader,
        Self::FormatChecker,
        Self::Archivist,
        Self::Administrator,
        Self::Operator,
    ];

    /// Stable name in storage, files and the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::RegistryClerk => "registry-clerk",
            Self::Specialist => "specialist",
            Self::UnitHead => "unit-head",
            Self::ChiefOfOffice => "chief-of-office",
            Self::Leader => "leader",
            Self::FormatChecker => "format-checker",
            Self::Archivist => "archivist",
            Self::Administrator => "administrator",
            Self::Operator => "operator",
        }
    }

    /// The role of that stable name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }

    /// The role in words.
    pub const fn label(self) -> base::Text {
        match self {
            Self::RegistryClerk => base::Text::fixed("Văn thư", "Registry clerk"),
            Self::Specialist => base::Text::fixed("Chuyên viên", "Specialist"),
            Self::UnitHead => base::Text::fixed("Lãnh đạo đơn vị", "Head of unit"),
            Self::ChiefOfOffice => base::Text::fixed("Chánh văn phòng", "Chief of office"),
            Self::Leader => base::Text::fixed("Lãnh đạo cơ quan", "Leader"),
            Self::FormatChecker => base::Text::fixed("Kiểm tra thể thức", "Format checker"),
            Self::Archivist => base::Text::fixed("Lưu trữ cơ quan", "Archivist"),
            Self::Administrator => base::Text::fixed("Quản trị hệ thống", "Administrator"),
            Self::Operator => base::Text::fixed("Vận hành máy chủ", "Server operator"),
        }
    }
}

/// One thing that can be allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Permission {
    /// Look up agencies, units, people and positions.
    DirectoryRead,
    /// Change agencies, units, people, positions.
    DirectoryManage,
    /// Record and end delegations of others (one's own needs no permission beyond what is delegated).
    DelegationsManage,
    /// Create, disable and unlock accounts.
    AccountsManage,
    /// Register and revoke outside systems.
    SystemsManage,
    /// See sign-ins, refusals and changes of rights.
    SecurityRead,

    /// See the delivery board and the arrivals.
    ExchangeRead,
    /// Hand packages to the exchange.
    ExchangeSend,
    /// Accept or refuse arrivals, report their status.
    ExchangeReceive,
    /// Retry or return parked packages.
    ExchangeOperate,
    /// Introduce and dismiss peers.
    PeersManage,

    /// Read every document of the agency; without it only those one takes part in.
    DocumentsReadAgency,
    /// Read every document of one's unit.
    DocumentsReadUnit,
    /// Register an incoming document (số đến).
    IncomingRegister,
    /// Submit an incoming document for direction, propose who handles it.
    IncomingTriage,
    /// Direct: name lead, support and deadlines (bút phê).
    IncomingDirect,
    /// Assign inside the unit.
    IncomingAssign,
    /// Work on what one was assigned.
    IncomingProcess,
    /// Follow up deadlines of the whole agency.
    IncomingMonitor,

    /// Draft.
    OutgoingDraft,
    /// Approve the content (Điều 12.1).
    OutgoingApproveContent,
    /// Check the form (Điều 12.2).
    OutgoingCheckForm,
    /// Sign with authority (Điều 13).
    OutgoingSign,
    /// Allocate number and date.
    OutgoingNumber,
    /// Apply the agency's seal signature (Điều 32.2).
    OutgoingSeal,
    /// Issue to recipients.
    OutgoingIssue,
    /// Recall or replace what was issued.
    OutgoingRecall,

    /// Print registers.
    RegistersPrint,
    /// Open, fill and close one's work dossiers.
    DossiersManage,
    /// Accept dossiers into the archive.
    ArchiveAccept,
    /// Routes, books, templates of the agency.
    OfficeConfigure,
    /// Statistics of the agency and those below it.
    StatisticsRead,

    /// Read ledger entries and proofs of the agency.
    LedgerRead,
    /// Jobs, parked failures, health of the server.
    ServerOperate,
}

impl Permission {
    /// Every permission.
    pub const ALL: [Self; 34] = [
        Self::DirectoryRead,
        Self::DirectoryManage,
        Self::DelegationsManage,
        Self::AccountsManage,
        Self::SystemsManage,
        Self::SecurityRead,
        Self::ExchangeRead,
        Self::ExchangeSend,
        Self::ExchangeReceive,
        Self::ExchangeOperate,
        Self::PeersManage,
        Self::DocumentsReadAgency,
        Self::DocumentsReadUnit,
        Self::IncomingRegister,
        Self::IncomingTriage,
        Self::IncomingDirect,
        Self::IncomingAssign,
        Self::IncomingProcess,
        Self::IncomingMonitor,
        Self::OutgoingDraft,
        Self::OutgoingApproveContent,
        Self::OutgoingCheckForm,
        Self::OutgoingSign,
        Self::OutgoingNumber,
        Self::OutgoingSeal,
        Self::OutgoingIssue,
        Self::OutgoingRecall,
        Self::RegistersPrint,
        Self::DossiersManage,
        Self::ArchiveAccept,
        Self::OfficeConfigure,
        Self::StatisticsRead,
        Self::LedgerRead,
        Self::ServerOperate,
    ];

    /// Stable name in storage, files and the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::DirectoryRead => "directory-read",
            Self::DirectoryManage => "directory-manage",
            Self::DelegationsManage => "delegations-manage",
            Self::AccountsManage => "accounts-manage",
            Self::SystemsManage => "systems-manage",
            Self::SecurityRead => "security-read",
            Self::ExchangeRead => "exchange-read",
            Self::ExchangeSend => "exchange-send",
            Self::ExchangeReceive => "exchange-receive",
            Self::ExchangeOperate => "exchange-operate",
            Self::PeersManage => "peers-manage",
            Self::DocumentsReadAgency => "documents-read-agency",
            Self::DocumentsReadUnit => "documents-read-unit",
            Self::IncomingRegister => "incoming-register",
            Self::IncomingTriage => "incoming-triage",
            Self::IncomingDirect => "incoming-direct",
            Self::IncomingAssign => "incoming-assign",
            Self::IncomingProcess => "incoming-process",
            Self::IncomingMonitor => "incoming-monitor",
            Self::OutgoingDraft => "outgoing-draft",
            Self::OutgoingApproveContent => "outgoing-approve-content",
            Self::OutgoingCheckForm => "outgoing-check-form",
            Self::OutgoingSign => "outgoing-sign",
            Self::OutgoingNumber => "outgoing-number",
            Self::OutgoingSeal => "outgoing-seal",
            Self::OutgoingIssue => "outgoing-issue",
            Self::OutgoingRecall => "outgoing-recall",
            Self::RegistersPrint => "registers-print",
            Self::DossiersManage => "dossiers-manage",
            Self::ArchiveAccept => "archive-accept",
            Self::OfficeConfigure => "office-configure",
            Self::StatisticsRead => "statistics-read",
            Self::LedgerRead => "ledger-read",
            Self::ServerOperate => "server-operate",
        }
    }

    /// The permission of that stable name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|permission| permission.name() == name)
    }

    /// The permission in words.
    pub const fn label(self) -> base::Text {
        use base::Text;
        match self {
            Self::DirectoryRead => Text::fixed("Tra cứu danh bạ", "Look up the directory"),
            Self::DirectoryManage => Text::fixed("Quản lý tổ chức và nhân sự", "Manage organisations and people"),
            Self::DelegationsManage => Text::fixed("Quản lý ủy quyền", "Manage delegations"),
            Self::AccountsManage => Text::fixed("Quản lý tài khoản", "Manage accounts"),
            Self::SystemsManage => Text::fixed("Quản lý hệ thống ngoài", "Manage outside systems"),
            Self::SecurityRead => Text::fixed("Xem sự kiện an toàn", "See security events"),
            Self::ExchangeRead => Text::fixed("Xem gửi nhận liên thông", "See the exchange"),
            Self::ExchangeSend => Text::fixed("Gửi qua liên thông", "Send through the exchange"),
            Self::ExchangeReceive => Text::fixed("Nhận hoặc từ chối văn bản đến", "Accept or refuse arrivals"),
            Self::ExchangeOperate => Text::fixed("Xử lý gói tin bị treo", "Handle parked packages"),
            Self::PeersManage => Text::fixed("Quản lý máy chủ liên thông", "Manage peers"),
            Self::DocumentsReadAgency => Text::fixed("Xem mọi văn bản của cơ quan", "Read all the agency's documents"),
            Self::DocumentsReadUnit => Text::fixed("Xem văn bản của đơn vị", "Read the unit's documents"),
            Self::IncomingRegister => Text::fixed("Đăng ký văn bản đến", "Register incoming documents"),
            Self::IncomingTriage => Text::fixed("Trình văn bản đến", "Triage incoming documents"),
            Self::IncomingDirect => Text::fixed("Cho ý kiến chỉ đạo", "Direct"),
            Self::IncomingAssign => Text::fixed("Giao việc trong đơn vị", "Assign inside the unit"),
            Self::IncomingProcess => Text::fixed("Giải quyết văn bản đến", "Process incoming documents"),
            Self::IncomingMonitor => Text::fixed("Theo dõi, đôn đốc", "Follow up deadlines"),
            Self::OutgoingDraft => Text::fixed("Soạn thảo", "Draft"),
            Self::OutgoingApproveContent => Text::fixed("Duyệt nội dung", "Approve content"),
            Self::OutgoingCheckForm => Text::fixed("Kiểm tra thể thức", "Check the form"),
            Self::OutgoingSign => Text::fixed("Ký văn bản", "Sign"),
            Self::OutgoingNumber => Text::fixed("Cấp số, ngày văn bản", "Number and date"),
            Self::OutgoingSeal => Text::fixed("Ký số của cơ quan", "Seal"),
            Self::OutgoingIssue => Text::fixed("Phát hành", "Issue"),
            Self::OutgoingRecall => Text::fixed("Thu hồi, thay thế", "Recall and replace"),
            Self::RegistersPrint => Text::fixed("In sổ", "Print registers"),
            Self::DossiersManage => Text::fixed("Lập hồ sơ công việc", "Keep work dossiers"),
            Self::ArchiveAccept => Text::fixed("Tiếp nhận vào lưu trữ", "Accept into the archive"),
            Self::OfficeConfigure => Text::fixed("Cấu hình văn phòng", "Configure the office"),
            Self::StatisticsRead => Text::fixed("Xem thống kê", "Read statistics"),
            Self::LedgerRead => Text::fixed("Xem sổ cái", "Read the ledger"),
            Self::ServerOperate => Text::fixed("Vận hành máy chủ", "Operate the server"),
        }
    }
}

/// How far a grant reaches from the agency that the position belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reach {
    /// That agency only.
    Agency,
    /// That agency and every agency whose code lies below it.
    Subtree,
    /// The server itself, never an agency's records.
    Server,
}

/// One row of the table.
pub type Grant = (Permission, Reach);

use Permission as P;
use Reach::{Agency as A, Server as V, Subtree as T};

/// Which role may do what, and how far. What is not here is refused.
pub const TABLE: &[(Role, &[Grant])] = &[
    (
        Role::RegistryClerk,
        &[
            (P::DirectoryRead, T),
            (P::ExchangeRead, A),
            (P::ExchangeSend, A),
            (P::ExchangeReceive, A),
            (P::ExchangeOperate, A),
            (P::DocumentsReadAgency, A),
            (P::IncomingRegister, A),
            (P::IncomingTriage, A),
            (P::OutgoingCheckForm, A),
            (P::OutgoingNumber, A),
            (P::OutgoingSeal, A),
            (P::OutgoingIssue, A),
            (P::OutgoingRecall, A),
            (P::RegistersPrint, A),
            (P::DossiersManage, A),
            (P::StatisticsRead, A),
            (P::LedgerRead, A),
        ],
    ),
    (
        Role::Specialist,
        &[(P::DirectoryRead, T), (P::IncomingProcess, A), (P::OutgoingDraft, A), (P::DossiersManage, A)],
    ),
    (
        Role::UnitHead,
        &[
            (P::DirectoryRead, T),
            (P::DocumentsReadUnit, A),
            (P::IncomingAssign, A),
            (P::IncomingProcess, A),
            (P::OutgoingDraft, A),
            (P::OutgoingApproveContent, A),
            (P::DossiersManage, A),
        ],
    ),
    (
        Role::ChiefOfOffice,
        &[
            (P::DirectoryRead, T),
            (P::ExchangeRead, A),
            (P::DocumentsReadAgency, A),
            (P::IncomingTriage, A),
            (P::IncomingAssign, A),
            (P::IncomingProcess, A),
            (P::IncomingMonitor, A),
            (P::OutgoingDraft, A),
            (P::OutgoingApproveContent, A),
            (P::OutgoingCheckForm, A),
            (P::RegistersPrint, A),
            (P::DossiersManage, A),
            (P::OfficeConfigure, A),
            (P::StatisticsRead, T),
            (P::LedgerRead, A),
        ],
    ),
    (
        Role::Leader,
        &[
            (P::DirectoryRead, T),
            (P::ExchangeRead, A),
            (P::DocumentsReadAgency, A),
            (P::IncomingDirect, A),
            (P::IncomingMonitor, A),
            (P::OutgoingDraft, A),
            (P::OutgoingApproveContent, A),
            (P::OutgoingSign, A),
            (P::OutgoingRecall, A),
            (P::StatisticsRead, T),
            (P::LedgerRead, A),
        ],
    ),
    (Role::FormatChecker, &[(P::DirectoryRead, T), (P::DocumentsReadUnit, A), (P::OutgoingCheckForm, A)]),
    (
        Role::Archivist,
        &[
            (P::DirectoryRead, T),
            (P::DocumentsReadAgency, A),
            (P::RegistersPrint, A),
            (P::DossiersManage, A),
            (P::ArchiveAccept, A),
            (P::StatisticsRead, A),
        ],
    ),
    (
        Role::Administrator,
        &[
            (P::DirectoryRead, T),
            (P::DirectoryManage, T),
            (P::DelegationsManage, T),
            (P::AccountsManage, T),
            (P::SystemsManage, T),
            (P::SecurityRead, T),
            (P::OfficeConfigure, T),
            (P::LedgerRead, T),
        ],
    ),
    (Role::Operator, &[(P::DirectoryRead, T), (P::PeersManage, V), (P::ExchangeOperate, V), (P::ServerOperate, V)]),
];

/// What an outside system may do for each of the agency codes it was registered for.
pub const SYSTEM_GRANTS: &[Permission] = &[P::DirectoryRead, P::ExchangeRead, P::ExchangeSend, P::ExchangeReceive];

/// What a position may hand to another (NĐ 30/2020/NĐ-CP, Điều 13.3: ký thừa ủy quyền): authority, never the seal,
/// the registers or the administration of accounts.
pub const DELEGABLE: &[Permission] = &[
    P::DocumentsReadAgency,
    P::DocumentsReadUnit,
    P::IncomingTriage,
    P::IncomingDirect,
    P::IncomingAssign,
    P::IncomingMonitor,
    P::OutgoingApproveContent,
    P::OutgoingCheckForm,
    P::OutgoingSign,
];

/// The grants of one role.
pub fn grants_of(role: Role) -> &'static [Grant] {
    TABLE.iter().find(|(r, _)| *r == role).map_or(&[], |(_, grants)| grants)
}
