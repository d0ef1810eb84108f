//! Whole pages with made-up content: the skeletons that pages are built after.

use crate::html::Html;
use crate::request::Req;
use crate::ui::button::Button;
use crate::ui::choice::Choices;
use crate::ui::directive::{directive_field, proposal};
use crate::ui::door::Door;
use crate::ui::field::{Choose, Field};
use crate::ui::figure::Zero;
use crate::ui::filter_pane::FilterPane;
use crate::ui::list_item::{Item, files};
use crate::ui::note::{ErrorSummary, NoteKind, Proof, note, proof_note};
use crate::ui::paging::{crumbs, paging, tabs};
use crate::ui::paper::{FileState, file_line};
use crate::ui::properties::properties;
use crate::ui::stamp::{Urgency, urgency, urgency_mark};
use crate::ui::state::{Progress, state};
use crate::ui::steps::{StepState, Steps};
use crate::ui::table::{Column, Table};
use crate::ui::tally::{Tick, tally};
use crate::ui::thread::{Knot, Thread, chain, link_words};
use crate::ui::track::{reached_by, status_words, track};
use crate::ui::upload::Upload;
use crate::ui::verification::{Check, CheckLine, verification};
use askama::Template;
use base::{Lang, Refusal, Text};

fn t(text: &str) -> Html {
    Html::text(text)
}

/// A document in a table: number, from whom, subject.
fn doc(number: &str, from: &str, subject: &str) -> Html {
    let from =
        if from.is_empty() { String::new() } else { format!(" · <span class=\"mut\" lang=\"vi\">{from}</span>") };
    Html::trusted(format!(
        "<a class=\"t\" href=\"#\"><span class=\"num\">{number}</span>{from}<span class=\"sub\" lang=\"vi\">{subject}</span></a>"
    ))
}

#[derive(Template)]
#[template(path = "gallery/home.html")]
pub(super) struct Home {
    l: Lang,
    zeros: [Zero; 2],
    queue: Table,
    signed: Table,
    trouble: Html,
    more: Table,
}

pub(super) fn home(req: &Req) -> Home {
    let l = req.lang;
    let columns = || {
        vec![
            Column::new(l.t("Độ khẩn", "Urgency")),
            Column::new(l.t("Văn bản", "Document")).main(),
            Column::new(l.t("Đến lúc", "Arrived")).fixed(),
            Column::new(l.t("Hạn đăng ký", "Register by")).fixed(),
        ]
    };
    let soon = |minutes: u32| {
        let words = match l {
            Lang::Vi => format!("Ngay, đã {minutes} phút"),
            Lang::En => format!("Now, {minutes} min so far"),
        };
        state(Progress::Soon, &words)
    };
    let queue = Table::new(
        l,
        l.t("Văn bản đến chờ đăng ký, khẩn nhất ở trên", "Arrivals to register, most urgent first"),
        columns(),
    )
    .stacks()
    .row(vec![
        urgency(Urgency::Immediate, l),
        doc("7214/BNV-TCBC", "Bộ Nội vụ", "Báo cáo số biên chế có mặt đến 20/11/2026 phục vụ phiên họp Ban Chỉ đạo"),
        t("08:02"),
        soon(39),
    ])
    .row(vec![
        urgency(Urgency::Immediate, l),
        doc("41/CĐ-TTg", "Thủ tướng Chính phủ", "Tập trung ứng phó mưa lũ tại các tỉnh miền Trung"),
        t("08:31"),
        soon(10),
    ])
    .row(vec![
        urgency(Urgency::VeryUrgent, l),
        doc("9870/BTC-NSNN", "Bộ Tài chính", "Thông báo dự toán chi chuyển đổi số năm 2027 cho các địa phương"),
        t("07:48"),
        soon(53),
    ])
    .row(vec![
        urgency(Urgency::Urgent, l),
        doc("1502/STC-QLNS", "Sở Tài chính", "Đề nghị điều chỉnh kế hoạch vốn đầu tư công đợt 3 năm 2026"),
        t("07:15"),
        state(Progress::Failed, l.t("Bị sửa sau khi ký", "Changed after signing")),
    ])
    .row(vec![
        urgency(Urgency::Normal, l),
        doc("318/UBND-VX", "Xã Phú Lộc", "Đề nghị hỗ trợ kinh phí sửa chữa Trường Tiểu học số 1"),
        t("19/11, 16:52"),
        state(Progress::Overdue, l.t("Quá 1 ngày", "1 day over")),
    ]);
    let number =
        |what: &str| Html::trusted(Button::new(l.t("Cấp số", "Number")).small().href("#").about(what).to_string());
    let signed = Table::new(
        l,
        l.t("Văn bản đã ký, chưa cấp số", "Signed, not numbered"),
        vec![
            Column::new(l.t("Độ khẩn", "Urgency")),
            Column::new(l.t("Văn bản", "Document")).main(),
            Column::new(l.t("Người ký", "Signer")).fixed(),
            Column::new(l.t("Ký lúc", "Signed")).fixed(),
            Column::new(l.t("Việc", "Action")).unnamed(),
        ],
    )
    .stacks()
    .row(vec![
        urgency(Urgency::VeryUrgent, l),
        doc(l.t("Quyết định", "Decision"), "", "Phê duyệt kế hoạch ứng phó bão số 14 trên địa bàn thành phố"),
        t("Nguyễn Văn Tuấn"),
        t("08:35"),
        number("Phê duyệt kế hoạch ứng phó bão số 14"),
    ])
    .row(vec![
        urgency(Urgency::Normal, l),
        doc(l.t("Công văn", "Letter"), "", "Góp ý dự thảo Nghị định về quản lý, kết nối và chia sẻ dữ liệu số"),
        t("Lê Thị Thu Hằng"),
        t("20/11, 16:44"),
        number("Góp ý dự thảo Nghị định"),
    ]);
    let trouble = chain(&[
        (
            Progress::Returned.glyph(),
            Html::trusted(format!(
                "<a href=\"#\"><b>1236/QĐ-UBND</b></a><br>{}<br><span class=\"dim sm\">{}</span>",
                l.t("Phường An Cựu từ chối: sai nơi nhận", "An Cựu ward refused it: wrong recipient"),
                l.t("08:14 hôm nay", "08:14 today")
            )),
        ),
        (
            Progress::Soon.glyph(),
            Html::trusted(format!(
                "<a href=\"#\"><b>854/UBND-TH</b></a><br>{}<br><span class=\"dim sm\">{}</span>",
                l.t(
                    "Bộ Xây dựng chưa báo nhận sau 1 ngày làm việc",
                    "The Ministry of Construction gave no receipt for 1 working day"
                ),
                l.t("gửi lại lần 4 lúc 07:30", "sent again, 4th time, at 07:30")
            )),
        ),
        (
            Progress::Failed.glyph(),
            Html::trusted(format!(
                "<a href=\"#\"><b>1229/QĐ-UBND</b></a><br>{}<br><span class=\"dim sm\">{}</span>",
                l.t(
                    "Xã Phú Lộc mất kết nối; gói tin đang giữ, chưa mất",
                    "Phú Lộc is offline; the package is held, not lost"
                ),
                l.t("thử lại lúc 08:55", "next try at 08:55")
            )),
        ),
    ]);
    let line = |vi: &'static str, en: &'static str, n: &str| {
        vec![
            Html::trusted(format!("<a href=\"#\">{}</a>", l.t(vi, en))),
            Html::trusted(format!("<span class=\"num\">{n}</span>")),
        ]
    };
    let more = Table::new(
        l,
        l.t("Để ý thêm", "Also"),
        vec![Column::new(l.t("Việc", "What")), Column::new(l.t("Số", "Count")).number()],
    )
    .tight()
    .stacks()
    .row(line("Đã đăng ký, chưa trình", "Registered, not submitted", "4"))
    .row(line("Chưa báo nhận quá 1 ngày", "No receipt for over a day", "1"))
    .row(line("Giấy chờ quét", "Paper to scan", "0"));
    Home {
        l,
        zeros: [
            Zero::new(
                "z1",
                7,
                l.t("Chưa đăng ký", "Not registered"),
                l.t("Bốn phải đăng ký ngay. Một đã quá hạn.", "Four at once. One is overdue."),
            )
            .button(Button::new(l.t("Đăng ký tiếp", "Register next")).primary().href("#").key("Đ"))
            .tally(
                tally(
                    l.t(
                        "41 văn bản đến: 34 đã đăng ký, 7 còn lại, trong đó 4 có độ khẩn",
                        "41 arrivals: 34 registered, 7 left, 4 of them urgent",
                    ),
                    &[(Tick::Done, 34, None), (Tick::Left, 3, None), (Tick::Urgent, 4, None)],
                ),
                l.t("41 văn bản đến, đã đăng ký 34", "41 arrivals, 34 registered"),
                l.t("Số đến kế tiếp 4818", "Next number 4818"),
            ),
            Zero::new(
                "z2",
                3,
                l.t("Chưa phát hành", "Not issued"),
                l.t("Đã ký, chờ cấp số và ký số cơ quan.", "Signed, waiting for number and seal."),
            )
            .button(Button::new(l.t("Cấp số, phát hành", "Number and issue")).primary().href("#").key("P"))
            .tally(
                tally(
                    l.t("16 văn bản đã ký: 13 đã phát hành, 3 còn lại", "16 signed: 13 issued, 3 left"),
                    &[(Tick::Done, 13, None), (Tick::Left, 2, None), (Tick::Urgent, 1, None)],
                ),
                l.t("16 văn bản đã ký, đã phát hành 13", "16 signed, 13 issued"),
                l.t("Số quyết định kế tiếp 1237", "Next decision 1237"),
            ),
        ],
        queue,
        signed,
        trouble,
        more,
    }
}

#[derive(Template)]
#[template(path = "gallery/arrivals.html")]
pub(super) struct Arrivals {
    l: Lang,
    csrf: String,
    filters: FilterPane,
    items: Vec<Item>,
    stamp: Html,
    checks: Html,
    files: Vec<Html>,
    fields: Vec<Field>,
    end: Html,
    bar: [Button; 3],
}

pub(super) fn arrivals(req: &Req) -> Arrivals {
    let l = req.lang;
    let sealed = || state(Progress::Sealed, l.t("Hai chữ ký hợp lệ", "Two valid signatures"));
    let item = |u, number: &str, subject: &str, from: &str, when: &str| {
        Item::new("#", number, subject).stamp(urgency_mark(u, l)).from(from).when(when)
    };
    let check = |check, what: &str, finding: &str, rest: &str| CheckLine {
        check,
        what: what.into(),
        finding: finding.into(),
        rest: rest.into(),
    };
    Arrivals {
        l,
        csrf: req.csrf.clone(),
        filters: FilterPane::new(l)
            .group(l.t("Theo việc", "By task"))
            .link("#", l.t("Chờ đăng ký", "To register"), 7, true)
            .link("#", l.t("Chờ trình", "To submit"), 4, false)
            .link("#", l.t("Chờ ý kiến", "Awaiting direction"), 11, false)
            .link("#", l.t("Đang xử lý", "In progress"), 126, false)
            .link("#", l.t("Đã xong", "Done"), 4668, false)
            .link("#", l.t("Đã trả lại", "Returned"), 9, false)
            .group(l.t("Độ khẩn", "Urgency"))
            .link("#", l.t("Hỏa tốc", "Immediate"), 2, false)
            .link("#", l.t("Thượng khẩn", "Very urgent"), 1, false)
            .link("#", l.t("Khẩn", "Urgent"), 1, false)
            .link("#", l.t("Thường", "Ordinary"), 3, false)
            .group(l.t("Nguồn", "Source"))
            .link("#", l.t("Trục liên thông", "Exchange"), 6, false)
            .link("#", l.t("Thư điện tử", "E-mail"), 1, false)
            .link("#", l.t("Giấy", "Paper"), 0, false),
        items: vec![
            item(
                Urgency::Immediate,
                "7214/BNV-TCBC",
                "Báo cáo số biên chế có mặt đến 20/11/2026 phục vụ phiên họp Ban Chỉ đạo tinh gọn tổ chức bộ máy",
                "Bộ Nội vụ",
                "08:02",
            )
            .state(state(Progress::Caution, l.t("Thiếu dấu thời gian", "No time stamp")))
            .aside(files(3, l))
            .selected(true),
            item(
                Urgency::Immediate,
                "41/CĐ-TTg",
                "Tập trung ứng phó mưa lũ tại các tỉnh miền Trung",
                "Thủ tướng Chính phủ",
                "08:31",
            )
            .state(sealed())
            .aside(files(1, l))
            .unread(true, l),
            item(
                Urgency::VeryUrgent,
                "9870/BTC-NSNN",
                "Thông báo dự toán chi chuyển đổi số năm 2027 cho các bộ, cơ quan trung ương và địa phương",
                "Bộ Tài chính",
                "07:48",
            )
            .state(sealed())
            .aside(files(2, l)),
            item(
                Urgency::Urgent,
                "1502/STC-QLNS",
                "Đề nghị điều chỉnh kế hoạch vốn đầu tư công đợt 3 năm 2026",
                "Sở Tài chính",
                "07:15",
            )
            .state(state(Progress::Failed, l.t("Tệp bị sửa sau khi ký", "File changed after signing")))
            .aside(files(2, l)),
            item(
                Urgency::Normal,
                "318/UBND-VX",
                "Đề nghị hỗ trợ kinh phí sửa chữa Trường Tiểu học số 1 sau mưa bão",
                "UBND xã Phú Lộc",
                "19/11",
            )
            .state(sealed())
            .aside(state(Progress::Overdue, l.t("Quá 1 ngày", "1 day over"))),
            item(
                Urgency::Normal,
                "2145/SNV-CCVC",
                "Trình phê duyệt Đề án vị trí việc làm của Trung tâm Lưu trữ lịch sử",
                "Sở Nội vụ",
                "20/11",
            )
            .state(sealed())
            .aside(files(6, l)),
            item(
                Urgency::Normal,
                "66/BC-UBND",
                "Báo cáo kết quả thực hiện Đề án 06 tháng 11 năm 2026",
                "UBND phường An Cựu",
                "06:58",
            )
            .state(state(Progress::None, l.t("Không ký số", "Not signed")))
            .aside(files(1, l)),
        ],
        stamp: urgency(Urgency::Immediate, l),
        checks: verification(
            &[
                check(Check::Valid, l.t("Người ký", "Signer"), l.t("Hợp lệ,", "Valid,"), "Vũ Minh Khang, 07:55:04"),
                check(
                    Check::Valid,
                    l.t("Cơ quan", "Agency"),
                    l.t("Hợp lệ,", "Valid,"),
                    l.t("khớp mã G09, 07:58:41", "matches code G09, 07:58:41"),
                ),
                check(
                    Check::Valid,
                    l.t("Toàn vẹn", "Integrity"),
                    l.t("3 trong 3 tệp", "3 of 3 files"),
                    l.t("khớp mã băm", "match their digests"),
                ),
                check(
                    Check::Caution,
                    l.t("Dấu thời gian", "Time stamp"),
                    l.t("Thiếu ở 1 tệp.", "Missing on 1 file."),
                    l.t("Vẫn tiếp nhận được.", "It can still be accepted."),
                ),
                check(
                    Check::Valid,
                    l.t("Trùng", "Duplicate"),
                    l.t("Không trùng", "None"),
                    l.t("mã, số ký hiệu, nơi gửi", "by id, number, sender"),
                ),
            ],
            l,
        ),
        files: vec![
            file_line("#", "7214.signed.pdf", 421_000, FileState::Clean, l),
            file_line("#", "Bieu-01.xlsx", 36_000, FileState::Clean, l),
            file_line("#", "Bieu-02.xlsx", 41_000, FileState::Clean, l),
        ],
        fields: vec![
            Field::text(l, "arrival_number", l.t("Số đến", "Arrival no.")).value("4818").locked().span("c2"),
            Field::text(l, "arrived_on", l.t("Ngày đến", "Arrived on")).value("23/11/2026").locked().span("c3"),
            Field::text(l, "notation", l.t("Số, ký hiệu", "Number, notation")).value("7214/BNV-TCBC").span("c4"),
            Field::select(
                l,
                "kind",
                l.t("Loại văn bản", "Kind"),
                vec![Choose::new("cv", l.t("Công văn", "Official letter"))],
            )
            .span("c3"),
            Field::area(l, "subject", l.t("Trích yếu", "Subject"), 2)
                .value(
                    "Báo cáo số biên chế có mặt đến 20/11/2026 phục vụ phiên họp Ban Chỉ đạo tinh gọn tổ chức bộ máy",
                )
                .span("c12"),
            Field::text(l, "issuer", l.t("Cơ quan ban hành", "Issuing agency")).value("Bộ Nội vụ").span("c5"),
            Field::text(l, "signer", l.t("Người ký", "Signer")).value("Vũ Minh Khang").span("c4"),
            Field::text(l, "signer_title", l.t("Chức vụ", "Title")).value("Thứ trưởng").span("c3"),
            Field::select(l, "urgency", l.t("Độ khẩn", "Urgency"), vec![Choose::new("3", l.t("Hỏa tốc", "Immediate"))])
                .span("c3"),
            Field::date(l, "due", l.t("Hạn trả lời", "Reply by")).value("25/11/2026").span("c3"),
            Field::select(
                l,
                "submit_to",
                l.t("Trình", "Submit to"),
                vec![Choose::new("1", "Chánh Văn phòng Trịnh Đức Long")],
            )
            .span("c6"),
        ],
        end: paging(None, None, l),
        bar: [
            Button::new(l.t("Đăng ký và trình", "Register and submit"))
                .primary()
                .icon("check")
                .key("Ctrl Enter")
                .form("reg"),
            Button::new(l.t("Chỉ đăng ký", "Register only")).form("reg").value("act", "register"),
            Button::new(l.t("Trả lại nơi gửi", "Return to sender")).text().grave().icon("return").href("#"),
        ],
    }
}

#[derive(Template)]
#[template(path = "gallery/document.html")]
pub(super) struct Document {
    l: Lang,
    crumbs: Html,
    buttons: [Button; 3],
    steps: Steps,
    paper: Html,
    files: Vec<Html>,
    recipients: Table,
    thread: Thread,
    proof: Html,
    signatures: Html,
    approvals: Html,
    properties: Html,
}

pub(super) fn document(req: &Req) -> Document {
    use StepState::{Done, Next, Now};
    let l = req.lang;
    let delivery = |name: &str, code: &str, when: &str, remark: &str| {
        let (reached, refused) = reached_by(code);
        vec![
            t(name),
            track(reached, refused),
            status_words(code, l),
            Html::trusted(format!("<span class=\"mut\">{when}</span>")),
            Html::trusted(format!("<span class=\"mut sm\">{remark}</span>")),
        ]
    };
    Document {
        l,
        crumbs: crumbs(
            &[("#", l.t("Văn bản đi", "Outgoing")), ("#", l.t("Sổ quyết định 2026", "Decisions 2026"))],
            "1236/QĐ-UBND",
            l,
        ),
        buttons: [
            Button::new(l.t("Tải về", "Download")).icon("get").href("#"),
            Button::new(l.t("In", "Print")).icon("print").href("#"),
            Button::new(l.t("Thu hồi…", "Recall…")).href("#"),
        ],
        steps: Steps::new(l)
            .step(Done, l.t("Soạn thảo", "Draft"), "18/11, Trần Quốc Bảo")
            .step(Done, l.t("Nội dung", "Content"), "18/11, Đỗ Mạnh Hùng")
            .step(Done, l.t("Thể thức", "Form"), "19/11, Phạm Thị Hạnh")
            .step(Done, l.t("Duyệt, ký", "Sign"), "20/11, Lê Thị Thu Hằng")
            .step(Done, l.t("Số, dấu cơ quan", "Number, seal"), "20/11, 14:12")
            .step(Now, l.t("Phát hành", "Issue"), l.t("128 trong 133 nơi đã nhận", "128 of 133 received"))
            .step(Next, l.t("Vào hồ sơ", "File"), l.t("chưa", "not yet")),
        paper: crate::ui::paper::examples(l).into_iter().next().map(|e| e.html).unwrap_or_default(),
        files: vec![
            file_line("#", "1236.signed.pdf", 700_000, FileState::Clean, l),
            file_line("#", "Phu-luc-I.signed.pdf", 1_230_000, FileState::Clean, l),
            file_line("#", "Phu-luc-II.xlsx", 58_000, FileState::Unscanned, l),
        ],
        recipients: Table::new(
            l,
            l.t("Tình trạng gửi đến từng nơi nhận", "State of the delivery to each recipient"),
            vec![
                Column::new(l.t("Cơ quan", "Agency")),
                Column::new(l.t("Đến → xong", "Arrived → done")),
                Column::new(l.t("Trạng thái", "State")),
                Column::new(l.t("Lúc", "At")).fixed(),
                Column::new(l.t("Ghi chú", "Remark")),
            ],
        )
        .tight()
        .first_is_head()
        .rows([
            delivery("Bộ Nội vụ", "05", "21/11, 09:40", "Vụ Văn thư, lưu trữ"),
            delivery("Sở Nội vụ", "06", "21/11, 16:05", "<a href=\"#\" class=\"nw\">2160/SNV-VTLT</a>"),
            delivery("Sở Tài chính", "04", "20/11, 16:31", "Phòng Ngân sách"),
            delivery("Sở Khoa học và Công nghệ", "03", "23/11, 07:52", l.t("số đến 3307", "arrival no. 3307")),
            delivery(
                "Phường An Cựu",
                "02",
                "23/11, 08:14",
                l.t("<a href=\"#\">Sai nơi nhận</a>", "<a href=\"#\">Wrong recipient</a>"),
            ),
            delivery("Xã Phú Lộc", "", "–", l.t("thử lại 08:55", "next try 08:55")),
        ]),
        thread: Thread::new()
            .entry(
                Knot::Refused,
                l.t("Phường An Cựu từ chối tiếp nhận", "An Cựu ward refused it"),
                l.t(
                    ": sai nơi nhận, lĩnh vực thuộc Phòng Văn hóa – Xã hội",
                    ": wrong recipient, a matter for Culture and Society",
                ),
                l.t("Nguyễn Thị Lan, văn thư", "Nguyễn Thị Lan, registry clerk"),
                l.t("08:14 hôm nay", "08:14 today"),
                Some(1_284_391),
            )
            .entry(
                Knot::Hit,
                l.t("Sở Nội vụ hoàn thành", "Home Affairs done"),
                l.t(", trả lời bằng 2160/SNV-VTLT", ", answered by 2160/SNV-VTLT"),
                l.t("Báo về qua trục liên thông", "Reported through the exchange"),
                "21/11, 16:05",
                Some(1_283_077),
            )
            .entry(
                Knot::Hit,
                l.t("Phát hành", "Issued"),
                l.t(" đến 133 nơi nhận", " to 133 recipients"),
                l.t("Phạm Thị Hạnh, văn thư", "Phạm Thị Hạnh, registry clerk"),
                "20/11, 14:15",
                Some(1_281_640),
            ),
        proof: proof_note(&Proof::Agrees { entries: 312, root: "9f3c…b71e", kept_elsewhere: 3 }, Some("#"), l),
        signatures: chain(&[
            (
                Progress::Good.glyph(),
                link_words(
                    "Lê Thị Thu Hằng",
                    l.t(", Phó Chủ tịch", ", Vice-Chair"),
                    l.t("KT. Chủ tịch. Hợp lệ, 20/11/2026 13:58:20", "For the Chair. Valid, 20/11/2026 13:58:20"),
                ),
            ),
            (
                Html::trusted(format!("<span class=\"ok\">{}</span>", crate::ui::icon::icon("seal"))),
                link_words(
                    "UBND thành phố Huế",
                    "",
                    l.t(
                        "Dấu cơ quan phủ số, ngày và chữ ký trên. 14:12:47",
                        "The seal covers number, date and the signature above. 14:12:47",
                    ),
                ),
            ),
        ]),
        approvals: chain(&[
            (
                Html::trusted(format!("<span class=\"ok\">{}</span>", crate::ui::icon::icon("check"))),
                link_words(
                    "Đỗ Mạnh Hùng",
                    l.t(", nội dung", ", content"),
                    l.t("“Đồng ý. Thêm mốc quý II.” 18/11", "“Agreed. Add a milestone for Q2.” 18/11"),
                ),
            ),
            (
                Html::trusted(format!("<span class=\"ok\">{}</span>", crate::ui::icon::icon("check"))),
                link_words("Phạm Thị Hạnh", l.t(", thể thức", ", form"), "19/11, 09:05"),
            ),
        ]),
        properties: properties(&[
            (l.t("Độ khẩn", "Urgency"), t(l.t("Thường", "Ordinary"))),
            (l.t("Độ mật", "Secrecy"), t(l.t("Không", "None"))),
            (l.t("Lĩnh vực", "Field"), t(l.t("Văn thư, lưu trữ", "Records, archives"))),
            (l.t("Soạn thảo", "Drafted by"), t("Phòng Khoa giáo – Văn xã")),
            (l.t("Tệp", "Files"), t(l.t("1 chính, 2 phụ lục", "1 main, 2 annexes"))),
            (l.t("Hồ sơ", "Dossier"), Html::trusted(format!("<a href=\"#\">{}</a>", l.t("Chọn hồ sơ", "Choose")))),
            (l.t("Căn cứ", "Basis"), t(l.t("NĐ 30/2020, Điều 18", "NĐ 30/2020, Article 18"))),
        ]),
    }
}

struct Card {
    stamp: Html,
    number: &'static str,
    when: &'static str,
    subject: &'static str,
    from: &'static str,
    due: Html,
    proposal: Html,
    on: bool,
}

#[derive(Template)]
#[template(path = "gallery/queue.html")]
pub(super) struct Queue {
    l: Lang,
    tabs: Html,
    cards: Vec<Card>,
    stamp: Html,
    sealed: Html,
    field: Field,
    assignees: Table,
    related: Table,
}

pub(super) fn queue(req: &Req) -> Queue {
    let l = req.lang;
    let remove =
        |who: &str| Html::trusted(format!("<a href=\"#\">{}<span class=\"vh\"> {who}</span></a>", l.t("Bỏ", "Remove")));
    let load = |n: u32, late: u32| {
        let late_words = if late == 0 {
            String::new()
        } else {
            format!(", <b class=\"late\">{late} {}</b>", l.t("quá hạn", "overdue"))
        };
        Html::trusted(format!("<span class=\"mut\">{n} {}{late_words}</span>", l.t("việc", "open")))
    };
    let card = |u, number, when, subject, from, due, proposal: Html, on| Card {
        stamp: urgency_mark(u, l),
        number,
        when,
        subject,
        from,
        due,
        proposal,
        on,
    };
    Queue {
        l,
        tabs: tabs(l.t("Loại việc", "Kinds of work"), &[("#1", l.t("Ý kiến", "Directions"), Some(6), true), ("#2", l.t("Duyệt", "Approvals"), Some(2), false), ("#3", l.t("Ký", "Signatures"), Some(3), false)], &Html::trusted(format!("<a href=\"#4\">{}</a>", l.t("Chọn nhiều", "Select"))), l),
        cards: vec![
            card(Urgency::Immediate, "41/CĐ-TTg", "08:31", "Tập trung ứng phó mưa lũ tại các tỉnh miền Trung", "Thủ tướng Chính phủ", state(Progress::Soon, l.t("Trả lời trước 17:00 hôm nay", "Reply by 17:00 today")), proposal(l.t("Chánh Văn phòng đề xuất", "The chief of office proposes"), "Sở Nông nghiệp và Môi trường chủ trì; Sở Xây dựng phối hợp. Báo cáo 15:00 hôm nay."), true),
            card(Urgency::Immediate, "7214/BNV-TCBC", "08:46", "Báo cáo số biên chế có mặt đến 20/11/2026", "Bộ Nội vụ", state(Progress::Waiting, l.t("Hạn thứ Tư 25/11", "Due Wed 25/11")), proposal(l.t("Chánh Văn phòng đề xuất", "The chief of office proposes"), "Sở Nội vụ chủ trì, báo cáo trước 11:00 ngày 25/11."), false),
            card(Urgency::VeryUrgent, "9870/BTC-NSNN", "08:50", "Thông báo dự toán chi chuyển đổi số năm 2027", "Bộ Tài chính", state(Progress::Waiting, l.t("Hạn thứ Sáu 27/11", "Due Fri 27/11")), Html::default(), false),
            card(Urgency::Normal, "318/UBND-VX", "20/11", "Đề nghị hỗ trợ kinh phí sửa chữa Trường Tiểu học số 1", "UBND xã Phú Lộc", state(Progress::Overdue, l.t("Quá hạn 1 ngày", "1 day overdue")), Html::default(), false),
        ],
        stamp: urgency(Urgency::Immediate, l),
        sealed: state(Progress::Sealed, l.t("Hai chữ ký hợp lệ", "Two valid signatures")),
        field: directive_field(l, "directive", "Giao Sở Nông nghiệp và Môi trường chủ trì, phối hợp Sở Xây dựng triển khai ngay Công điện; báo cáo tôi trước 15:00 hôm nay.", &["Kính chuyển", "Nghiên cứu, tham mưu", "Báo cáo trước…", "Để biết"]).hidden_label(),
        assignees: Table::new(l, l.t("Đơn vị được giao", "Assigned units"), vec![Column::new(l.t("Đơn vị", "Unit")).main(), Column::new(l.t("Vai trò", "Role")), Column::new(l.t("Hạn", "Due")).fixed(), Column::new(l.t("Đang giữ", "Holds")), Column::new(l.t("Bỏ", "Remove")).unnamed()])
            .tight()
            .stacks()
            .row(vec![Html::trusted("<b>Sở Nông nghiệp và Môi trường</b>"), t(l.t("Chủ trì", "Lead")), t("15:00, 23/11/2026"), load(31, 2), remove("Sở Nông nghiệp và Môi trường")])
            .row(vec![t("Sở Xây dựng"), t(l.t("Phối hợp", "Support")), t("14:00, 23/11/2026"), load(24, 1), remove("Sở Xây dựng")])
            .row(vec![t("Sở Tài chính"), t(l.t("Phối hợp", "Support")), t("14:00, 23/11/2026"), load(6, 0), remove("Sở Tài chính")]),
        related: Table::new(l, l.t("Văn bản liên quan", "Related documents"), vec![Column::new(l.t("Số", "Number")).fixed(), Column::new(l.t("Trích yếu", "Subject")).main(), Column::new(l.t("Ngày", "Date")).fixed(), Column::new(l.t("Trạng thái", "State")).number()])
            .tight()
            .stacks()
            .row(vec![Html::trusted("<span class=\"num\">39/CĐ-TTg</span>"), t("Chủ động ứng phó bão số 14"), t("21/11"), state(Progress::Good, l.t("Hoàn thành", "Done"))])
            .row(vec![Html::trusted("<span class=\"num\">12/CĐ-UBND</span>"), t("Cấm biển, sơ tán dân tại các xã ven biển"), t("22/11"), state(Progress::Running, l.t("Đang xử lý", "In progress"))]),
    }
}

pub(super) fn door(req: &Req) -> Door {
    let l = req.lang;
    let form = format!(
        "<form class=\"form\" method=\"post\" action=\"#\"><input type=\"hidden\" name=\"_csrf\" value=\"example\">{}{}<div class=\"acts big grow\">{}</div></form><p class=\"or\">{}</p><div class=\"acts grow\">{}</div><p class=\"gap\"><a href=\"#\">{}</a></p>",
        Field::text(l, "username", l.t("Tên đăng nhập", "User name"))
            .hint(l.t("hoặc số định danh cá nhân", "or personal identification number"))
            .autocomplete("username"),
        Field::password(l, "password", l.t("Mật khẩu", "Password")),
        Button::new(l.t("Đăng nhập", "Sign in")).primary(),
        l.t("hoặc", "or"),
        Button::new(l.t("Tài khoản định danh VNeID", "VNeID account")).icon("phone").href("#"),
        l.t("Tôi không đăng nhập được", "I cannot sign in"),
    );
    Door::new(
        req,
        l.t("Đăng nhập", "Sign in"),
        Html::trusted(form),
        &[
            (l.t("Tình trạng", "Status"), state(Progress::Good, l.t("Hoạt động bình thường", "Working normally"))),
            (
                l.t("Bảo trì", "Maintenance"),
                t(l.t(
                    "Thứ Bảy 28/11/2026, 22:00 đến 22:30. Văn bản gửi trong lúc đó được giữ lại và đi sau.",
                    "Saturday 28/11/2026, 22:00 to 22:30. Documents sent meanwhile are held and go afterwards.",
                )),
            ),
            (l.t("Hỗ trợ", "Help"), t(req.site.support.get(l))),
        ],
    )
}

#[derive(Template)]
#[template(path = "gallery/form.html")]
pub(super) struct FormPage {
    l: Lang,
    csrf: String,
    errors: Html,
    crumbs: Html,
    fields: Vec<Field>,
    urgency: Choices,
    upload: Upload,
    note: Html,
    buttons: [Button; 2],
}

pub(super) fn form(req: &Req) -> FormPage {
    let l = req.lang;
    let refusal = Refusal::new(&crate::refusals::FIELDS).with("count", 1).field(
        "subject",
        Text::fixed(
            "Trích yếu chưa có nội dung (NĐ 30/2020, Phụ lục I, phần II mục I khoản 5).",
            "The subject is empty (NĐ 30/2020, Annex I).",
        ),
    );
    FormPage {
        l,
        csrf: req.csrf.clone(),
        errors: ErrorSummary::of(l, Some(&refusal)),
        crumbs: crumbs(&[("#", l.t("Văn bản đi", "Outgoing"))], l.t("Dự thảo mới", "New draft"), l),
        fields: vec![
            Field::select(
                l,
                "kind",
                l.t("Loại văn bản", "Kind of document"),
                vec![
                    Choose::new("qd", l.t("Quyết định", "Decision")),
                    Choose::new("cv", l.t("Công văn", "Official letter")),
                ],
            ),
            Field::area(l, "subject", l.t("Trích yếu", "Subject"), 3)
                .hint(l.t("Như sẽ in trên văn bản", "As it will be printed"))
                .refused(Some(&refusal)),
            Field::date(l, "due", l.t("Hạn trả lời", "Reply by"))
                .optional()
                .hint(l.t("Ví dụ 25/11/2026 hoặc 25/11", "For example 25/11/2026 or 25/11")),
        ],
        urgency: Choices::one(l, "urgency", l.t("Độ khẩn", "Urgency"))
            .option("0", l.t("Thường", "Ordinary"), true)
            .option("1", l.t("Khẩn", "Urgent"), false)
            .option("2", l.t("Thượng khẩn", "Very urgent"), false)
            .option("3", l.t("Hỏa tốc", "Immediate"), false),
        upload: Upload::new(l, "files", l.t("Tệp", "Files"), ".pdf,.docx,.xlsx", 50 * 1024 * 1024).many().kept(
            "a",
            "du-thao.pdf",
            412_000,
        ),
        note: note(
            NoteKind::Info,
            l.t("Số và ngày do văn thư cấp sau khi ký.", "The clerk gives number and date after signing."),
            &Html::default(),
        ),
        buttons: [
            Button::new(l.t("Trình duyệt", "Submit for approval")).primary().key("Ctrl Enter"),
            Button::new(l.t("Lưu nháp", "Save draft")).value("act", "save"),
        ],
    }
}

#[derive(Template)]
#[template(path = "gallery/register.html")]
pub(super) struct Register {
    l: Lang,
    table: Table,
    paging: Html,
}

pub(super) fn register(req: &Req) -> Register {
    let l = req.lang;
    let columns = vec![
        Column::new(l.t("Ngày đến", "Arrived on")).fixed(),
        Column::new(l.t("Số đến", "Arrival no.")).number(),
        Column::new(l.t("Tác giả", "Author")),
        Column::new(l.t("Số, ký hiệu", "Number, notation")).fixed(),
        Column::new(l.t("Ngày văn bản", "Dated")).fixed(),
        Column::new(l.t("Tên loại và trích yếu", "Kind and subject")),
        Column::new(l.t("Đơn vị hoặc người nhận", "Received by")),
        Column::new(l.t("Ngày chuyển", "Passed on")).fixed(),
        Column::new(l.t("Ký nhận", "Signed for")),
        Column::new(l.t("Ghi chú", "Remark")),
    ];
    let mut table =
        Table::new(l, l.t("Sổ đăng ký văn bản đến, năm 2026", "Register of arrivals, 2026"), columns).tight();
    let rows = [
        (
            "4817",
            "UBND phường An Cựu",
            "66/BC-UBND",
            "22/11/2026",
            "Báo cáo kết quả thực hiện Đề án 06 tháng 11 năm 2026",
        ),
        (
            "4816",
            "Sở Nội vụ",
            "2145/SNV-CCVC",
            "20/11/2026",
            "Tờ trình phê duyệt Đề án vị trí việc làm của Trung tâm Lưu trữ lịch sử",
        ),
        (
            "4815",
            "Bộ Tài chính",
            "9870/BTC-NSNN",
            "20/11/2026",
            "Công văn thông báo dự toán chi chuyển đổi số năm 2027",
        ),
        ("4814", "Thủ tướng Chính phủ", "39/CĐ-TTg", "21/11/2026", "Công điện chủ động ứng phó bão số 14"),
    ];
    for (number, author, notation, dated, subject) in rows.iter().cycle().take(24) {
        table = table.row(vec![
            t("23/11/2026"),
            t(number),
            t(author),
            t(notation),
            t(dated),
            t(subject),
            t("Phòng Hành chính"),
            t("23/11/2026"),
            t(""),
            t(""),
        ]);
    }
    Register { l, table, paging: paging(None, Some("?truoc=x"), l) }
}
