//! A leader's queue with the directive form beside it.

use super::*;

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
pub(in crate::gallery) struct Queue {
    l: Lang,
    tabs: Html,
    cards: Vec<Card>,
    stamp: Html,
    sealed: Html,
    field: Field,
    assignees: Table,
    related: Table,
}

pub(in crate::gallery) fn queue(req: &Req) -> Queue {
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
