//! A record: what was issued, where it went, what happened.

use super::*;

#[derive(Template)]
#[template(path = "gallery/document.html")]
pub(in crate::gallery) struct Document {
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

pub(in crate::gallery) fn document(req: &Req) -> Document {
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
