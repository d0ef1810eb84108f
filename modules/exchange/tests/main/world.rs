//! A small directory and documents to send in it.

use base::{AgencyCode, Clock, Date, Random};
use exchange::{
    Operation, OutgoingAttachment, OutgoingPackage, PackageHeader, PackageId, Party, Secrecy, SubmitContext, Urgency,
};
use platform::access::Act;
use platform::directory;
use platform::ledger::Actor;
use platform::{Db, Migration, Result};
use testkit::TestDb;

pub const MIGRATIONS: &[&[Migration]] =
    &[platform::ledger::MIGRATIONS, directory::MIGRATIONS, platform::blobs::MIGRATIONS, exchange::store::MIGRATIONS];

/// Two ministries, a province with a department and a commune here, a commune elsewhere, a province that was merged.
pub const AGENCIES: &str = "\
code,name,name_en,abbreviation,parent,level,kind,valid_from,valid_to,successors,hosted
G09,Bộ Nội vụ,Ministry of Home Affairs,BNV,,central,agency,2020-01-01,,,true
G22,Văn phòng Chính phủ,Government Office,VPCP,,central,agency,2020-01-01,,,true
H57,Ủy ban nhân dân thành phố Huế,People's Committee of Hue,UBND,,province,agency,2020-01-01,,,true
H57.09,Sở Nội vụ thành phố Huế,Department of Home Affairs,SNV,H57,province,agency,2020-01-01,,,true
H57.101,Ủy ban nhân dân phường Thuận Hóa,Thuan Hoa ward,UBND,H57,commune,agency,2025-07-01,,,true
H57.102,Ủy ban nhân dân phường Phú Xuân,Phu Xuan ward,UBND,H57,commune,agency,2025-07-01,,,false
H05,Ủy ban nhân dân tỉnh Bắc Ninh,People's Committee of Bac Ninh,UBND,,province,agency,2020-01-01,,,false
H02,Ủy ban nhân dân tỉnh Bắc Giang,People's Committee of Bac Giang,UBND,,province,agency,2020-01-01,2025-06-30,H05,false
";

pub fn code(text: &str) -> AgencyCode {
    AgencyCode::parse(text).unwrap()
}

pub async fn directory(db: &Db, clock: &Clock, random: &Random) {
    let act = Act { now: clock.now(), actor: Actor::Server, entry: random.id(clock) };
    directory::agencies_store(db, &act, directory::agencies_parse(AGENCIES.as_bytes()).unwrap()).await.unwrap();
}

pub fn header(document_id: &str, to: &[&str]) -> PackageHeader {
    PackageHeader {
        from: Party::new(code("G09"), "Bộ Nội vụ"),
        to: to.iter().map(|c| Party::new(code(c), "Nơi nhận")).collect(),
        document_id: document_id.into(),
        number: "12".into(),
        notation: "QĐ-BNV".into(),
        place: "Hà Nội".into(),
        issued_on: Some(Date::constant(2026, 11, 23)),
        type_name: "Quyết định".into(),
        type_number: None,
        subject: "Về việc ban hành kế hoạch chuyển đổi số".into(),
        content: None,
        signer_name: "Nguyễn Văn An".into(),
        signer_position: Some("Bộ trưởng".into()),
        signer_competence: None,
        due_on: None,
        urgency: Urgency::Normal,
        circulation: None,
        pages: None,
        steering: None,
        responds_to: vec![],
        to_places: vec![],
        operation: Operation::New,
        reason: None,
        targets: vec![],
        content_changed: false,
        recipient_changes: vec![],
        paper: false,
        staff: None,
    }
}

pub fn outgoing(header: PackageHeader) -> OutgoingPackage {
    OutgoingPackage {
        header,
        attachments: Vec::<OutgoingAttachment>::new(),
        secrecy: Secrecy::Open,
        signatures: vec![],
        signed_at: None,
        verification: exchange::Report::default(),
    }
}

pub fn acting(t: &TestDb) -> SubmitContext<'static> {
    SubmitContext::with(t.clock.clone(), t.random.clone(), Actor::person("p1"))
}

pub async fn submit(t: &TestDb, package: OutgoingPackage) -> Result<PackageId> {
    let ctx = acting(t);
    t.db.write(move |tx| exchange::submit(tx, &ctx, package.clone())).await
}
