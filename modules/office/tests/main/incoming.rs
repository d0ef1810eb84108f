//! The straight road of an incoming document, and what its sender hears on the way.

use crate::receiving::Receiving;
use crate::world::components;
use office::rules::incoming::{State, Verb};
use office::use_cases::draft::{DraftInput, RecipientInput};
use office::use_cases::incoming::finish::{CompleteInput, complete, reopen};
use office::use_cases::incoming::give_back::{ReturnInput, return_incoming};
use office::use_cases::incoming::list::{self, Wanted};
use office::use_cases::incoming::register::{RegisterInput, register_incoming};
use office::use_cases::incoming::submit::{SubmitInput, submit_incoming};
use office::use_cases::incoming::work::{AssignInput, ReportInput, assign_within_unit, report, start};
use office::use_cases::incoming::{by_hand, day, direct, look};
use office::use_cases::{Command, Deed, draft, issue, review, sign};
use testkit::on_each_platform;

fn none() -> Command {
    Command::default()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn arrived_registered_directed_worked_on_answered_done() {
    on_each_platform(components, |t| async move {
        let r = Receiving::new(t).await;
        let p = r.platform();
        let arrived = r.arrival().await;
        assert_eq!((arrived.state, arrived.verdict.as_str()), (State::Arrived, "valid"));
        assert_eq!(arrived.code(), "01/QĐ-BNV");
        assert_eq!(arrived.issuer_level, "central");
        let seen = look::look(p, &r.clerk, arrived.id).await.unwrap();
        assert_eq!(seen.files.iter().map(|f| f.name.as_str()).collect::<Vec<_>>(), ["Quyết định.pdf", "Phụ lục.xlsx"]);
        assert_eq!(seen.next_number, Some(1));
        assert!(seen.may.contains(&Verb::Register) && seen.may.contains(&Verb::Return));
        let clerk = r.clerk.person().unwrap().to_string();
        let told = p.db().read(move |tx| platform::notify::unread_count(tx, &clerk)).await.unwrap();
        assert_eq!(told, 1, "the clerk is told");

        let id = arrived.id;
        let submit = SubmitInput::default();
        let done = register_incoming(p, &r.clerk, id, RegisterInput::default(), Some(submit), none()).await.unwrap();
        assert_eq!((done.state, done.arrival_number), (State::Submitted, Some(1)));
        assert_eq!(done.submitted_to_name.as_deref(), Some("Trịnh Đức Long"), "the clerk goes to the chief of office");

        let to = SubmitInput {
            proposal: "Phòng Nội chính chủ trì.".into(),
            proposed: Some(r.directive("2026-12-04")),
            ..SubmitInput::default()
        };
        let passed = submit_incoming(p, &r.chief, id, to, none()).await.unwrap();
        // The stranger of H57 holds a leader's role as well; the highest rank comes first.
        assert_eq!(passed.submitted_to_name.as_deref(), Some("Lê Văn Sơn"));
        let queue = Wanted { waiting: true, ..Wanted::default() };
        assert_eq!(list::list(p, &r.leader, queue, None, 10).await.unwrap().0.len(), 1);

        let directed = direct::agree(p, &r.leader, id, none()).await.unwrap();
        assert_eq!(directed.state, State::Directed);
        assert_eq!(directed.lead_name.as_deref(), Some("Phòng Nội chính"));
        assert_eq!(directed.deadline.unwrap().to_string(), "2026-12-04");

        // Nobody of the unit sees it before its head hands it on.
        assert!(look::look(p, &r.specialist, id).await.is_err());
        let person = r.specialist.person().unwrap().to_string();
        let to = AssignInput { person, deadline: Some("2026-12-02".into()), ..AssignInput::default() };
        assign_within_unit(p, &r.head, id, to, none()).await.unwrap();
        assert!(look::look(p, &r.bystander, id).await.is_err());
        let begun = start(p, &r.specialist, id, none()).await.unwrap();
        assert_eq!(begun.state, State::InProcess);
        let half = ReportInput { kind: "progress".into(), words: "Đã dự thảo.".into(), percent: Some(50) };
        report(p, &r.specialist, id, half, none()).await.unwrap();

        // The answer cites it; when it is issued, its number stands on the incoming document by itself.
        let answer = answer(&r, id).await;
        r.world.t.settle().await;
        let answered = look::look(p, &r.specialist, id).await.unwrap().document;
        assert_eq!(answered.answer, Some(answer));
        assert_eq!(answered.answer_code.as_deref(), Some("01/QĐ-UBND"));

        let done = complete(p, &r.specialist, id, CompleteInput::default(), none()).await.unwrap();
        assert_eq!(done.state, State::Done);
        assert_eq!(done.result.as_deref(), Some("Trả lời bằng văn bản 01/QĐ-UBND."));
        assert_eq!(r.heard(id).await, ["01", "03", "04", "05", "06"]);

        let seen = look::look(p, &r.clerk, id).await.unwrap();
        let kinds: Vec<_> =
            seen.history.iter().map(|e| e.entry.kind.trim_start_matches("office.incoming.").to_owned()).collect();
        assert_eq!(
            kinds,
            [
                "arrived",
                "registered",
                "submitted",
                "submitted",
                "directed",
                "assigned",
                "started",
                "reported",
                "answered",
                "completed"
            ]
        );
        // The record in the ledger is the record as it stands.
        let digest = p
            .db()
            .read(move |tx| {
                let record = office::store::incoming::incoming_record(tx, &id.to_string())?.unwrap();
                platform::ledger::record_digest(&record)
            })
            .await
            .unwrap();
        assert_eq!(seen.history.last().unwrap().entry.record_digest, Some(digest));

        // Opened again and finished again: the sender, who has heard 06, hears nothing further.
        reopen(p, &r.specialist, id, "Bộ yêu cầu bổ sung số liệu.".into(), none()).await.unwrap();
        complete(p, &r.specialist, id, CompleteInput::default(), none()).await.unwrap();
        assert_eq!(r.heard(id).await, ["01", "03", "04", "05", "06"]);
    })
    .await;
}

/// H57 answers the ministry with a decision; gives its id.
async fn answer(r: &Receiving, cites: office::store::incoming::IncomingId) -> String {
    let p = r.platform();
    let to = RecipientInput { agency: Some("G09".into()), name: String::new(), paper: false };
    let input = DraftInput {
        kind: "decision".into(),
        subject: "Phê duyệt Kế hoạch số hóa của thành phố".into(),
        signer_position: Some(r.leader.position().unwrap().to_string()),
        recipients: vec![to],
        places: vec!["Lưu: VT".into()],
        responds_to: vec![cites.to_string()],
        ..DraftInput::default()
    };
    let secret = crate::world::SECRET;
    let who = r.leader.person().unwrap().to_string();
    p.signing().personal_create(&who, &r.leader.name, &r.leader.agency, secret).await.unwrap();
    let id = draft::draft_outgoing(p, &r.specialist, input, none()).await.unwrap().id;
    let bytes = b"%PDF-1.7 tra loi";
    let staged = p.blobs().put(bytes).await.unwrap();
    let upload =
        office::use_cases::files::Upload { name: "Trả lời.pdf".into(), staged, head: bytes.to_vec(), main: true };
    office::use_cases::files::attach_file(p, &r.specialist, id, upload, none()).await.unwrap();
    draft::submit_for_content(p, &r.specialist, id, vec![], none()).await.unwrap();
    review::approve_content(p, &r.head, id, String::new(), none()).await.unwrap();
    review::check_format(p, &r.clerk, id, String::new(), none()).await.unwrap();
    sign::request_signature(p, &r.clerk, id, none()).await.unwrap();
    sign::sign(p, &r.leader, id, secret, none()).await.unwrap();
    issue::promulgate(p, &r.clerk, id, None, Some("Huế".into()), none()).await.unwrap();
    id.to_string()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_answer_is_tied_to_what_it_answers_at_the_sender_too() {
    on_each_platform(components, |t| async move {
        let r = Receiving::new(t).await;
        let p = r.platform();
        let first = r.registered().await;
        let mut directive = r.directive("2026-12-04");
        directive.assignees.truncate(1);
        directive.assignees[0].person = r.specialist.person().map(|p| p.to_string());
        direct::direct_incoming(p, &r.leader, first.id, directive, none()).await.unwrap();
        answer(&r, first.id).await;
        r.world.t.settle().await;
        let at_home = list::list(p, &r.world.clerk, Wanted::default(), None, 10).await.unwrap().0;
        assert_eq!(at_home.len(), 1);
        let seen = look::look(p, &r.world.clerk, at_home[0].id).await.unwrap();
        assert_eq!(seen.links.len(), 1, "the ministry's arrival is linked with its own decision");
        assert_eq!(seen.links[0].relation, "response_for");
        let drafter = r.world.specialist.person().unwrap().to_string();
        assert!(p.db().read(move |tx| platform::notify::unread_count(tx, &drafter)).await.unwrap() > 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn returned_with_a_reason_that_the_sender_reads() {
    on_each_platform(components, |t| async move {
        let r = Receiving::new(t).await;
        let p = r.platform();
        let id = r.arrival().await.id;
        let refused = return_incoming(p, &r.clerk, id, ReturnInput::default(), none()).await.unwrap_err();
        assert!(refused.is_refusal("office.document.reason-missing"), "{refused}");
        let long = ReturnInput { reason: None, words: "x".repeat(1001) };
        assert!(return_incoming(p, &r.clerk, id, long, none()).await.is_err());
        let why = ReturnInput { reason: Some("wrong_recipient".into()), words: "Gửi Sở Tài chính.".into() };
        let done = return_incoming(p, &r.clerk, id, why, none()).await.unwrap();
        assert_eq!(done.state, State::Returned);
        assert_eq!(r.heard(id).await, ["01", "02"]);
        let package = done.package.unwrap().parse().unwrap();
        let board = p.db().read(move |tx| exchange::deliveries(tx, package)).await.unwrap();
        let row = board.iter().find(|row| row.recipient == r.clerk.agency).unwrap();
        assert_eq!(row.refused_reason(), Some("Gửi nhầm nơi nhận. Gửi Sở Tài chính."));
        // What was returned takes no number and no further step.
        let late = register_incoming(p, &r.clerk, id, RegisterInput::default(), None, none()).await.unwrap_err();
        assert!(late.is_refusal("office.incoming.state"), "{late}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn paper_is_registered_in_the_same_series_and_a_second_copy_is_noticed() {
    on_each_platform(components, |t| async move {
        let r = Receiving::new(t).await;
        let p = r.platform();
        r.registered().await;
        let paper = |not_duplicate| by_hand::HandInput {
            source: "paper".into(),
            issuer_code: Some("H57.09".into()),
            fields: RegisterInput {
                code: Some("318/SNV-VX".into()),
                kind: Some("official-letter".into()),
                subject: Some("Đề nghị hỗ trợ kinh phí sửa chữa trường học".into()),
                issued_on: Some("2026-11-20".into()),
                not_duplicate,
                ..RegisterInput::default()
            },
            ..by_hand::HandInput::default()
        };
        let scan = |bytes: &'static [u8]| {
            let blobs = p.blobs().clone();
            async move {
                let staged = blobs.put(bytes).await.unwrap();
                office::use_cases::files::Upload {
                    name: "Công văn.pdf".into(),
                    staged,
                    head: bytes.to_vec(),
                    main: true,
                }
            }
        };
        let files = vec![scan(b"%PDF-1.4 ban quet").await];
        let made = by_hand::register_by_hand(p, &r.clerk, paper(false), files, None, none()).await.unwrap();
        assert_eq!(made.arrival_number, Some(2), "one series for paper and electronic together");
        assert!(made.paper && made.package.is_none());
        let again = by_hand::register_by_hand(p, &r.clerk, paper(false), vec![], None, none()).await.unwrap_err();
        assert!(again.is_refusal("office.incoming.duplicate"), "{again}");
        let other = by_hand::register_by_hand(p, &r.clerk, paper(true), vec![], None, none()).await.unwrap();
        assert_eq!(other.arrival_number, Some(3));
        let lie = vec![scan(b"MZ\x90").await];
        let lying = by_hand::register_by_hand(p, &r.clerk, paper(true), lie, None, none()).await.unwrap_err();
        assert!(lying.is_refusal("office.file.type"), "{lying}");

        // Found again without marks; not by another agency.
        let text = |text: &str| Wanted { text: text.into(), ..Wanted::default() };
        assert_eq!(list::list(p, &r.clerk, text("kinh phi sua chua"), None, 10).await.unwrap().0.len(), 2);
        assert_eq!(list::list(p, &r.world.clerk, text("kinh phi sua chua"), None, 10).await.unwrap().0.len(), 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_clerks_day_ends_on_zero() {
    on_each_platform(components, |t| async move {
        let r = Receiving::new(t).await;
        let p = r.platform();
        let day = |who: platform::access::Principal| {
            let p = p.clone();
            async move {
                let deed = Deed::new(&p, &who).unwrap();
                p.db().read(move |tx| day::incoming_day(tx, &deed)).await.unwrap()
            }
        };
        let id = r.arrival().await.id;
        let before = day(r.clerk.clone()).await;
        assert_eq!((before.unregistered_count, before.unregistered_late, before.unregistered.len()), (1, 0, 1));
        // 24 November is a holiday, so Wednesday is the last day.
        r.world.t.clock.advance_seconds(2 * 86_400);
        assert_eq!(day(r.clerk.clone()).await.unregistered_late, 0);
        r.world.t.clock.advance_seconds(86_400);
        assert_eq!(day(r.clerk.clone()).await.unregistered_late, 1);
        register_incoming(p, &r.clerk, id, RegisterInput::default(), None, none()).await.unwrap();
        let after = day(r.clerk.clone()).await;
        assert_eq!((after.unregistered_count, after.to_submit, after.registered_today), (0, 1, 1));
        assert!(after.last_registered_at.is_some());

        // Late work is told by the unit in the lead.
        let mut directive = r.directive("2026-11-30");
        directive.assignees.truncate(1);
        direct::direct_incoming(p, &r.leader, id, directive, none()).await.unwrap();
        r.world.t.clock.advance_seconds(7 * 86_400);
        assert_eq!(day(r.leader.clone()).await.overdue, [("Phòng Nội chính".to_owned(), 1)]);
        let head = day(r.head.clone()).await;
        assert_eq!((head.mine, head.mine_late), (1, 1));
        let elsewhere = day(r.world.clerk.clone()).await;
        assert_eq!((elsewhere.working, elsewhere.overdue.len(), elsewhere.unregistered_count), (0, 0, 0));
    })
    .await;
}
