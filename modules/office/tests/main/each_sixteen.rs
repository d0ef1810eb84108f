//! Every step of a document's way taken sixteen times at once, with pauses between the statements: it happens once.

use crate::receiving::Receiving;
use crate::server::Server;
use crate::setup_http::administrator;
use crate::world::{SECRET, World, components};
use office::rules::route::Route;
use office::use_cases::configure::{NewRegister, register_end, register_open, route_add, route_end};
use office::use_cases::files::{Upload, attach_file, detach_file};
use office::use_cases::incoming::by_hand::{HandInput, register_by_hand};
use office::use_cases::incoming::direct::{agree, direct_incoming};
use office::use_cases::incoming::finish::{CompleteInput, complete, reopen};
use office::use_cases::incoming::give_back::{ReturnInput, return_incoming};
use office::use_cases::incoming::list::{self, Wanted};
use office::use_cases::incoming::register::{RegisterInput, register_incoming};
use office::use_cases::incoming::submit::{SubmitInput, submit_incoming};
use office::use_cases::incoming::work::{AssignInput, ReportInput, assign_within_unit, report, start};
use office::use_cases::{Command, draft, issue, look, number, review, seal, sign, void};
use platform::access::Principal;
use platform::ledger::{self, Registry};
use platform::{Error, Platform, Result};
use std::time::Duration;
use testkit::{on_each_platform, sixteen_at_once};

/// Sixteen clicks of one person on what he sees in version `seen`: one of them counts, fifteen are told so.
async fn once<I, T, F, Fut>(what: &str, p: &Platform, who: &Principal, id: I, seen: i64, act: F) -> T
where
    I: Copy,
    T: Send + 'static,
    F: Fn(Platform, Principal, I, Command) -> Fut,
    Fut: Future<Output = Result<T>> + Send + 'static,
{
    let click = || Command { version: Some(seen), key: None };
    let mut done = Vec::new();
    for outcome in sixteen_at_once(|_| act(p.clone(), who.clone(), id, click())).await {
        match outcome {
            Ok(one) => done.push(one),
            Err(Error::Conflict(_) | Error::Refused(_) | Error::NotFound(_)) => {}
            Err(other) => panic!("{what}: {other}"),
        }
    }
    assert_eq!(done.len(), 1, "{what}");
    done.remove(0)
}

/// Sixteen clicks with one key: whoever is told that it is done is told the same, and somebody is.
async fn the_same<T, F, Fut>(what: &str, act: F) -> T
where
    T: Send + PartialEq + std::fmt::Debug + 'static,
    F: Fn(Command) -> Fut,
    Fut: Future<Output = Result<T>> + Send + 'static,
{
    let click = || Command { version: None, key: Some(what.to_owned()) };
    let mut done = Vec::new();
    for outcome in sixteen_at_once(|_| act(click())).await {
        match outcome {
            Ok(one) => done.push(one),
            Err(Error::Conflict(_)) => {}
            Err(other) => panic!("{what}: {other}"),
        }
    }
    assert!(!done.is_empty() && done.iter().all(|one| *one == done[0]), "{what}: {done:?}");
    done.remove(0)
}

async fn verifies(p: &Platform) {
    let registry = Registry::of(p.components());
    let report = p.db().read(move |tx| ledger::verify(tx, &registry, &[])).await.unwrap();
    assert!(report.is_clean(), "{:?}", report.findings);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn each_step_aside_and_back_happens_once() {
    on_each_platform(components, |t| async move {
        let r = Receiving::new(t).await;
        let (p, w) = (r.platform(), &r.world);
        p.db().pause_statements(Duration::from_millis(1));
        drafts_and_voids(p, w).await;
        arrivals_back_and_open(&r, p).await;
        p.db().pause_statements(Duration::ZERO);
        w.t.settle().await;
        verifies(p).await;
    })
    .await;
}

/// A draft, its files, its opinions, sent back, its request withdrawn, voided with its number; another one issued at once.
async fn drafts_and_voids(p: &Platform, w: &World) {
    let (input, who) = (w.input(), w.specialist.clone());
    let id = the_same("draft", |c| {
        let (p, who, input) = (p.clone(), who.clone(), input.clone());
        async move { draft::draft_outgoing(&p, &who, input, c).await.map(|d| d.id) }
    })
    .await;
    let version = look::look(p, &who, id).await.unwrap().document.version;
    let bytes: &[u8] = b"%PDF-1.7 noi dung";
    let staged = p.blobs().put(bytes).await.unwrap();
    let attached = once("attach", p, &who, id, version, |p, who, id, c| {
        let upload =
            Upload { name: "Phụ lục.pdf".into(), staged: staged.clone(), head: bytes.to_vec(), main: false };
        async move { attach_file(&p, &who, id, upload, c).await }
    });
    let (seen, file) = attached.await;
    let seen =
        once(
            "detach",
            p,
            &who,
            id,
            seen.version,
            |p, who, id, c| async move { detach_file(&p, &who, id, file, c).await },
        );
    let revised = once("revise", p, &who, id, seen.await.version, |p, who, id, c| {
        let input = input.clone();
        async move { draft::revise(&p, &who, id, input, c).await }
    });
    revised.await;
    w.file(id, "Quyết định.pdf", bytes).await;
    let none = Command::default;
    let submitted = draft::submit_for_content(p, &who, id, vec![], none()).await.unwrap();
    let seen = once("opine", p, &w.head, id, submitted.version, |p, who, id, c| async move {
        review::opine(&p, &who, id, "Bổ sung căn cứ.".into(), c).await
    });
    let returned = once("send back", p, &w.head, id, seen.await.version, |p, who, id, c| async move {
        review::send_back(&p, &who, id, "Chưa rõ.".into(), c).await
    });
    returned.await;
    draft::submit_for_content(p, &who, id, vec![], none()).await.unwrap();
    review::approve_content(p, &w.head, id, String::new(), none()).await.unwrap();
    review::check_format(p, &w.clerk, id, String::new(), none()).await.unwrap();
    let asked = sign::request_signature(p, &w.clerk, id, none()).await.unwrap();
    let cancelled = once("cancel the request", p, &w.clerk, id, asked.version, |p, who, id, c| async move {
        sign::cancel_request(&p, &who, id, "Sửa trích yếu.".into(), c).await
    });
    cancelled.await;
    sign::request_signature(p, &w.clerk, id, none()).await.unwrap();
    sign::sign(p, &w.minister, id, SECRET, none()).await.unwrap();
    let numbered = number::number_and_date(p, &w.clerk, id, None, Some("Hà Nội".into()), none()).await.unwrap();
    let voided = once("void", p, &w.clerk, id, numbered.version, |p, who, id, c| async move {
        void::void(&p, &who, id, "Ban hành nhầm.".into(), c).await
    });
    voided.await;
    let signed = w.signed().await;
    let issued = once("promulgate", p, &w.clerk, signed.id, signed.version, |p, who, id, c| async move {
        issue::promulgate(&p, &who, id, None, Some("Hà Nội".into()), c).await
    });
    assert_eq!(issued.await.code.as_deref(), Some("02/QĐ-BNV"), "the voided number is not given again");
}

/// An arrival given back, one directed at once and opened again, one entered by hand.
async fn arrivals_back_and_open(r: &Receiving, p: &Platform) {
    let arrived = r.arrival().await;
    let returned = once("return", p, &r.clerk, arrived.id, arrived.version, |p, who, id, c| async move {
        let why = ReturnInput { words: "Sai nơi nhận.".into(), ..ReturnInput::default() };
        return_incoming(&p, &who, id, why, c).await
    });
    returned.await;
    r.world.t.clock.advance_seconds(60);
    let submitted = r.submitted().await;
    let id = submitted.id;
    let directive = r.directive("2026-12-04");
    let directed = once("direct anew", p, &r.leader, id, submitted.version, |p, who, id, c| {
        let directive = directive.clone();
        async move { direct_incoming(&p, &who, id, directive, c).await }
    });
    directed.await;
    start(p, &r.head, id, Command::default()).await.unwrap();
    let result = CompleteInput { words: "Đã xong.".into(), answer: None };
    let done = complete(p, &r.head, id, result, Command::default()).await.unwrap();
    let opened = once("reopen", p, &r.leader, id, done.version, |p, who, id, c| async move {
        reopen(&p, &who, id, "Làm lại phần hai.".into(), c).await
    });
    opened.await;
    let fields = RegisterInput {
        code: Some("15/ĐN".into()),
        subject: Some("Đơn đề nghị".into()),
        issuer: Some("Công dân".into()),
        ..RegisterInput::default()
    };
    let paper = HandInput { source: "mail".into(), fields, ..HandInput::default() };
    let number = the_same("by hand", |c| {
        let (p, who, paper) = (p.clone(), r.clerk.clone(), paper.clone());
        async move { register_by_hand(&p, &who, paper, vec![], None, c).await.map(|d| d.arrival_number) }
    });
    assert_eq!(number.await, Some(2), "one number for the paper, after that of the document directed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn each_arrangement_is_made_once() {
    on_each_platform(components, |t| async move {
        let s = Server::new(World::new(t).await);
        let (who, _) = administrator(&s).await;
        let p = s.w.platform();
        p.db().pause_statements(Duration::from_millis(1));
        let (today, end) = (p.now().local_date(), base::Date::constant(2027, 1, 1));
        let route = Route { valid_from: today, ..Route::of_the_decree() };
        let (id, _, version) = the_same("route", |c| {
            let (p, who, route) = (p.clone(), who.clone(), route.clone());
            async move { route_add(&p, &who, route, c).await }
        })
        .await;
        let ended = once("end the route", p, &who, id, version, |p, who, id, c| async move {
            route_end(&p, &who, id, end, c).await
        });
        ended.await;
        let new = NewRegister {
            name: "Sổ chỉ thị".into(),
            name_en: String::new(),
            types: vec!["directive".into()],
            secret: false,
            valid_from: today,
        };
        let register = the_same("register", |c| {
            let (p, who, new) = (p.clone(), who.clone(), new.clone());
            async move { register_open(&p, &who, new, c).await.map(|(r, _)| r.id) }
        })
        .await;
        let ended = the_same("end the register", |c| {
            let (p, who, id) = (p.clone(), who.clone(), register.clone());
            async move { register_end(&p, &who, id, end, c).await.map(|(r, _)| r.id) }
        });
        assert_eq!(ended.await, register);
        p.db().pause_statements(Duration::ZERO);
        s.w.t.settle().await;
        verifies(p).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn each_step_happens_once() {
    on_each_platform(components, |t| async move {
        let r = Receiving::new(t).await;
        let (p, w) = (r.platform(), &r.world);
        let made = w.drafted().await;
        let id = made.id;
        p.db().pause_statements(Duration::from_millis(1));

        let seen = once("submit", p, &w.specialist, id, made.version, |p, who, id, c| async move {
            draft::submit_for_content(&p, &who, id, vec![], c).await
        });
        let seen = once("approve", p, &w.head, id, seen.await.version, |p, who, id, c| async move {
            review::approve_content(&p, &who, id, String::new(), c).await
        });
        let seen = once("check the form", p, &w.clerk, id, seen.await.version, |p, who, id, c| async move {
            review::check_format(&p, &who, id, String::new(), c).await
        });
        let seen = once("ask for the signature", p, &w.clerk, id, seen.await.version, |p, who, id, c| async move {
            sign::request_signature(&p, &who, id, c).await
        });
        let seen = once("sign", p, &w.minister, id, seen.await.version, |p, who, id, c| async move {
            sign::sign(&p, &who, id, SECRET, c).await
        });
        let seen = once("number", p, &w.clerk, id, seen.await.version, |p, who, id, c| async move {
            number::number_and_date(&p, &who, id, None, Some("Hà Nội".into()), c).await
        });
        let seen = once("seal", p, &w.clerk, id, seen.await.version, |p, who, id, c| async move {
            seal::seal(&p, &who, id, c).await
        });
        let issued = once("issue", p, &w.clerk, id, seen.await.version, |p, who, id, c| async move {
            issue::issue(&p, &who, id, c).await
        });
        assert_eq!(issued.await.code.as_deref(), Some("01/QĐ-BNV"), "no number was used up by the fifteen");
        w.t.settle().await;
        let sent = look::look(p, &w.clerk, id).await.unwrap();
        assert_eq!((sent.history.len(), sent.deliveries.len(), sent.signatures.len()), (11, 2, 2));

        let newest = Wanted { recent: true, ..Wanted::default() };
        let arrived = list::list(p, &r.clerk, newest, None, 1).await.unwrap().0.remove(0);
        let id = arrived.id;
        let seen = once("register", p, &r.clerk, id, arrived.version, |p, who, id, c| async move {
            register_incoming(&p, &who, id, RegisterInput::default(), None, c).await
        });
        let proposal = SubmitInput {
            to: Some(r.leader.position().unwrap().to_string()),
            proposal: "Phòng Nội chính chủ trì.".into(),
            proposed: Some(r.directive("2026-12-04")),
        };
        let seen = once("propose", p, &r.chief, id, seen.await.version, |p, who, id, c| {
            let proposal = proposal.clone();
            async move { submit_incoming(&p, &who, id, proposal, c).await }
        });
        let seen = once("direct", p, &r.leader, id, seen.await.version, |p, who, id, c| async move {
            agree(&p, &who, id, c).await
        });
        let person = r.specialist.person().unwrap().to_string();
        let seen = once("assign", p, &r.head, id, seen.await.version, |p, who, id, c| {
            let to = AssignInput { person: person.clone(), ..AssignInput::default() };
            async move { assign_within_unit(&p, &who, id, to, c).await }
        });
        let seen = once("start", p, &r.specialist, id, seen.await.version, |p, who, id, c| async move {
            start(&p, &who, id, c).await
        });
        let seen = once("report", p, &r.specialist, id, seen.await.version, |p, who, id, c| async move {
            let half = ReportInput { kind: "progress".into(), words: "Đã dự thảo.".into(), percent: Some(50) };
            report(&p, &who, id, half, c).await
        });
        let done = once("complete", p, &r.specialist, id, seen.await.version, |p, who, id, c| async move {
            let result = CompleteInput { words: "Đã thực hiện xong.".into(), answer: None };
            complete(&p, &who, id, result, c).await
        });
        assert_eq!(done.await.arrival_number, Some(1), "no number was used up by the fifteen");
        p.db().pause_statements(Duration::ZERO);
        w.t.settle().await;
        assert_eq!(r.heard(id).await, ["01", "03", "04", "05", "06"], "the sender hears each state once");
        verifies(p).await;
    })
    .await;
}
