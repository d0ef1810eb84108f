//! A clerk's day.

use super::*;

#[derive(Template)]
#[template(path = "gallery/home.html")]
pub(in crate::gallery) struct Home {
    l: Lang,
    zeros: [Zero; 2],
    queue: Table,
    signed: Table,
    trouble: Html,
    more: Table,
}

pub(in crate::gallery) fn home(req: &Req) -> Home {
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
                "7",
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
                "3",
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
