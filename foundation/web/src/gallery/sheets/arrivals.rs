//! The work list of three panes.

use super::*;

#[derive(Template)]
#[template(path = "gallery/arrivals.html")]
pub(in crate::gallery) struct Arrivals {
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

pub(in crate::gallery) fn arrivals(req: &Req) -> Arrivals {
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
