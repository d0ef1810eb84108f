//! A small government for tests: the Ministry of Home Affairs with people for every step, a province and a department.

use base::{AgencyCode, Date, Text};
use office::store::outgoing::{Outgoing, OutgoingId};
use office::use_cases::draft::{DraftInput, RecipientInput};
use office::use_cases::files::Upload;
use office::use_cases::{Command, draft, files, review, sign};
use platform::access::{Act, Principal, PrincipalKind, Role};
use platform::directory::{
    self, Agency, AgencyLevel, Contact, OrganisationKind, Person, PersonId, Position, PositionId, Rank, Unit, UnitId,
};
use platform::ledger::Actor;
use platform::{Component, Platform};
use std::sync::Arc;
use testkit::TestPlatform;

pub const SECRET: &str = "mot-bi-mat-du-dai";

pub fn components() -> Vec<Component> {
    vec![exchange::component(), office::component()]
}

pub fn code(text: &str) -> AgencyCode {
    AgencyCode::parse(text).unwrap()
}

/// The people of one ministry, and whom it writes to.
#[derive(Clone)]
pub struct World {
    pub t: Arc<TestPlatform>,
    pub specialist: Principal,
    pub head: Principal,
    pub clerk: Principal,
    pub minister: Principal,
    pub deputy: Principal,
    pub stranger: Principal,
}

impl World {
    pub async fn new(t: Arc<TestPlatform>) -> Self {
        let p = &t.platform;
        for (agency, name, abbreviation, level) in [
            ("G09", "Bộ Nội vụ", "BNV", AgencyLevel::Central),
            ("H57", "Ủy ban nhân dân thành phố Huế", "UBND", AgencyLevel::Province),
            ("H57.09", "Sở Nội vụ thành phố Huế", "SNV", AgencyLevel::Province),
        ] {
            agency_add(p, agency, name, abbreviation, level).await;
        }
        let unit = unit_add(p, "G09", "Vụ Tổ chức cán bộ", "TCCB").await;
        let hq = unit_add(p, "G09", "Văn phòng", "VP").await;
        let specialist =
            person_add(p, "G09", Some(unit), "Trần Quốc Bảo", "Chuyên viên", Rank::Staff, &[Role::Specialist]).await;
        let head =
            person_add(p, "G09", Some(unit), "Đỗ Mạnh Hùng", "Vụ trưởng", Rank::UnitHead, &[Role::UnitHead]).await;
        let clerk =
            person_add(p, "G09", Some(hq), "Phạm Thị Hạnh", "Văn thư", Rank::Staff, &[Role::RegistryClerk]).await;
        let minister = person_add(p, "G09", None, "Nguyễn Văn Tuấn", "Bộ trưởng", Rank::Head, &[Role::Leader]).await;
        let deputy =
            person_add(p, "G09", None, "Lê Thị Thu Hằng", "Thứ trưởng", Rank::DeputyHead, &[Role::Leader]).await;
        let stranger = person_add(
            p,
            "H57",
            None,
            "Người Lạ",
            "Văn thư",
            Rank::Staff,
            &[Role::RegistryClerk, Role::Leader, Role::Specialist],
        )
        .await;
        for who in [&minister, &deputy] {
            p.signing()
                .personal_create(&who.person().unwrap().to_string(), &who.name, &who.agency, SECRET)
                .await
                .unwrap();
        }
        Self { t, specialist, head, clerk, minister, deputy, stranger }
    }

    pub fn platform(&self) -> &Platform {
        &self.t.platform
    }

    pub fn input(&self) -> DraftInput {
        let to = |agency: &str| RecipientInput { agency: Some(agency.into()), name: String::new(), paper: false };
        DraftInput {
            kind: "decision".into(),
            subject: "Ban hành Kế hoạch số hóa hồ sơ lưu trữ năm 2027".into(),
            signer_position: Some(self.minister.position().unwrap().to_string()),
            recipients: vec![to("H57"), to("H57.09")],
            places: vec!["Lưu: VT, TCCB".into()],
            ..DraftInput::default()
        }
    }

    pub async fn file(&self, id: OutgoingId, name: &str, bytes: &[u8]) -> Outgoing {
        let staged = self.platform().blobs().put(bytes).await.unwrap();
        let upload = Upload { name: name.into(), staged, head: bytes.to_vec(), main: false };
        files::attach_file(self.platform(), &self.specialist, id, upload, Command::default()).await.unwrap().0
    }

    pub async fn drafted(&self) -> Outgoing {
        let made =
            draft::draft_outgoing(self.platform(), &self.specialist, self.input(), Command::default()).await.unwrap();
        self.file(made.id, "Quyết định.pdf", b"%PDF-1.7 noi dung").await;
        self.file(made.id, "Phụ lục.xlsx", b"PK\x03\x04 bang").await
    }

    pub async fn awaiting(&self) -> Outgoing {
        let p = self.platform();
        let id = self.drafted().await.id;
        let none = Command::default;
        draft::submit_for_content(p, &self.specialist, id, vec![], none()).await.unwrap();
        review::approve_content(p, &self.head, id, "Đồng ý.".into(), none()).await.unwrap();
        review::check_format(p, &self.clerk, id, String::new(), none()).await.unwrap();
        sign::request_signature(p, &self.clerk, id, none()).await.unwrap()
    }

    pub async fn signed(&self) -> Outgoing {
        let id = self.awaiting().await.id;
        sign::sign(self.platform(), &self.minister, id, SECRET, Command::default()).await.unwrap()
    }
}

pub fn act(p: &Platform) -> Act {
    Act::new(p, Actor::Server)
}

pub async fn agency_add(p: &Platform, agency: &str, name: &str, abbreviation: &str, level: AgencyLevel) {
    let act = act(p);
    let agency = Agency {
        code: code(agency),
        legacy_code: None,
        name: Text::new(name.to_owned(), name.to_owned()),
        abbreviation: abbreviation.into(),
        parent: None,
        level,
        kind: OrganisationKind::Agency,
        valid_from: Date::constant(2020, 1, 1),
        valid_to: None,
        successors: Vec::new(),
        contact: Contact::default(),
        hosted: true,
        calendar: None,
        version: 0,
    };
    p.db().write(move |tx| directory::agency_save(tx, &act, agency.clone(), None)).await.unwrap();
}

pub async fn unit_add(p: &Platform, agency: &str, name: &str, abbreviation: &str) -> UnitId {
    let (act, id) = (act(p), p.new_id());
    let unit = Unit {
        id,
        agency: code(agency),
        parent: None,
        name: Text::new(name.to_owned(), name.to_owned()),
        abbreviation: abbreviation.into(),
        calendar: None,
        valid_from: Date::constant(2020, 1, 1),
        valid_to: None,
        version: 0,
    };
    p.db().write(move |tx| directory::unit_save(tx, &act, unit.clone(), None)).await.unwrap();
    id
}

pub async fn person_add(
    p: &Platform,
    agency: &str,
    unit: Option<UnitId>,
    name: &str,
    title: &str,
    rank: Rank,
    roles: &[Role],
) -> Principal {
    let agency = code(agency);
    let (first, second) = (act(p), act(p));
    let person: PersonId = p.new_id();
    let position: PositionId = p.new_id();
    let record = Person { id: person, full_name: name.into(), email: String::new(), phone: String::new(), version: 0 };
    let held = Position {
        id: position,
        person,
        agency: agency.clone(),
        unit,
        title: Text::new(title.to_owned(), title.to_owned()),
        rank,
        roles: roles.to_vec(),
        valid_from: Date::constant(2020, 1, 1),
        valid_to: None,
        version: 0,
    };
    let scope = agency.clone();
    let agency_name = p
        .db()
        .write(move |tx| {
            directory::person_save(tx, &first, record.clone(), &scope, None)?;
            directory::position_save(tx, &second, held.clone(), None)?;
            Ok(directory::agency_latest(tx, &scope)?.unwrap().name)
        })
        .await
        .unwrap();
    Principal {
        actor: Actor::person(person),
        kind: PrincipalKind::Person {
            person,
            account: p.new_id(),
            position,
            delegated_from: None,
            delegation: None,
            session: p.new_id(),
        },
        agency,
        agency_name,
        unit,
        roles: roles.to_vec(),
        delegated: Vec::new(),
        name: name.into(),
        title: Text::new(title.to_owned(), title.to_owned()),
    }
}
