//! The door, a form and a register.

use super::*;

pub(in crate::gallery) fn door(req: &Req) -> Door {
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
pub(in crate::gallery) struct FormPage {
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

pub(in crate::gallery) fn form(req: &Req) -> FormPage {
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
pub(in crate::gallery) struct Register {
    l: Lang,
    table: Table,
    paging: Html,
}

pub(in crate::gallery) fn register(req: &Req) -> Register {
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
